"""The pages of registration."""

from __future__ import annotations

from plugins.registration.pages import (
    acts,
    affairs,
    book,
    edit,
    merging,
    offers,
    people,
    person,
    register,
    roster,
)

__all__ = ["PAGES"]

PAGES = (
    *people.PAGES,
    *register.PAGES,
    *person.PAGES,
    *acts.PAGES,
    *edit.PAGES,
    *offers.PAGES,
    *roster.PAGES,
    *book.PAGES,
    *affairs.PAGES,
    *merging.PAGES,
)
