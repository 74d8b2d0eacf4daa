"""Towns that nobody has seen: the product says what the oracle says, in one year, in two, and once more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.app import Platform
from tests.oracle.oracle import Oracle
from tests.oracle.product import books_of, differences, load
from tests.oracle.towns import Town, invent_town

SEEDS = st.integers(0, 2**32)
YEARS = st.integers(2021, 2027)
few = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
more = settings(few, max_examples=8)

Codes = Callable[[], str]


def town_of(seed: int, code: str, year: int) -> Town:
    rng = Random(seed)
    town = invent_town(rng, code, year)
    town.is_early = rng.random() < 0.2
    return town


@few
@given(seed=SEEDS, year=YEARS)
async def test_a_year_is_what_the_oracle_says_and_loading_again_changes_nothing(
    deployment: Platform, tmp_path: Path, town_code: Codes, seed: int, year: int
) -> None:
    code = town_code()
    town = town_of(seed, code, year)
    town.cover_some_months(year)
    oracle = Oracle.of(town.write(tmp_path / code, year))
    report = await load(deployment, oracle.folder)
    assert await differences(deployment, oracle, report) == []
    before = await books_of(deployment, code)
    again = await load(deployment, oracle.folder)
    assert again.notes == report.notes
    assert await books_of(deployment, code) == before


@pytest.mark.slow
@more
@given(seed=SEEDS, year=YEARS)
async def test_a_following_year_leaves_the_year_before_as_it_was(
    deployment: Platform, tmp_path: Path, town_code: Codes, seed: int, year: int
) -> None:
    code = town_code()
    town = town_of(seed, code, year)
    oracles = [Oracle.of(town.write(tmp_path / code / str(each), each)) for each in (year, year + 1)]
    reports = [await load(deployment, oracle.folder) for oracle in oracles]
    for oracle, report in zip(oracles, reports, strict=True):
        assert await differences(deployment, oracle, report) == []
    before = await books_of(deployment, code)
    for oracle in (*reversed(oracles), oracles[0]):
        await load(deployment, oracle.folder)
        assert await differences(deployment, oracle) == []
    assert await books_of(deployment, code) == before
