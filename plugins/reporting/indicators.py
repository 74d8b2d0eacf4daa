"""EMP-01, COM-02 and QUA-01: what the units report, as they last submitted it, and whether they do so in time.

A month without a report is unknown, not 0. A report counts as received from its first submission on; that the
town returns it makes nobody late, and while it is corrected the last submission stands.
"""

from __future__ import annotations

from core.sdk import Cut, Indicator, Source
from core.sdk import gettext_noop as _

__all__ = ["INDICATORS"]

FORM = "reporting.monthly"

REPORT = Source("reports.report", "first_day")
CELL = Source("reports.cell")

LATEST = f"""
FROM reports.report r JOIN reports.cell c
    ON c.tenant_id = r.tenant_id AND c.report_id = r.id AND c.submission = r.submissions
WHERE r.tenant_id = ANY($1::uuid[]) AND c.tenant_id = ANY($1::uuid[]) AND r.form = '{FORM}'
    AND r.first_day BETWEEN $2::date AND $3::date
"""

LAST_OF_PERIOD = f"""
AND NOT EXISTS (
    SELECT 1 FROM reports.report later
    WHERE later.tenant_id = ANY($1::uuid[]) AND later.tenant_id = r.tenant_id AND later.form = '{FORM}'
        AND later.submissions > 0 AND later.first_day > r.first_day AND later.first_day <= $3::date)
"""  # noqa: S608

# A unit that is closed owes none after its last day, as far as no files cover it. After the last month of the files
# of a year it owes the rest of that year only once it reports in the portal.
EXPECTED = f"""
SELECT t.id AS tenant_id, m.day::date AS day, c.cut,
    CASE WHEN c.cut = '' AND NOT r.received_on <= r.due_on THEN 0
        ELSE CASE WHEN r.submissions > 0 THEN 1 ELSE 0 END END AS num,
    1 AS den
FROM tenancy.tenant t
CROSS JOIN LATERAL generate_series($2::date::timestamp, $3::date::timestamp, interval '1 month') AS m(day)
CROSS JOIN LATERAL unnest(ARRAY['', 'measure=SUBMITTED']) AS c(cut)
LEFT JOIN reports.report r
    ON r.tenant_id = t.id AND r.tenant_id = ANY($1::uuid[]) AND r.form = '{FORM}' AND r.first_day = m.day::date
LEFT JOIN (
    SELECT b.tenant_id, array_agg(b.first_day) AS days FROM reports.report b
    WHERE b.tenant_id = ANY($1::uuid[]) AND b.form = '{FORM}' AND b.submissions > 0 GROUP BY b.tenant_id
) AS sent ON sent.tenant_id = t.id
WHERE t.id = ANY($1::uuid[]) AND t.opened_on < (m.day + interval '1 month')::date
    AND (
        EXISTS (
            SELECT 1 FROM unnest(t.covered_to) AS f(day)
            WHERE f.day >= m.day::date AND date_part('year', f.day) = date_part('year', m.day))
        OR (t.closed_on IS NULL OR t.closed_on >= m.day::date) AND NOT EXISTS (
            SELECT 1 FROM unnest(t.covered_to) AS f(day)
            WHERE f.day < m.day::date AND date_part('year', f.day) = date_part('year', m.day) AND NOT EXISTS (
                SELECT 1 FROM unnest(sent.days) AS s(day) WHERE s.day > f.day AND s.day <= m.day::date)))
"""  # noqa: S608


def reported(indicator: str, columns: str) -> str:
    return f"SELECT c.tenant_id, {columns}, c.num, c.den {LATEST} AND c.indicator = '{indicator}'"


INDICATORS = (
    Indicator(
        code="EMP-01",
        title=_("employees of the member firms"),
        unit=_("people"),
        org_rule="SUM",
        time_rule="LAST",
        is_reported=True,
        cuts=(Cut("sex", _("by sex")),),
        totals=("", "sex=1", "sex=2"),
        reads=(REPORT, CELL),
        select=reported("EMP-01", "c.cut") + LAST_OF_PERIOD,
    ),
    Indicator(
        code="COM-02",
        title=_("activities"),
        unit=_("events"),
        org_rule="SUM",
        time_rule="SUM",
        privacy="O",
        is_reported=True,
        cuts=(Cut("measure", _("of them"), partition=False, words={"PARTICIPANTS": _("participants")}),),
        totals=("", "measure=PARTICIPANTS"),
        reads=(REPORT, CELL),
        select=reported("COM-02", "r.first_day AS day, c.cut"),
    ),
    Indicator(
        code="QUA-01",
        title=_("reports received in time"),
        unit=_("%"),
        org_rule="RATIO",
        time_rule="RATIO",
        privacy="O",
        cuts=(Cut("measure", _("of them"), partition=False, words={"SUBMITTED": _("received at all")}),),
        reads=(REPORT,),
        select=EXPECTED,
    ),
)
