"""POP-01 to POP-10: who is registered, who came and left, and how well the register is kept.

Presence is a residence episode `[started_on, ended_on)`. For stocks the age is that on the last day of the
period, for arrivals and departures that on the day of the event.
"""

from __future__ import annotations

from core.sdk import Cut, Indicator, PeoplePage, Source, age_band, each_cut
from core.sdk import gettext_noop as _
from plugins.registration.permissions import BEHIND

__all__ = ["FRESH_DAYS", "INDICATORS"]

FRESH_DAYS = 180
"""A registration is fresh when it was confirmed within this many days before the end of the period."""

SEX = Cut("sex", _("by sex"))
AGE = Cut("age", _("by age"))
ORIGIN = Cut("origin", _("by place of origin"))

WOMEN = Cut("women", _("women"), partition=False, values="age")
MEN = Cut("men", _("men"), partition=False, values="age")

PERSON = Source("people.person")
RESIDENCE = Source("people.residence", "started_on")
MOVEMENT = Source("people.movement", "day")
CONFIRMATION = Source("registration.confirmation", "day")
PERMIT_HELP = Source("registration.permit_help", "day")
PSEUDONYM = Source("people.pseudonym")

PRESENT = """
FROM people.person p
{more}
WHERE p.tenant_id = ANY($1::uuid[]) AND {who} AND EXISTS (
    SELECT 1 FROM people.residence r
    WHERE r.tenant_id = ANY($1::uuid[]) AND r.tenant_id = p.tenant_id AND r.person_id = p.id
        AND r.started_on <= $3::date AND (r.ended_on IS NULL OR r.ended_on > $3::date))
"""

FLOATING = "p.is_floating"
COUNTED = "SELECT p.tenant_id, c.cut, p.id AS person_id" + PRESENT


def people(*cuts: str, who: str = FLOATING) -> str:
    """Those present on the last day."""
    return COUNTED.format(more=each_cut(*cuts), who=who)


def sex(person: str = "p") -> str:
    return f"'sex=' || {person}.sex"


def origin(person: str = "p") -> str:
    return f"'origin=' || {person}.origin"


def age(day: str) -> str:
    return f"'age=' || {age_band('p.birth_date', day)}"


EVENT = "1 AS num, NULL::numeric AS den"
SIDES = {"1": "men", "2": "women"}


def side(person: str = "p") -> str:
    """The side of the pyramid; those of another sex are in the total alone."""
    sides = " ".join(f"WHEN {person}.sex = '{sex}' THEN '{name}='" for sex, name in SIDES.items())
    return f"CASE {sides} END || {age_band(f'{person}.birth_date', '$3')}"


WHO = "m.person_id"
PEOPLE_PAGE = PeoplePage("figures", BEHIND)


def moved(kind: str, counted: str = EVENT) -> str:
    """Floating people with a movement of this kind, by the day of it."""
    return f"""
SELECT m.tenant_id, m.day, c.cut, {counted}
FROM people.movement m JOIN people.person p ON p.tenant_id = m.tenant_id AND p.id = m.person_id
{each_cut(sex(), age("m.day"), origin())}
WHERE m.tenant_id = ANY($1::uuid[]) AND p.tenant_id = ANY($1::uuid[]) AND p.is_floating
    AND m.day BETWEEN $2::date AND $3::date AND m.kind = '{kind}'
"""  # noqa: S608


def share_of_present(having: str) -> str:
    """Of the floating people present on the last day, those for whom there is a confirmation like this."""
    kept = f"""
LEFT JOIN (
    SELECT DISTINCT f.tenant_id, f.person_id FROM registration.confirmation f
    WHERE f.tenant_id = ANY($1::uuid[]) AND f.day <= $3::date AND {having}
) AS k ON k.tenant_id = p.tenant_id AND k.person_id = p.id"""  # noqa: S608
    return f"""
SELECT p.tenant_id, '' AS cut, count(k.person_id) AS num, count(*) AS den
{PRESENT.format(more=kept, who=FLOATING)}
GROUP BY p.tenant_id
"""


