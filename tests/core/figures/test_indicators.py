from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from core.figures.indicators import Catalogue, Indicator, age_band, indicator_faults
from core.kernel.db import Database
from core.kernel.scope import Scope
from tests.core.figures.indicators import ARRIVALS, GROUPS, INDICATORS, PRESENT

EVENTS = "FROM people.movement m WHERE m.tenant_id = ANY($1::uuid[]) AND m.day BETWEEN $2::date AND $3::date"
GOOD = f"SELECT m.tenant_id, m.day, '' AS cut, 1 AS num, NULL AS den {EVENTS}"


def faults(indicator: Indicator = ARRIVALS, **changes: Any) -> list[str]:
    return list(indicator_faults(replace(indicator, **changes)))


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_an_indicator_of_every_rule_is_accepted(indicator: Indicator) -> None:
    assert faults(indicator) == []


def test_the_plain_form_is_accepted() -> None:
    assert faults(select=GOOD) == []


@pytest.mark.requirement("R28")
@pytest.mark.parametrize(
    ("select", "fault"),
    [
        ("SELECT FROM WHERE", "cannot be read"),
        (f"{GOOD}; {GOOD}", "one SELECT"),
        ("DELETE FROM people.movement WHERE tenant_id = ANY($1::uuid[])", "one SELECT"),
        (GOOD.replace("1 AS num", "random() AS num"), "the function rand is not allowed"),
        (GOOD.replace("1 AS num", "extract(day FROM now()) AS num"), "current_timestamp is not allowed"),
        (GOOD.replace("1 AS num", "pg_sleep(1) AS num"), "pg_sleep is not allowed"),
        (GOOD.replace("1 AS num", "current_setting('app.tenant') AS num"), "current_setting is not allowed"),
        (GOOD.replace("people.movement", "rights.case_file"), "rights.case_file is not among those"),
        (GOOD.replace("people.movement", "movement"), ".movement is not among those"),
        (GOOD.replace("WHERE", "JOIN people.person p ON p.id = m.person_id WHERE"), "its own tenant_id"),
        (GOOD.replace("$3", "$4"), "the places must be $1, $2, $3"),
        (GOOD.replace("BETWEEN $2::date AND $3::date", "<= $3::date"), "the places must be $1, $2, $3"),
        (GOOD.replace("'' AS cut", "'' AS slice"), "must yield tenant_id, day, cut, num, den"),
        (f"{GOOD} FOR UPDATE", "must not write or lock"),
        (
            "WITH gone AS (DELETE FROM people.movement RETURNING tenant_id) " + GOOD,
            "must not write or lock",
        ),
    ],
)  # fmt: skip
def test_a_select_that_could_do_harm_or_yields_something_else_is_refused(select: str, fault: str) -> None:
    assert any(fault in told for told in faults(select=select)), faults(select=select)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"code": "arrivals"}, "three letters"),
        ({"time_rule": "DISTINCT"}, "do not go together"),
        ({"is_state": True}, "a state is LAST"),
        ({"reads": ()}, "must name the tables"),
        ({"counts_keys": True}, "only a DISTINCT counts"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(changes: dict[str, Any], fault: str) -> None:
    assert any(fault in told for told in faults(**changes))


def test_a_fraction_needs_a_sum() -> None:
    assert any("only a SUM may have a divisor" in told for told in faults(PRESENT, has_divisor=True))


def test_the_catalogue_names_the_group_of_each_indicator_and_all_tables() -> None:
    catalogue = Catalogue.of(GROUPS)
    assert {indicator.group for indicator in catalogue.indicators} == set(GROUPS)
    assert catalogue.tables == {"people.movement", "people.residence", "people.person"}
    assert catalogue.get("TST-01") is not None
    assert catalogue.get("TST-99") is None


AGES = [
    ("2025-06-30", "2022-07-01", "0-2"),
    ("2025-06-30", "2022-06-30", "3-5"),
    ("2025-02-28", "2007-02-28", "18-24"),
    ("2025-02-28", "2007-03-01", "16-17"),
    # Born on 29 February: a year older on 1 March of a common year, on the day itself in a leap year.
    ("2025-02-28", "2000-02-29", "18-24"),
    ("2025-03-01", "2000-02-29", "25-34"),
    ("2024-02-28", "1999-02-28", "25-34"),
    ("2028-02-29", "1963-02-28", "65+"),
    ("2028-02-29", "1963-03-01", "60-64"),
    ("2025-06-30", "1960-06-30", "65+"),
    ("2025-06-30", "1925-06-30", "65+"),
]


async def test_a_band_changes_on_the_birthday(database: Database) -> None:
    sql = f"SELECT {age_band('$1::date', '$2')}"
    async with database.transaction(Scope.nobody()) as tx:
        for day, born, band in AGES:
            found = await tx.fetchval(sql, date.fromisoformat(born), date.fromisoformat(day))
            assert found == band, (day, born)
        assert await tx.fetchval(sql, None, date(2025, 6, 30)) == "NS"
