"""Every reason is told in whole sentences, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.kernel.i18n import read_catalogue
from plugins.registration.imports.verdicts import Finding, Reason, sentence

_CATALOGUE = Path(__file__).parents[4] / "plugins/registration/locale/zh/messages.po"


@pytest.mark.parametrize("reason", list(Reason))
def test_reason_says_what_is_wrong_and_what_to_do(reason: Reason) -> None:
    told = sentence(Finding(reason, "姓名"), lambda text: text)
    assert told.endswith(".")
    assert "%" not in told


@pytest.mark.parametrize("reason", list(Reason))
def test_reason_is_told_in_chinese(reason: Reason) -> None:
    chinese = dict(read_catalogue(_CATALOGUE))
    told = sentence(Finding(reason, "姓名"), lambda text: chinese[text])
    assert told.endswith("。")
    assert "%" not in told
