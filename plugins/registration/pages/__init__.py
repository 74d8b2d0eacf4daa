"""The pages of registration."""

from __future__ import annotations

from plugins.registration.pages import (
    acts,
    affairs,
    behind,
    book,
    corrections,
    edit,
    household,
    merging,
    offers,
    papers,
    people,
    person,
    register,
    roster,
    roster_row,
    roster_undo,
)

__all__ = ["PAGES"]

PAGES = (
    *people.PAGES,
    *register.PAGES,
    *person.PAGES,
    *acts.PAGES,
    *edit.PAGES,
    *corrections.PAGES,
    *household.PAGES,
    *papers.PAGES,
    *offers.PAGES,
    *roster.PAGES,
    *roster_row.PAGES,
    *roster_undo.PAGES,
    *book.PAGES,
    *behind.PAGES,
    *affairs.PAGES,
    *merging.PAGES,
)
