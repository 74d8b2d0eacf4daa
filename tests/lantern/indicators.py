"""One figure: people present, of both kinds."""

from __future__ import annotations

from core.sdk import Cut, Indicator, Source
from core.sdk import gettext_noop as _

__all__ = ["INDICATORS"]

INDICATORS = (
    Indicator(
        code="LAN-01",
        title=_("people on the way home"),
        unit=_("people"),
        org_rule="DISTINCT",
        time_rule="LAST",
        is_state=True,
        is_exchanged=False,
        cuts=(Cut("sex", _("lanterns by sex")),),
        reads=(Source("people.residence", "started_on"), Source("people.person"), Source("people.pseudonym")),
        select="""
SELECT r.tenant_id, c.cut, r.person_id FROM people.residence r
JOIN people.person p ON p.tenant_id = ANY($1::uuid[]) AND p.tenant_id = r.tenant_id AND p.id = r.person_id
CROSS JOIN LATERAL unnest(ARRAY['', 'sex=' || p.sex]) AS c(cut)
WHERE r.tenant_id = ANY($1::uuid[]) AND r.started_on <= $3::date AND (r.ended_on IS NULL OR r.ended_on > $3::date)
""",
    ),
)
