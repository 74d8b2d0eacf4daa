"""Every sentence of the product has its Chinese, with the same places to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from core.kernel.i18n import read_catalogue
from tests.style.source import PACKAGES, ROOT

PLACE = re.compile(r"%\((\w+)\)[sd]")
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
OPTIONS = {"trimmed": "false", "trim_blocks": "true", "lstrip_blocks": "true", "encoding": "utf-8"}


def sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """(message id, place) of every marked sentence below a folder."""
    for path in sorted(folder.rglob("*")):
        method = METHODS.get(path.suffix)
        if method is None or "piccolo_migrations" in path.parts:
            continue
        options = OPTIONS if path.suffix == ".html" else {}
        for line, message, _comments, _context in extract_from_file(
            method, path, keywords={"_": None, "gettext_noop": None}, options=options
        ):
            if isinstance(message, str) and message:
                yield message, f"{path.relative_to(ROOT)}:{line}"


def translations(folder: Path) -> dict[str, str]:
    return {
        source: target
        for path in sorted(folder.glob("**/locale/zh/messages.po"))
        for source, target in read_catalogue(path)
    }


def owners() -> list[Path]:
    """The parts that must be whole in themselves: the platform, and each plug-in on top of it."""
    plugins = [path for path in sorted((ROOT / "plugins").iterdir()) if (path / "plugin.py").is_file()]
    return [ROOT / "core", ROOT / "tenants", *plugins]


@pytest.fixture(scope="module")
def platform() -> dict[str, str]:
    return translations(ROOT / "core") | translations(ROOT / "tenants")


@pytest.mark.parametrize("owner", owners(), ids=lambda path: path.name)
def test_every_sentence_has_its_chinese(owner: Path, platform: dict[str, str]) -> None:
    known = platform | translations(owner)
    missing = [f"{place}: {message}" for message, place in sentences(owner) if message not in known]
    assert not missing, "\n".join(dict.fromkeys(missing))


@pytest.mark.parametrize("owner", owners(), ids=lambda path: path.name)
def test_no_catalogue_holds_a_sentence_that_nobody_says(owner: Path) -> None:
    said = {message for message, _place in sentences(owner)}
    unused = sorted(translations(owner).keys() - said)
    assert not unused, "\n".join(unused)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_translation_fills_in_the_same_places(package: str) -> None:
    wrong = [
        source
        for source, target in translations(ROOT / package).items()
        if set(PLACE.findall(source)) != set(PLACE.findall(target))
    ]
    assert not wrong


def test_one_sentence_has_one_translation_on_the_platform() -> None:
    found: dict[str, str] = {}
    for path in sorted((ROOT / "core").glob("*/locale/zh/messages.po")):
        for source, target in read_catalogue(path):
            assert found.setdefault(source, target) == target, f"{path}: {source}"


def test_the_extractor_sees_python_and_templates() -> None:
    found = dict(sentences(ROOT / "core" / "web"))
    assert "This field is not known here." in found
    assert "Sign in" in found


def test_no_module_says_a_sentence_of_the_platform_otherwise(platform: dict[str, str]) -> None:
    """The platform's word would be shown in its place: give it a sentence of its own."""
    wrong = [
        f"{owner.name}: {source} ({target}, the platform: {platform[source]})"
        for owner in owners()
        for source, target in translations(owner).items()
        if platform.get(source, target) != target
    ]
    assert not wrong, "\n".join(wrong)


def test_no_two_modules_say_a_sentence_otherwise() -> None:
    """All catalogues are one: of two translations everybody would be shown the one that was read last."""
    found: dict[str, tuple[str, str]] = {}
    wrong = [
        f"{source}: {known} in {other}, {target} in {owner.name}"
        for owner in owners()
        for source, target in translations(owner).items()
        for known, other in (found.setdefault(source, (target, owner.name)),)
        if source and known != target
    ]
    assert not wrong, "\n".join(wrong)
