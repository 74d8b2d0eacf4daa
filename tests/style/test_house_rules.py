"""The house rules hold in every file, and every rule sees a violation when there is one."""

from __future__ import annotations

import pytest

from tests.style.layout import LAYOUT, stray_top_level
from tests.style.rule import Rule
from tests.style.safety import SAFETY
from tests.style.shape import SHAPE
from tests.style.source import Source, sources, top_level
from tests.style.words import WORDS

RULES = (*SHAPE, *SAFETY, *LAYOUT, *WORDS)


def name_of(rule: Rule) -> str:
    return rule.name.replace(" ", "-")


@pytest.fixture(scope="module")
def tree() -> list[Source]:
    return sources()


@pytest.mark.requirement("R27", "R28", "R32", "R48")
@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_house_rule_holds(rule: Rule, tree: list[Source]) -> None:
    findings = [line for source in tree for line in rule.findings(source)]
    assert not findings, "\n".join([f"{rule.name}: {rule.why}", *findings])


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_house_rule_sees_a_planted_violation_and_nothing_else(rule: Rule) -> None:
    assert rule.findings(rule.broken)
    assert not rule.findings(rule.kept)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_every_exception_has_a_reason_and_is_still_needed(rule: Rule, tree: list[Source]) -> None:
    found = {line.split(" ")[0].split(":")[0] for source in tree for line in rule.find(source)}
    for place, reason in rule.excepted.items():
        assert reason.strip()
        assert place.split(":")[0] in found, f"{place} keeps the rule now: take it off the list"


def test_top_level_is_the_design_card() -> None:
    assert stray_top_level(top_level()) == []
    assert stray_top_level(["core", "scripts", "setup.cfg"]) == ["scripts", "setup.cfg"]


def test_comments_and_docstrings_are_not_code() -> None:
    source = Source("core/a.py", '"""Never eval(x)."""\nx = 1  # set_config(\ny = f"SET {x}"\n')
    assert "eval" not in source.code
    assert "set_config" not in source.code
    assert source.strings == [(3, "SET {}")]
