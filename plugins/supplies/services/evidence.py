"""The proof of what the ledger counts: factors are those of the catalogue on the day, and a link stands for an act.

What was entered in the portal is compared with the version that held on its day, as far as it was published by then:
what is published later changes nothing of before. Of a row of a file only this can be proven, that the town published
its product so at some time: the folder told how it counts, not the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from core.sdk import Prepared, TenantCtx, among
from plugins.supplies.services.catalogue import Catalogue, Product, decoded, seed_catalogue
from plugins.supplies.services.ledger import counted_as
from plugins.supplies.tables import CatalogueVersion, Entry, PastRecipient, Recipient, Voucher

__all__ = ["faults_of_evidence"]

AT_ONCE = 2_000
MEANWHILE = timedelta(minutes=1)
"""Whoever enters something while a version is published may not see it yet; no transaction lasts longer."""
FIRST = UUID(int=0)
COUNTED = ("method", "figure", "is_tracer", "cyp_num", "cyp_den")
GOODS = ("point", "sku", "lot", "kind", *COUNTED)
WITH_A_PERSON = ("ISSUE", "RETURN")

Row = Mapping[str, Any]

_vouchers = Prepared(
    lambda after: Voucher.select().where(Voucher.id > after).order_by(Voucher.id).limit(AT_ONCE)
)
_entries = Prepared(lambda vouchers: Entry.select().where(among(Entry.voucher_id, vouchers)))
_reversed = Prepared(lambda entries: Entry.select().where(among(Entry.id, entries)))
_seen = Prepared(lambda vouchers: Recipient.select().where(among(Recipient.voucher_id, vouchers)))
_put_away = Prepared(lambda vouchers: PastRecipient.select().where(among(PastRecipient.voucher_id, vouchers)))


class Versions:
    """The catalogues of a town, and when each was published."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._published = [(row["published_at"], decoded(row)) for row in rows]

    def ways(self, sku: str) -> set[tuple[Any, ...]]:
        """Each way in which a product was ever counted."""
        catalogues = (seed_catalogue(), *(catalogue for _at, catalogue in self._published))
        return {counted_as(product) for each in catalogues if (product := each.get(sku))}

    def on(self, sku: str, day: date, moment: datetime) -> set[tuple[Any, ...]]:
        """The way that held on a day as it was known at the moment, or just before."""
        known = (self._known(day, until).get(sku) for until in (moment, moment - MEANWHILE))
        return {counted_as(product) for product in known if isinstance(product, Product)}

    def _known(self, day: date, until: datetime) -> Catalogue:
        held = [
            catalogue for at, catalogue in self._published if at <= until and catalogue.valid_from <= day
        ]  # fmt: skip
        return max(held, key=lambda each: (each.valid_from, each.version), default=seed_catalogue())


async def faults_of_evidence(ctx: TenantCtx) -> list[str]:
    """A sentence for each voucher that counts otherwise than it should, for `townbridge verify`."""
    region = CatalogueVersion.region_id == ctx.tenant.region_id
    versions = Versions(await CatalogueVersion.select().where(region))
    found: list[str] = []
    async for vouchers in _pieces():
        ids = [row["id"] for row in vouchers]
        entries = await _entries(ids)
        taken_back = [row["reverses_id"] for row in entries if row["reverses_id"] is not None]
        originals = {row["id"]: row for row in await _reversed(taken_back)} if taken_back else {}
        lines, links = _by_voucher(entries), _by_voucher([*await _seen(ids), *await _put_away(ids)])
        for voucher in vouchers:
            told = [
                *_faults_of_links(voucher, links[voucher["id"]]),
                *_faults_of_lines(voucher, lines[voucher["id"]], originals, versions),
            ]
            found += [f"Voucher {voucher['id']} {sentence}" for sentence in told]
    return found


async def _pieces() -> AsyncIterator[Sequence[Row]]:
    last = FIRST
    while rows := await _vouchers(last):
        yield rows
        last = rows[-1]["id"]


def _by_voucher(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["voucher_id"]].append(row)
    return found


def _faults_of_links(voucher: Row, links: Sequence[Row]) -> Iterator[str]:
    """So there are never more people than acts."""
    if len(links) > 1:
        yield "is linked to a person twice."
    if links and (voucher["kind"] not in WITH_A_PERSON or voucher["is_anonymous"]):
        yield "is linked to a person and should not be."
    if any(link["day"] != voucher["day"] for link in links):
        yield "is linked to a person on another day."


def _faults_of_lines(
    voucher: Row, lines: Sequence[Row], originals: Mapping[UUID, Row], versions: Versions
) -> Iterator[str]:
    if not lines:
        yield "has no line."
    for line in lines:
        if any(line[name] != voucher[name] for name in ("kind", "point", "day")):
            yield f"has a line of {line['sku']} of another kind, point or day."
        counted = tuple(line[name] for name in COUNTED)
        if line["reverses_id"] is not None:
            if not _takes_back(line, originals[line["reverses_id"]], voucher):
                yield f"takes {line['sku']} back otherwise than it was entered."
        elif line["row_ref"] is not None:
            if counted not in versions.ways(line["sku"]):
                yield f"counts {line['sku']} as no catalogue of the town does."
        elif counted not in versions.on(line["sku"], line["day"], voucher["made_at"]):
            yield f"counts {line['sku']} otherwise than the catalogue of its day."


def _takes_back(line: Row, original: Row, voucher: Row) -> bool:
    return (
        line["quantity"] == -original["quantity"]
        and voucher["reverses_id"] == original["voucher_id"]
        and all(line[name] == original[name] for name in GOODS)
    )
