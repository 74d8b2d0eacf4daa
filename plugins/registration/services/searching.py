"""What the search of the unit finds here: people, firms, the pages of the counter."""

from __future__ import annotations

from core.sdk import Hit, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import Document
from core.sdk.tenancy import list_firms
from core.sdk.values import names
from plugins.registration.permissions import IMPORT, REGISTER
from plugins.registration.services.listing import Line, Query, list_people
from plugins.registration.services.words import PRESENCES

__all__ = ["find"]

PEOPLE, FIRMS, PAGES = _("People"), _("Firms"), _("Pages")
MOST_PEOPLE, MOST_FIRMS = 8, 5
COUNTER = (("register", _("Register somebody"), REGISTER), ("roster", _("Import a roster"), IMPORT))


async def find(ctx: TenantCtx, words: str) -> list[Hit]:
    """A whole document number names one person, or nobody yet; anything else names as many as it fits."""
    document = await ctx.people.recognise(words)
    page = await list_people(ctx, Query(text=words), limit=MOST_PEOPLE)
    people = [_person(ctx, line, is_exact=document is not None) for line in page.lines]
    if document is not None:
        return people or _unknown(ctx, document)
    return [*people, *await _firms(ctx, words), *_pages(ctx, words)]


def _person(ctx: TenantCtx, line: Line, *, is_exact: bool) -> Hit:
    person = line.person
    told = (
        str(person.birth_year or ""),
        person.document or "",
        line.firm,
        ctx.tell(PRESENCES[person.presence]),
    )
    return Hit(
        title=person.name,
        detail=" · ".join(filter(None, told)),
        group=PEOPLE,
        address=ctx.address(f"people/{person.id}"),
        is_exact=is_exact,
    )


def _unknown(ctx: TenantCtx, document: Document) -> list[Hit]:
    if not ctx.can(REGISTER):
        return []
    return [
        Hit(
            title=ctx.tell(_("Register with this number")),
            detail=ctx.tell(_("Nobody here has it.")),
            group=PEOPLE,
            address=ctx.address("register/start"),
            fields={"id_type": document.id_type, "number": document.number},
        )
    ]


async def _firms(ctx: TenantCtx, words: str) -> list[Hit]:
    found = [
        firm
        for firm in await list_firms(ctx.transaction)
        if any(names.fits(words, name) for name in (firm.name_zh, firm.short_zh, firm.name_en) if name)
    ]
    return [
        Hit(
            title=firm.name(ctx.language),
            detail=ctx.tell(_("its people")),
            group=FIRMS,
            address=ctx.address("people", firm=str(firm.id)),
        )
        for firm in found[:MOST_FIRMS]
    ]


def _pages(ctx: TenantCtx, words: str) -> list[Hit]:
    return [
        Hit(title=ctx.tell(title), group=PAGES, address=ctx.address(path))
        for path, title, permission in COUNTER
        if ctx.can(permission) and (names.fits(words, title) or names.fits(words, ctx.tell(title)))
    ]
