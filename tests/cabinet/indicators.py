"""How much lies in each drawer; services are counted under the codes by which the town protects them."""

from __future__ import annotations

from core.sdk import Indicator, Source
from core.sdk import gettext_noop as _
from tests.cabinet.tables import DRAWERS

__all__ = ["CODES", "INDICATORS"]

CODES = {
    "benefits": "CAB-01",
    "health": "HEA-91",
    "membership": "CAB-02",
    "registry": "CAB-03",
    "reports": "CAB-04",
    "rights": "RIG-91",
    "supplies": "SUP-91",
}


def _drawer(name: str) -> Indicator:
    return Indicator(
        code=CODES[name],
        title=f"what lies in {name}",
        unit=_("people"),
        org_rule="SUM",
        time_rule="SUM",
        is_exchanged=False,
        privacy="H" if name in ("health", "rights") else "N",
        reads=(Source(f"cabinet.{name}", "day"),),
        select=f"""
SELECT c.tenant_id, c.day, '' AS cut, 1 AS num, NULL::int AS den
FROM cabinet.{name} c WHERE c.tenant_id = ANY($1::uuid[]) AND c.day BETWEEN $2::date AND $3::date
""",
    )


INDICATORS = tuple(_drawer(name) for name in DRAWERS)
