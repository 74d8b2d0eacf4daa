"""`movements.csv`, judged in order of date: who may arrive, leave, change tenant or be away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from core.sdk.values import documents, plain_code, presence
from plugins.registration.imports.verdicts import Finding, Reason, Unfit

__all__ = [
    "KINDS",
    "AcceptedMovement",
    "Key",
    "MovementLine",
    "MovementRules",
    "Movements",
    "RejectedMovement",
]

Key = tuple[str, str]
"""Number space and normal number."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_Kind = presence.MovementKind

KINDS: dict[str, tuple[presence.MovementKind, ...]] = {
    "ARRIVE": (_Kind.ARRIVE,),
    "DEPART": (_Kind.DEPART,),
    "CHANGE_EMPLOYER": (_Kind.CHANGE_EMPLOYER_OUT, _Kind.CHANGE_EMPLOYER_IN),
    "TEMP_LEAVE": (_Kind.TEMP_LEAVE,),
    "RETURN": (_Kind.RETURN,),
    "OPT_OUT": (_Kind.OPT_OUT,),
}
"""What each type of the file does: in the tenant of the row, then in the tenant moved to."""


class MovementLine(Struct, frozen=True, kw_only=True):
    """One line of the file as text; `row` is its line number, the header being line 1."""

    row: int
    ref: str
    date: str
    tenant: str
    type: str
    id_type: str
    id_no: str
    to_tenant: str = ""
    reason: str = ""


class MovementRules(Struct, frozen=True, kw_only=True):
    """What the verdicts depend on besides the file."""

    year: int
    starts_on: Mapping[str, date]
    """First day of the year of every tenant, by code: the later of 1 January and its opening."""
    registered_on: Callable[[str, Key], date | None]
    """When a person was registered by a tenant's own roster; None when she is not known there."""


class AcceptedMovement(Struct, frozen=True, kw_only=True):
    """`to_tenant` is empty unless `type` is CHANGE_EMPLOYER."""

    row: int
    ref: str
    day: date
    tenant: str
    type: str
    key: Key
    to_tenant: str
    reason: str


class RejectedMovement(Struct, frozen=True):
    row: int
    finding: Finding


class Movements:
    """Judge a whole file; it must be in memory, because it is not sorted."""

    def __init__(self, rules: MovementRules) -> None:
        self._rules = rules
        self._refs: set[str] = set()
        self._states: dict[tuple[str, Key], tuple[date, presence.Presence]] = {}

    def judge(self, lines: Iterable[MovementLine]) -> Iterator[AcceptedMovement | RejectedMovement]:
        """A verdict for every line: those without a usable date first, then by (date, row)."""
        dated: list[tuple[date, int, MovementLine]] = []
        for line in lines:
            try:
                dated.append((self._day(line), line.row, line))
            except Unfit as unfit:
                yield RejectedMovement(line.row, unfit.finding)
        for day, _row, line in sorted(dated, key=lambda one: one[:2]):
            try:
                yield self._accepted(line, day)
            except Unfit as unfit:
                yield RejectedMovement(line.row, unfit.finding)

    def state(self, tenant: str, key: Key, day: date) -> presence.Presence:
        """The presence of a person at the end of `day`, after what was judged so far."""
        changed, state = self._states.get((tenant, key), (date.min, "absent"))
        start = self._rules.starts_on[tenant]
        if changed < start <= day:
            registered = self._rules.registered_on(tenant, key)
            return "present" if registered is not None and registered <= start else state
        return state

    def _day(self, line: MovementLine) -> date:
        try:
            day = date.fromisoformat(line.date) if _DAY.fullmatch(line.date) else None
        except ValueError:
            day = None
        if day is None:
            raise Unfit(Reason.DATE_INVALID, "date")
        if day.year != self._rules.year:
            raise Unfit(Reason.DATE_OUT_OF_YEAR, "date")
        return day

    def _accepted(self, line: MovementLine, day: date) -> AcceptedMovement:
        is_transfer = self._checked_codes(line)
        if line.ref in self._refs:
            raise Unfit(Reason.DUPLICATE_ROW, "ref")
        to_tenant = line.to_tenant if is_transfer else ""
        key = self._known(line, [line.tenant, to_tenant] if is_transfer else [line.tenant])
        self._move(line, day, key)
        self._refs.add(line.ref)
        return AcceptedMovement(
            row=line.row, ref=line.ref, day=day, tenant=line.tenant, type=line.type, key=key,
            to_tenant=to_tenant, reason=line.reason,
        )  # fmt: skip

    def _checked_codes(self, line: MovementLine) -> bool:
        if line.tenant not in self._rules.starts_on:
            raise Unfit(Reason.UNKNOWN_CODE, "tenant")
        if line.type not in KINDS:
            raise Unfit(Reason.UNKNOWN_CODE, "type")
        is_transfer = len(KINDS[line.type]) > 1
        if is_transfer and line.to_tenant not in self._rules.starts_on:
            raise Unfit(Reason.UNKNOWN_CODE, "to_tenant")
        return is_transfer

    def _known(self, line: MovementLine, tenants: Iterable[str]) -> Key:
        key = documents.space(plain_code(line.id_type)), documents.normal_number(line.id_no)
        if any(self._rules.registered_on(tenant, key) is None for tenant in tenants):
            raise Unfit(Reason.UNKNOWN_PERSON, "id_no")
        return key

    def _move(self, line: MovementLine, day: date, key: Key) -> None:
        """Both halves or none."""
        after: dict[tuple[str, Key], tuple[date, presence.Presence]] = {}
        for tenant, kind in zip((line.tenant, line.to_tenant), KINDS[line.type], strict=False):
            rule = presence.RULES[kind]
            if self.state(tenant, key, day) not in rule.needs or (tenant, key) in after:
                raise Unfit(Reason.STATE_CONFLICT, "type")
            after[tenant, key] = (day, rule.leaves)
        self._states.update(after)
