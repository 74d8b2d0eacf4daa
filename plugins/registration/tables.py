"""The tables of registration: what the station keeps and does for a person, beside what the platform knows."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Text, Timestamptz

from core.sdk import TableUse, TenantTable

__all__ = [
    "TABLES",
    "Confirmation",
    "Household",
    "HouseholdMember",
    "PermitHelp",
    "Record",
    "RosterImport",
    "RosterRow",
    "RosterTrace",
    "Transfer",
]


class Record(TenantTable, tablename="record", schema="registration"):
    """Where a person lives and works, one row for each; codes of `services.codes`, or words of a roster."""

    person_id = UUID(default=None)
    village = Text(null=True, default=None)
    address_detail = Text(null=True, default=None)
    dwelling = Text(null=True, default=None)
    purpose = Text(null=True, default=None)
    firm_id = UUID(null=True, default=None)
    firm_name = Text(null=True, default=None)
    """As a roster has it, where it is none of the firms that the tenant serves."""
    workshop = Text(null=True, default=None)
    job_title = Text(null=True, default=None)
    hired_on = Date(null=True, default=None)
    expected_departure = Date(null=True, default=None)
    version = Integer(default=1)
    roster_year = Integer(null=True, default=None)
    """The year of the latest roster that had her; an older one does not overwrite it."""
    roster_digest = Bytea(null=True, default=None)
    """Of the latest row, so that the same row again says nothing new."""


class Confirmation(TenantTable, tablename="confirmation", schema="registration"):
    """On `day` somebody saw that the person is still here; `contact_verified`: and reached her by her contact."""

    person_id = UUID(default=None)
    day = Date()
    contact_verified = Boolean(default=False)


class PermitHelp(TenantTable, tablename="permit_help", schema="registration"):
    """Help with a residence permit: `APPLY` for a new one, `ENDORSE` for the yearly endorsement."""

    person_id = UUID(default=None)
    day = Date()
    kind = Text()


class Transfer(TenantTable, tablename="transfer", schema="registration"):
    """One half of an offer to move, under the same id in both tenants; states are those of `services.offers`."""

    direction = Text()
    """OUT where she leaves, IN where she comes to."""
    person_id = UUID(null=True, default=None)
    """IN: only once the offer is accepted."""
    other_code = Text()
    other_zh = Text()
    other_en = Text()
    moves_on = Date()
    state = Text()
    carried_sealed = Bytea(null=True, default=None)
    """IN: her record as it is handed on with her consent, until the offer is answered."""
    document_match = Bytea(null=True, default=None)
    """IN: what the number of her document is recognised by; the number itself is not handed on."""
    offered_at = Timestamptz()
    offered_by = UUID(null=True, default=None)
    decided_on = Date(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = UUID(null=True, default=None)


class RosterImport(TenantTable, tablename="roster_import", schema="registration"):
    """A roster on its way in; states are those of `imports.uploads`. What is personal is gone after a week."""

    file_name = Text()
    content_sealed = Bytea(null=True, default=None)
    state = Text()
    sheets = Text(default="[]")
    """JSON: what was found in each sheet."""
    fault = Text(default="")
    """JSON: why the file was refused."""
    total = Integer(default=0)
    judged = Integer(default=0)
    added = Integer(default=0)
    corrected = Integer(default=0)
    unchanged = Integer(default=0)
    rejected = Integer(default=0)
    warned = Integer(default=0)
    applied = Integer(default=0)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    undone = Integer(default=0)
    """Of the people that it wrote, how many the undoing is through with."""
    left_alone = Integer(default=0)
    """How many of them the undoing left as they are, because something was done to them since."""


class RosterRow(TenantTable, tablename="roster_row", schema="registration"):
    """A row of a plan. `row_sealed` is JSON: of the entry, or of the cells of a rejected row."""

    import_id = UUID(default=None)
    place = Integer()
    sheet = Text()
    row = Integer()
    verdict = Text()
    findings = Text(default="")
    """`REASON:column`, separated by `;`: why it is rejected, or the warnings."""
    name = Text(default="")
    row_sealed = Bytea()
    number_index = Bytea(null=True, default=None)
    cells_sealed = Bytea(null=True, default=None)
    """JSON of the cells of an accepted row with a warning, so that it can be corrected."""


class RosterTrace(TenantTable, tablename="roster_trace", schema="registration"):
    """What an import wrote of a person, kept for a day so that it can be undone."""

    import_id = UUID(default=None)
    person_id = UUID(default=None)
    place = Integer()
    """Of the row in the file."""
    is_new = Boolean()
    version = Integer()
    """Of her record as the import left it, and `record_version` of what the station keeps of her."""
    record_version = Integer()
    before_sealed = Bytea(null=True, default=None)
    """JSON: what stood there before."""
    standing = Text(default="")
    """Why undoing left her alone; empty while it has not come to her."""


class Household(TenantTable, tablename="household", schema="registration"):
    """People who live as one; the row is what is locked while its members change."""

    made_at = Timestamptz()


class HouseholdMember(TenantTable, tablename="household_member", schema="registration"):
    """A person in her one household; `relation` is a code of `services.codes.RELATIONS`, what she is to the head."""

    household_id = UUID(default=None)
    person_id = UUID(default=None)
    relation = Text(null=True, default=None)
    """None: not told yet, or not again since another became the head."""


TABLES = (
    TableUse(table=Record, compartment="registry", person_column="person_id", one_per_person=True),
    TableUse(table=Confirmation, compartment="registry", person_column="person_id"),
    TableUse(table=PermitHelp, compartment="registry", person_column="person_id"),
    TableUse(table=Transfer, compartment="registry", person_column="person_id"),
    TableUse(table=Household, compartment="registry"),
    TableUse(table=HouseholdMember, compartment="registry", person_column="person_id", one_per_person=True),
    TableUse(table=RosterImport, compartment="registry"),
    TableUse(table=RosterRow, compartment="registry"),
    TableUse(table=RosterTrace, compartment="registry", person_column="person_id"),
)
