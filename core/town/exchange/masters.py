"""The master files of an exchange folder, read whole before anything is written."""

from __future__ import annotations

import csv
import tomllib
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _

__all__ = ["FORMAT", "EnterpriseRow", "Masters", "StaffRow", "TenantRow", "TownFile", "read_masters"]

FORMAT = "town-exchange/1"

RowKind = TypeVar("RowKind", bound=Struct)


class Reporting(Struct, frozen=True):
    due_working_day: int = 5
    due_rule: str = ""


class Calendar(Struct, frozen=True):
    holidays: tuple[date, ...] = ()
    worked_weekend_days: tuple[date, ...] = ()


class Supplies(Struct, frozen=True):
    cyp_factor_set: str = ""


class Rights(Struct, frozen=True):
    favourable_outcomes: tuple[str, ...] = ()


class Disclosure(Struct, frozen=True):
    k_normal: int = 5
    k_high: int = 10
    min_unit_population: int = 30


class TownFile(Struct, frozen=True):
    """town.toml; keys that a later version of the format adds are left alone."""

    format: str
    code: str
    name_zh: str
    name_en: str
    year: Annotated[int, Meta(ge=1900, le=2999)]
    months: Annotated[int, Meta(ge=1, le=12)]
    time_zone: str
    exported_on: date
    synthetic_ids: bool = False
    known_id_prefixes: tuple[str, ...] = ()
    reporting: Reporting = field(default_factory=Reporting)
    calendar: Calendar = field(default_factory=Calendar)
    supplies: Supplies = field(default_factory=Supplies)
    rights: Rights = field(default_factory=Rights)
    disclosure: Disclosure = field(default_factory=Disclosure)

    @property
    def covered_to(self) -> date:
        """The last day of the months that the folder covers."""
        return date(self.year, self.months, monthrange(self.year, self.months)[1])


class TenantRow(Struct, frozen=True):
    code: str
    name_zh: str
    name_en: str
    kind: Literal["enterprise_association", "joint_branch", "town_station"]
    opened_on: date
    closed_on: date | None
    plugins: str

    @property
    def plugin_names(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.plugins.split(";") if name.strip())

    def starts_on(self, year: int) -> date:
        """The first day of its presence in the folder's year (FORMAT, section 4)."""
        return max(date(year, 1, 1), self.opened_on)


class EnterpriseRow(Struct, frozen=True):
    uscc: str
    name_zh: str
    short_zh: str
    name_en: str
    former_zh: str | None
    industry: str
    tenant: str

    @property
    def chinese_names(self) -> Iterator[str]:
        return (name for name in (self.name_zh, self.short_zh, self.former_zh) if name)


class StaffRow(Struct, frozen=True):
    login: str
    tenant: str | None
    name: str
    role: str


class Masters(Struct, frozen=True):
    town: TownFile
    tenants: tuple[TenantRow, ...]
    enterprises: tuple[EnterpriseRow, ...]
    staff: tuple[StaffRow, ...]


def read_masters(folder: Path) -> Masters:
    """Raises `BadInput` with file and line for whatever is missing or cannot be read."""
    town = _town(folder / "town.toml")
    if town.format != FORMAT:
        raise BadInput(
            _("The folder has the format %(format)s; this version reads %(known)s."),
            _("Export it again in this format."),
            format=town.format,
            known=FORMAT,
        )
    tenants = tuple(_rows(folder / "tenants.csv", TenantRow))
    enterprises = tuple(_rows(folder / "enterprises.csv", EnterpriseRow))
    staff = tuple(_rows(folder / "staff.csv", StaffRow))
    _check_codes("enterprises.csv", {row.tenant for row in enterprises}, tenants)
    _check_codes("staff.csv", {row.tenant for row in staff if row.tenant}, tenants)
    return Masters(town, tenants, enterprises, staff)


def _town(path: Path) -> TownFile:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(content, TownFile)
    except FileNotFoundError:
        raise BadInput(
            _("%(file)s is missing, so this is no exchange folder."),
            _("Name the folder that holds town.toml."),
            file=path.name,
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise _unreadable(path.name, str(error)) from None


def _rows(path: Path, kind: type[RowKind]) -> Iterator[RowKind]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                yield _row(path.name, line, row, kind)
    except FileNotFoundError:
        raise BadInput(
            _("%(file)s is missing."), _("Export the folder again, whole."), file=path.name
        ) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise _unreadable(path.name, str(error)) from None


def _row(file: str, line: int, row: dict[str, Any], kind: type[RowKind]) -> RowKind:
    values = {name: (row.get(name) or None) for name in kind.__struct_fields__}
    required = {
        name: "" if value is None and kind.__annotations__[name] == "str" else value
        for name, value in values.items()
    }
    try:
        return msgspec.convert(required, kind)
    except msgspec.ValidationError as error:
        raise _unreadable(f"{file}:{line}", str(error)) from None


def _check_codes(file: str, used: set[str], tenants: tuple[TenantRow, ...]) -> None:
    unknown = used - {tenant.code for tenant in tenants}
    if unknown:
        raise _unreadable(file, f"unknown tenant {', '.join(sorted(unknown))}")


def _unreadable(file: str, error: str) -> BadInput:
    return BadInput(
        _("%(file)s cannot be read: %(error)s."),
        _("Nothing of the folder was loaded. Correct the file and load again."),
        file=file,
        error=error,
    )
