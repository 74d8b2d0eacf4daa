"""Writes the demonstration town as an exchange folder of format `town-exchange/1`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

from core.demo.counters import hand_out_for_a_year
from core.demo.flaws import Spoiler
from core.demo.layouts import LAYOUTS
from core.demo.ledger import movement_rows
from core.demo.people import ADULT, Registrar
from core.demo.products import catalogue_rows, point_rows
from core.demo.reports import report_rows
from core.demo.rosters import Row, Scribe
from core.demo.sheets import Book, write_roster
from core.demo.stockbook import recall_rows, stock_rows
from core.demo.town import TENANTS, Tenant, enterprise_rows, staff_rows, tenant_rows, town_toml
from core.demo.year import Story, tell

__all__ = ["generate"]


def generate(folder: Path, *, today: date, seed: int = 1, size: float = 1.0) -> None:
    """Write the year of `today` up to that day; size 1 is a town of about 1,500 people.

    The same arguments give the same bytes; a later day of the same year goes on with the same people.
    """
    story = tell(today, stream(seed, "story"), size)
    for part in ("rosters", "reports", "supplies"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "town.toml").write_text(town_toml(today), encoding="utf-8", newline="\n")
    write_table(folder / "enterprises.csv", enterprise_rows())
    write_table(folder / "tenants.csv", tenant_rows(today))
    write_table(folder / "staff.csv", staff_rows(stream(seed, "staff")))
    write_rosters(folder / "rosters", story, seed)
    write_table(folder / "movements.csv", movement_rows(story, stream(seed, "ledger"), size))
    write_table(folder / "reports" / "manual.csv", report_rows(story, stream(seed, "reports")))
    write_supplies(folder / "supplies", story, seed, size)


def stream(seed: int, purpose: str) -> Random:
    """A generator of its own for every part, so that a change in one leaves the others alone."""
    return Random(f"townbridge demo {seed} {purpose}")


def write_table(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """A machine file: UTF-8 without mark, comma, LF."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_supplies(folder: Path, story: Story, seed: int, size: float) -> None:
    """The catalogue, the points, what is recalled, and the ledger of the year."""
    room = hand_out_for_a_year(story, stream(seed, "supplies"), size)
    write_table(folder / "catalogue.csv", catalogue_rows())
    write_table(folder / "points.csv", point_rows(story.today))
    write_table(folder / "recalls.csv", recall_rows(story.today))
    write_table(folder / "stock.csv", stock_rows(room, stream(seed, "stock papers"), story.today))


def write_rosters(folder: Path, story: Story, seed: int) -> None:
    """One roster for each tenant, in the manner of its office."""
    registrar = Registrar(stream(seed, "strangers"), story.today.year)
    registrar.taken.update(each.person.number for each in story.registrations)
    spoiler = Spoiler(registrar, story.today)
    for tenant in TENANTS:
        rng = stream(seed, f"roster {tenant.code}")
        book = compile_book(tenant, story, Scribe(LAYOUTS[tenant.code], rng), spoiler)
        write_roster(folder, book, LAYOUTS[tenant.code], rng)


def compile_book(tenant: Tenant, story: Story, scribe: Scribe, spoiler: Spoiler) -> Book:
    """The rows of one roster; in a large workbook a worker stands among the relatives once more."""
    workers, family = list[Row](), list[Row]()
    for each in story.of(tenant):
        (workers if each.category == ADULT else family).append(scribe.row(each))
    again = dict(workers[0])
    spoiler.spoil(workers, tenant, scribe)
    if scribe.layout.form == "xlsx" and len(family) > 10:
        family.append(again)
    return Book(tenant=tenant, today=story.today, workers=workers, family=family)