INDICATORS = (
    Indicator(
        code="POP-01",
        title=_("registered floating population"),
        unit=_("people"),
        org_rule="DISTINCT",
        time_rule="LAST",
        is_state=True,
        is_once=True,
        cuts=(SEX, AGE, ORIGIN),
        reads=(RESIDENCE, PERSON, PSEUDONYM),
        people_page=PEOPLE_PAGE,
        select=people(sex(), age("$3"), origin()),
    ),
    Indicator(
        code="POP-02",
        title=_("arrivals"),
        unit=_("people"),
        org_rule="SUM",
        time_rule="SUM",
        cuts=(SEX, AGE, ORIGIN),
        reads=(MOVEMENT, PERSON),
        select=moved("ARRIVE"),
        behind=moved("ARRIVE", WHO),
        people_page=PEOPLE_PAGE,
    ),
    Indicator(
        code="POP-03",
        title=_("women aged 15 to 49"),
        unit=_("people"),
        org_rule="DISTINCT",
        time_rule="LAST",
        is_state=True,
        is_once=True,
        cuts=(AGE, ORIGIN),
        reads=(RESIDENCE, PERSON, PSEUDONYM),
        people_page=PEOPLE_PAGE,
        select=people(age("$3"), origin())
        + " AND p.sex = '2' AND p.birth_date > ($3::date - interval '50 years')::date"
        " AND p.birth_date <= ($3::date - interval '15 years')::date",
    ),
    Indicator(
        code="POP-04",
        title=_("departures"),
        unit=_("people"),
        org_rule="SUM",
        time_rule="SUM",
        cuts=(SEX, AGE, ORIGIN),
        reads=(MOVEMENT, PERSON),
        select=moved("DEPART"),
        behind=moved("DEPART", WHO),
        people_page=PEOPLE_PAGE,
    ),
    Indicator(
        code="POP-05",
        title=_("children under 16"),
        unit=_("people"),
        org_rule="DISTINCT",
        time_rule="LAST",
        is_state=True,
        is_once=True,
        privacy="H",
        cuts=(SEX, AGE),
        reads=(RESIDENCE, PERSON, PSEUDONYM),
        people_page=PEOPLE_PAGE,
        select=people(sex(), age("$3")) + " AND p.birth_date > ($3::date - interval '16 years')::date",
    ),
    Indicator(
        code="POP-06",
        title=_("registration freshness"),
        unit=_("%"),
        org_rule="RATIO",
        time_rule="LAST",
        is_state=True,
        is_exchanged=False,
        reads=(RESIDENCE, PERSON, CONFIRMATION),
        select=share_of_present(f"f.day > $3::date - {FRESH_DAYS}"),
    ),
    Indicator(
        code="POP-07",
        title=_("voluntary completeness"),
        unit=_("%"),
        org_rule="RATIO",
        time_rule="LAST",
        is_state=True,
        is_exchanged=False,
        reads=(RESIDENCE, PERSON, CONFIRMATION),
        select=share_of_present("f.contact_verified"),
    ),
    Indicator(
        code="POP-08",
        title=_("residence-permit help"),
        unit=_("cases"),
        org_rule="SUM",
        time_rule="SUM",
        is_exchanged=False,
        cuts=(ORIGIN,),
        reads=(PERMIT_HELP, PERSON),
        select=f"""
SELECT h.tenant_id, h.day, c.cut, 1 AS num, NULL::numeric AS den
FROM registration.permit_help h JOIN people.person p ON p.tenant_id = h.tenant_id AND p.id = h.person_id
{each_cut(origin())}
WHERE h.tenant_id = ANY($1::uuid[]) AND p.tenant_id = ANY($1::uuid[]) AND h.day BETWEEN $2::date AND $3::date
""",  # noqa: S608
    ),
    Indicator(
        code="POP-09",
        title=_("men and women by age"),
        unit=_("people"),
        org_rule="DISTINCT",
        time_rule="LAST",
        is_state=True,
        is_once=True,
        is_pyramid=True,
        is_exchanged=False,
        privacy="H",
        cuts=(MEN, WOMEN),
        reads=(RESIDENCE, PERSON, PSEUDONYM),
        people_page=PEOPLE_PAGE,
        select=people(side()) + " AND c.cut IS NOT NULL",
    ),
    Indicator(
        code="POP-10",
        title=_("everybody present"),
        unit=_("people"),
        org_rule="DISTINCT",
        time_rule="LAST",
        is_state=True,
        is_once=True,
        is_exchanged=False,
        reads=(RESIDENCE, PERSON, PSEUDONYM),
        people_page=PEOPLE_PAGE,
        select=people(who="true"),
    ),
)
