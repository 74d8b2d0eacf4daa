"""The tables of registration: what the station did for a person, beside what the platform knows of her."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Date, Text

from core.sdk import TableUse, TenantTable

__all__ = ["TABLES", "Confirmation", "PermitHelp"]


class Confirmation(TenantTable, tablename="confirmation", schema="registration"):
    """On `day` somebody saw that she is still here; `contact_verified`: and reached her by her contact."""

    person_id = UUID(default=None)
    day = Date()
    contact_verified = Boolean(default=False)


class PermitHelp(TenantTable, tablename="permit_help", schema="registration"):
    """Help with a residence permit: `APPLY` for a new one, `ENDORSE` for the yearly endorsement."""

    person_id = UUID(default=None)
    day = Date()
    kind = Text()


TABLES = (
    TableUse(table=Confirmation, compartment="registry", person_column="person_id"),
    TableUse(table=PermitHelp, compartment="registry", person_column="person_id"),
)
