"""SUP-05: how many different people received something, and how often something was handed out to nobody known.

What was taken back within the period counts as not handed out. Links that are put away count like the others, and
name nobody behind the figure.
"""

from __future__ import annotations

from core.sdk import Cut, Indicator, PeoplePage, Source, age_band
from core.sdk import gettext_noop as _
from plugins.supplies.indicators.cuts import ON_A_DAY
from plugins.supplies.permissions import BEHIND

__all__ = ["SERVED"]

STANDING_ISSUES = """
FROM supplies.entry e
JOIN {linked}
WHERE e.tenant_id = ANY($1::uuid[]) AND e.day BETWEEN $2::date AND $3::date AND e.kind = 'ISSUE'
    AND e.reverses_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM supplies.entry x
        WHERE x.tenant_id = ANY($1::uuid[]) AND x.tenant_id = e.tenant_id AND x.reverses_id = e.id
            AND x.day <= $3::date)
"""

RECIPIENTS = """(
    SELECT n.tenant_id, n.voucher_id, n.person_id FROM supplies.recipient n WHERE n.tenant_id = ANY($1::uuid[])
    UNION ALL
    SELECT o.tenant_id, o.voucher_id, o.person_id FROM supplies.past_recipient o
    WHERE o.tenant_id = ANY($1::uuid[])
) AS r ON r.tenant_id = e.tenant_id AND r.voucher_id = e.voucher_id
JOIN people.person p ON p.tenant_id = r.tenant_id AND p.id = r.person_id AND p.tenant_id = ANY($1::uuid[])"""

NAMED = """supplies.recipient r
    ON r.tenant_id = e.tenant_id AND r.voucher_id = e.voucher_id AND r.tenant_id = ANY($1::uuid[])
JOIN people.person p ON p.tenant_id = r.tenant_id AND p.id = r.person_id AND p.tenant_id = ANY($1::uuid[])"""

NOBODY_KNOWN = """supplies.voucher v
    ON v.tenant_id = e.tenant_id AND v.id = e.voucher_id AND v.tenant_id = ANY($1::uuid[]) AND v.is_anonymous"""

OF_THE_KNOWN = (
    f"unnest(ARRAY['mode=IDENTIFIED', 'sex=' || p.sex, 'age=' || {age_band('p.birth_date', '$3')}]) AS cut"
)

SELECT = f"""
SELECT s.tenant_id, s.cut, s.person_id FROM (
    SELECT e.tenant_id, {OF_THE_KNOWN}, p.id AS person_id {STANDING_ISSUES.format(linked=RECIPIENTS)}
    UNION ALL
    SELECT e.tenant_id, 'mode=ANONYMOUS', e.voucher_id {STANDING_ISSUES.format(linked=NOBODY_KNOWN)}
) AS s
"""  # noqa: S608

WHO = f"""
SELECT DISTINCT e.tenant_id, NULL::date AS day, {OF_THE_KNOWN}, p.id AS person_id
{STANDING_ISSUES.format(linked=NAMED)}
"""

SERVED = (
    Indicator(
        code="SUP-05",
        title=_("people served with supplies"),
        unit=_("people"),
        org_rule="DISTINCT",
        time_rule="DISTINCT",
        privacy="H",
        totals=("mode=IDENTIFIED", "mode=ANONYMOUS"),
        cuts=(
            Cut(
                "mode",
                _("by name or without"),
                partition=False,
                words={"IDENTIFIED": _("different people"), "ANONYMOUS": _("times without a name")},
            ),
            Cut("sex", _("by sex"), partition=False),
            Cut("age", _("by age"), partition=False),
        ),
        reads=(
            ON_A_DAY,
            Source("supplies.voucher", "day"),
            Source("supplies.recipient", "day"),
            Source("supplies.past_recipient", "day"),
            Source("people.person"),
            Source("people.pseudonym"),
        ),
        select=SELECT,
        behind=WHO,
        people_page=PeoplePage("figures", BEHIND),
    ),
)
