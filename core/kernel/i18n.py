"""Chinese and English from gettext catalogues: the message id is the English sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

__all__ = ["LANGUAGES", "Translate", "add_catalogue", "gettext_noop", "is_message", "translator"]

LANGUAGES = ("zh", "en")

Translate = Callable[[str], str]

_folders: list[Path] = []


def gettext_noop(message: str) -> str:
    """Mark `message` for the catalogues; it is translated where it is shown, in the reader's language."""
    return message


def add_catalogue(folder: Path) -> None:
    """Take `folder`/<language>/messages.po into account; later folders do not override earlier ones."""
    if folder not in _folders:
        _folders.append(folder)
        _messages.cache_clear()


def translator(language: str) -> Translate:
    """The function that turns a message id into `language`; an unknown message stays English."""
    if language == "en":
        return gettext_noop
    messages = _messages(language)
    return lambda message: messages.get(message, message)


def is_message(text: str) -> bool:
    """Whether a part of this product says it: the Chinese catalogues have every sentence."""
    return text in _messages("zh")


@lru_cache(maxsize=len(LANGUAGES))
def _messages(language: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for path in _catalogues(language):
        for source, target in read_catalogue(path):
            merged.setdefault(source, target)
    return merged


def _catalogues(language: str) -> Iterable[Path]:
    return (path for folder in _folders if (path := folder / language / "messages.po").exists())


def read_catalogue(path: Path) -> list[tuple[str, str]]:
    """The translated pairs of one .po file; untranslated and fuzzy entries are left out."""
    from babel.messages.pofile import read_po  # a tenth of a second that only readers of Chinese pay

    with path.open("rb") as file:
        catalogue = read_po(file)
    return [(str(m.id), str(m.string)) for m in catalogue if m.id and m.string and not m.fuzzy]
