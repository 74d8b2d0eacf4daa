"""One indicator of every rule, on the tables of people."""

from __future__ import annotations

from core.figures.indicators import Cut, Indicator, Source

__all__ = ["GROUP", "GROUPS", "INDICATORS"]

GROUP = "registration"

MOVEMENT = Source("people.movement", "day")
RESIDENCE = Source("people.residence", "started_on")
PERSON = Source("people.person")

EVENTS = """
FROM people.movement m JOIN people.person p ON p.tenant_id = m.tenant_id AND p.id = m.person_id
WHERE m.tenant_id = ANY($1::uuid[]) AND p.tenant_id = ANY($1::uuid[]) AND m.day BETWEEN $2::date AND $3::date
"""

PRESENT = Indicator(
    code="TST-01",
    title="people present",
    unit="people",
    org_rule="DISTINCT",
    time_rule="LAST",
    is_state=True,
    cuts=(Cut("sex"),),
    reads=(RESIDENCE, PERSON),
    select="""
SELECT r.tenant_id, c.cut, r.person_id
FROM people.residence r JOIN people.person p ON p.tenant_id = r.tenant_id AND p.id = r.person_id
CROSS JOIN LATERAL (VALUES (''), ('sex=' || p.sex)) AS c(cut)
WHERE r.tenant_id = ANY($1::uuid[]) AND p.tenant_id = ANY($1::uuid[])
    AND r.started_on <= $3::date AND (r.ended_on IS NULL OR r.ended_on > $3::date)
""",
)

ARRIVALS = Indicator(
    code="TST-02",
    title="arrivals",
    unit="people",
    org_rule="SUM",
    time_rule="SUM",
    cuts=(Cut("origin"),),
    reads=(MOVEMENT, PERSON),
    select="SELECT m.tenant_id, m.day, c.cut, 1 AS num, NULL::numeric AS den"
    + EVENTS.replace(
        "WHERE",
        "CROSS JOIN LATERAL (VALUES (''), ('origin=' || p.origin)) AS c(cut) WHERE m.kind = 'ARRIVE' AND",
    ),
)

WEIGHTS = Indicator(
    code="TST-03",
    title="weights in fractions",
    unit="",
    org_rule="SUM",
    time_rule="SUM",
    reads=(MOVEMENT, PERSON),
    has_divisor=True,
    select="SELECT m.tenant_id, m.day, '' AS cut, 1 AS num, NULL::numeric AS den, "
    "CASE m.kind WHEN 'ARRIVE' THEN 120 ELSE 15 END AS divisor" + EVENTS,
)

SHARE = Indicator(
    code="TST-04",
    title="women among those who moved",
    unit="%",
    org_rule="RATIO",
    time_rule="RATIO",
    reads=(MOVEMENT, PERSON),
    select="SELECT m.tenant_id, m.day, '' AS cut, CASE WHEN p.sex = '2' THEN 1 ELSE 0 END AS num, 1 AS den"
    + EVENTS,
)

REPORTED = Indicator(
    code="TST-05",
    title="what the last day with a report says",
    unit="",
    org_rule="SUM",
    time_rule="LAST",
    is_reported=True,
    reads=(MOVEMENT,),
    select="""
SELECT m.tenant_id, '' AS cut, count(*) AS num, NULL::numeric AS den
FROM people.movement m
JOIN (
    SELECT f.tenant_id, max(f.day) AS day FROM people.movement f
    WHERE f.tenant_id = ANY($1::uuid[]) AND f.day BETWEEN $2::date AND $3::date GROUP BY f.tenant_id
) AS latest ON latest.tenant_id = m.tenant_id AND latest.day = m.day
WHERE m.tenant_id = ANY($1::uuid[]) GROUP BY m.tenant_id
""",
)

MOVERS = Indicator(
    code="TST-06",
    title="different people who moved",
    unit="people",
    org_rule="DISTINCT",
    time_rule="DISTINCT",
    reads=(MOVEMENT, PERSON),
    select="SELECT m.tenant_id, '' AS cut, m.person_id" + EVENTS,
)

DAYS = Indicator(
    code="TST-07",
    title="days of the town on which somebody moved",
    unit="days",
    org_rule="DISTINCT",
    time_rule="DISTINCT",
    counts_keys=True,
    reads=(MOVEMENT, PERSON),
    select="SELECT m.tenant_id, '' AS cut, m.day AS key" + EVENTS,
)

INDICATORS = (PRESENT, ARRIVALS, WEIGHTS, SHARE, REPORTED, MOVERS, DAYS)
GROUPS = {GROUP: INDICATORS}
