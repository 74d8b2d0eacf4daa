"""What is looked for: one line of words, sent and never put in an address, and what the modules found by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from core.host.frame import Entry
from core.kernel.i18n import Translate
from core.kernel.i18n import gettext_noop as _
from core.kernel.text import Line
from core.people.names import fits
from core.web.forms import Form
from core.web.pages import Hit

__all__ = [
    "PAGES_GROUP",
    "Found",
    "Group",
    "SearchForm",
    "exact",
    "found",
    "grouped",
    "pages_found",
    "words_of",
]

PAGES_GROUP = _("Pages")


class SearchForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name, letters of it, a number, a page."""

    words: Line = ""


class Group(Struct, frozen=True, kw_only=True):
    """Hits that stand together; `title` is a message id."""

    title: str
    hits: list[Hit]


class FoundItem(Struct, frozen=True, kw_only=True):
    """`fields` are what its page is sent, where it does not open by its address alone."""

    title: str
    detail: str
    group: str
    address: str
    fields: Mapping[str, str]
    is_exact: bool


class Found(Struct, frozen=True, kw_only=True):
    hits: list[FoundItem]


def words_of(arguments: Mapping[str, Any]) -> str:
    """The words in a form or body that carries some; '' where there are none."""
    sent = arguments.get("form", arguments.get("body"))
    if isinstance(sent, Form):
        sent = sent.value if sent.is_valid else None
    return sent.words if isinstance(sent, SearchForm) else ""


def grouped(hits: Iterable[Hit]) -> list[Group]:
    """In the order in which the groups first come up."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.group, []).append(hit)
    return [Group(title=title, hits=found) for title, found in groups.items()]


def exact(hits: Sequence[Hit]) -> Hit | None:
    """The one thing that was named, if it opens by its address."""
    named = [hit for hit in hits if hit.is_exact and not hit.fields]
    return named[0] if len(named) == 1 else None


def pages_found(entries: Iterable[Entry], words: str, tell: Translate) -> list[Hit]:
    """The pages of the navigation whose title fits, in the reader's language or as it stands in the code."""
    return [
        Hit(title=tell(entry.title), group=PAGES_GROUP, address=entry.address)
        for entry in entries
        if fits(words, tell(entry.title)) or fits(words, entry.title)
    ]


def found(hits: Iterable[Hit], tell: Translate) -> Found:
    """For a program."""
    return Found(
        hits=[
            FoundItem(
                title=hit.title,
                detail=hit.detail,
                group=tell(hit.group),
                address=hit.address,
                fields=hit.fields,
                is_exact=hit.is_exact,
            )
            for hit in hits
        ]
    )
