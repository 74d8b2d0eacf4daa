"""For each address a request that ought to succeed: what it names is really there, and its form is filled in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
from msgspec import Struct

from core.host.binding import FILE_NAME
from core.kernel.ids import new_id
from core.sdk.people import MovementKind
from core.testing import TOWN
from plugins.registration.services import moving
from tests.plugins.registration.conftest import resident
from tests.plugins.registration.imports.small import HEADER, Worker
from tests.walls.doors import Door, Field, fields_of
from tests.walls.orders import LOT, order_body, requisition_for, shipment_for
from tests.walls.stage import DAY, Stage
from tests.walls.stock import machine_file, prepare_stock, stock_body

__all__ = ["BEYOND", "CURSORS", "IDS", "KNOWN_FIELDS", "WORDS", "Sent", "arranged", "shown", "thing_of"]

IDS = (
    *(
        "account",
        "firm",
        "incoming",
        "line",
        "member",
        "merge",
        "movement",
        "notice",
        "offer",
        "other",
        "person",
    ),
    *("tenant", "unit", "voucher"),
    *("recall", "row", "count", "spot", "file"),
    *("requisition", "shipment"),
)
"""Path parameters that name a thing of one unit or town: there is an own one, a foreign one and an absent one."""

WORDS = {
    "act": "approve",
    "code": "POP-01",
    "drawer": "health",
    "kind": "csv",
    "lamp": "red",
    "period": "2026-09",
    "plugin": "lantern",
    "role": "",
    "sku": "CON-M",
    "version": "0",
    "year": "2026",
}
"""Path parameters that say the same everywhere, with one of their words."""

KNOWN_FIELDS = {
    "before": "before",
    "entry": "entry",
    "firm": "firm",
    "firm_id": "firm",
    "instead": "stock",
    "key": "",
    "lines": "counted",
    "lots": "stock",
    "member": "member",
    "merge": "merge",
    "person": "person",
    "picked": "person",
    "source": "source",
    "spot": "spot",
}
"""Fields that are ids -> the thing that they name; a `key` is made by who sends it and names nothing."""

THINGS_OF_FORM = {"TellForm.picked": "notice_of_recall"}
"""Where the field of one form names another thing than fields that are called so elsewhere."""

LATER = "2030-01-01"
"""A day that has not come."""

CURSORS = {"after": "", "before": ""}
"""Fields that say where a list goes on; `test_marks.py` tries those of another unit."""

TEXTS = {
    "code": "V99",
    "confirm": "",
    "kind": "",
    "name": "新来",
    "name_zh": "新来",
    "officer": "新来",
    "officer_login": "",
    "phone": "13900139000",
    "point": "S1",
    "profile": "enterprise",
    "q": "晴",
    "reason": "so",
    "title": "新来",
    "unit": "T03",
    "village": "东村",
    "why": "so",
    "seen_kind": "ARRIVE",
    "purpose": "TRANSFER",
    "body": "新来",
    "number": "",
}
BY_FORM: dict[str, dict[str, str]] = {
    "AcceptForm": {"purpose": "", "number": ""},
    "RegisterForm": {"acknowledged": "1", "purpose": "", "is_floating": "1"},
    "RecordForm": {"purpose": ""},
    "CorrectForm": {"kind": "ARRIVE", "day": "2026-10-06", "reason": "", "seen_reason": ""},
    "CancelForm": {"seen_reason": ""},
    "MoveForm": {"kind": "DEPART", "reason": ""},
    "EraseForm": {"reason": "ASKED"},
    "MergeForm": {"reason": "SHE_SAYS_SO"},
    "OfferForm": {"agrees": "1"},
    "NoticeDraft": {"to": "all", "needs_answer": "1", "due_on": ""},
    "NewUnit": {"kind": "enterprise_association", "officer_login": "officer.of.u99"},
    "NewMember": {"login": "new.colleague", "role": "tenant_reporter"},
    "NewRole": {"role": "medical_staff"},
    "Switch": {"to": "on"},
    "CellsForm": {"act": "save"},
    "DecideForm": {"reason": "so", "cell": ""},
    "NewPerson": {"is_acknowledged": "true"},
    "LookForm": {"quantities": "1"},
    "Basket": {"quantities": "1"},
    "HandOutForm": {"quantities": "1"},
    "Handed": {"quantities": "1"},
    "ReverseForm": {"reason": "NOT_TAKEN"},
    "TakenBack": {"reason": "NOT_TAKEN"},
    "SearchForm": {"words": "晴"},
    "StartForm": {"id_type": "01", "number": resident(499).number},
    "RowForm": {"phone": "13900139000", "name": ""},
    "ProductForm": {"is_anonymous_allowed": "1", "gate": "none", "is_sure": "1", "valid_from": LATER},
    "NewProductForm": {"gate": "none", "valid_from": LATER},
    "PresetForm": {"preset": "xian", "valid_from": LATER},
    "CatalogueBody": {"valid_from": LATER},
    "ArrivalForm": {
        "sku_1": "CON-M",
        "lot_1": "A",
        "expiry_1": "203912",
        "quantity_1": "1",
        "checked": "unit,date,product,price,specification,lot,expiry,quantity,package",
    },
    "NewPointForm": {"kind": "BOX", "firm_id": ""},
    "PointForm": {"min_months": "2", "max_months": "3", "emergency_tenths": "5"},
    "HoldForm": {"reason": "DAMP"},
    "ExpiryForm": {"expiry": "203806", "note": "so"},
    "LossForm": {"reason": "DAMAGED", "quantity": "1"},
    "OutreachForm": {"place": "so", "sku": "CON-M", "key": ""},
    "RestockForm": {"sku": "CON-M"},
    "CountForm": {"numbers": "8"},
    "ReceivedForm": {**LOT, "received_1": "1"},
    "TransferForm": {**LOT, "quantity_1": "1", "to": "B1"},
    "NewTransfer": {"to": "B1"},
}
BY_PATH: dict[str, dict[str, str]] = {
    "/town/{town_code}/staff/add": {"role": "town_analyst", "login": "new.analyst"},
    "/town/{town_code}/staff/link": {"login": "town_analyst"},
    "/town/{town_code}/staff/{account}/roles": {"role": "auditor"},
    "/town/{town_code}/tenants/{tenant}/staff": {"role": "tenant_officer", "login": "new.officer"},
    "/t/{tenant_slug}/registration/people/{person}/movements/{movement}/cancel": {
        "seen_kind": "DEPART",
        "seen_day": "2026-10-09",
    },
}
ROSTER_STATES = {"plan": "read", "headers": "read", "cancel": "read", "undo": "applied"}
"""Where a roster must be for a step."""
BEYOND = {
    "/t/{tenant_slug}/lantern/broken": 500,
    "/t/{tenant_slug}/lantern/slow": 503,
    "/refusal": 409,
    "/fault": 500,
}
"""Pages of the suite's own modules that fail on purpose, after everybody was let in who may."""


class Sent(Struct, kw_only=True):
    """What stands in the address, in its query, and in its body."""

    values: dict[str, str]
    query: dict[str, str] = {}
    form: dict[str, str] | None = None
    body: bytes | None = None
    upload: tuple[str, bytes] | None = None


def shown(stage: Stage, door: Door) -> Sent:
    """Of the things that the places have; enough for what only reads, and for what is refused anyway."""
    place = "t01" if door.is_of_tenant else TOWN
    things = stage.places[place].things
    values = {name: things[name] if name in IDS else _word(door, name) for name in door.parameters}
    if "/tenants/{tenant}/staff/" in door.address.path:
        values["account"] = things["officer"]
    query = {"period": "2026-11"} if "/figures/{code}" in door.address.path else {}
    return _filled(stage, door, Sent(values=values, query=query))


async def arranged(stage: Stage, door: Door) -> Sent:
    """With things of its own, that nothing else has touched."""
    sent = shown(stage, door)
    for name in door.parameters:
        make = MAKERS.get(name)
        if make is not None:
            sent.values[name] = str(await make(stage, door, sent.values))
    await _prepare(stage, door, sent)
    return _filled(stage, door, sent)


def _word(door: Door, name: str) -> str:
    if name == "code" and "/supplies/" in door.address.path:
        return "SUP-05"
    if name != "role":
        return WORDS[name]
    if door.is_of_tenant:
        return "station_staff"
    return "tenant_officer" if "{tenant}" in door.address.path else "town_analyst"


def _place(door: Door) -> str:
    return "t01" if door.is_of_tenant else TOWN


async def _person(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    return await stage.person("t01")


async def _movement(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    if door.address.path.endswith("cancel"):
        async with stage.counter("t01") as ctx:
            await moving.move(ctx, UUID(values["person"]), MovementKind.DEPART, DAY.replace(day=9), "")
            return (await ctx.people.movements(UUID(values["person"])))[-1].id
    return await stage.movement("t01", UUID(values["person"]))


async def _offer(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    if door.address.path.endswith("withdraw"):
        return await stage.offer("t01", "t03")
    offer = await stage.offer("t02", "t01")
    await stage.work()
    return offer


async def _incoming(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    step = door.address.path.rpartition("/")[2]
    return await stage.incoming("t01", ROSTER_STATES.get(step, "planned"))


async def _line(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    return await stage.line("t01", UUID(values["incoming"]))


async def _notice(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    return await stage.notice(_place(door))


async def _tenant(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    return (await stage.unit(TOWN)).id


async def _firm(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    return await stage.firm(_slug(stage, values["tenant"]))


async def _account(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    role = _word(door, "role")
    place = _slug(stage, values["tenant"]) if "tenant" in values else _place(door)
    return await stage.colleague(place, role)


async def _voucher(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    voucher, entry = await stage.issue("t01")
    values["entry"] = str(entry)
    return voucher


async def _period(stage: Stage, door: Door, values: dict[str, str]) -> str:
    """A month of its own, with the report in the state that the act needs."""
    year, month0 = divmod(2026 * 12 + 7 - len(stage.months), 12)
    month = f"{year}-{month0 + 1:02d}"
    stage.months.append(month)
    tail = door.address.path.rpartition("/")[2]
    if door.is_of_tenant:
        if tail in ("submit", "take-back"):
            await stage.report("t01", month, "save" if tail == "submit" else "prepare")
        return month
    await stage.report("t01", month, "submit")
    if tail == "lock":
        await stage.decide(month, "approve")
    return month


MAKERS: dict[str, Callable[[Stage, Door, dict[str, str]], Awaitable[UUID | str]]] = {
    "person": _person,
    "other": _person,
    "movement": _movement,
    "offer": _offer,
    "incoming": _incoming,
    "line": _line,
    "notice": _notice,
    "tenant": _tenant,
    "firm": _firm,
    "account": _account,
    "voucher": _voucher,
    "requisition": requisition_for,
    "shipment": shipment_for,
    "period": _period,
}


def _slug(stage: Stage, tenant: str) -> str:
    return next(
        address
        for address, place in stage.places.items()
        if place.tenant is not None and str(place.tenant.id) == tenant
    )


async def _prepare(stage: Stage, door: Door, sent: Sent) -> None:
    """What must be so before the act can be done."""
    path = door.address.path
    if "/household/" in path:
        head = UUID(sent.values["person"])
        is_new = path.endswith("/add")
        sent.values["member"] = str(await (stage.person("t01") if is_new else stage.household("t01", head)))
    if path.endswith("/unmerge"):
        sent.values["merge"] = str(await stage.merge("t01", UUID(sent.values["person"])))
    sent.values |= await prepare_stock(stage, door, sent.values)
    if "/{period}" in path and door.is_of_tenant:
        sent.values["version"] = await stage.report_version("t01", sent.values["period"])


def _filled(stage: Stage, door: Door, sent: Sent) -> Sent:
    """Every field that must be there, and every id that may."""
    if door.method == "GET":
        return sent
    things = stage.places[_place(door)].things | sent.values
    fields = {
        field.name: _value(stage, field, things) for field in fields_of(door) if field.owner == _kind(door)
    }
    fields |= BY_PATH.get(door.address.path.removeprefix("/api/v1"), {})
    told = {name: value for name, value in fields.items() if value is not None and value != ""}
    if _kind(door) == "BatchForm":
        told = {"seen": "T01:1"}
    if door.binding.body is not None:
        whole = stock_body(_kind(door), told) or order_body(_kind(door), told)
        sent.body = msgspec.json.encode(whole) if whole else _json(door.binding.body, told)
    else:
        sent.form = told
    if door.binding.takes_upload:
        lines = [HEADER, Worker("新来", 9001).row()]
        content = "\r\n".join(",".join(cells) for cells in lines).encode("utf-8-sig")
        content = machine_file() if "/machines/" in door.address.path else content
        if door.is_api:
            sent.query, sent.body = sent.query | {FILE_NAME: "new.csv"}, content
        else:
            sent.form, sent.upload = None, ("new.csv", content)
    return sent


def _kind(door: Door) -> str:
    return door.sent.__name__ if door.sent is not None else ""


def _value(stage: Stage, field: Field, things: dict[str, str]) -> str | None:
    special = BY_FORM.get(field.owner, {})
    if field.name in special:
        return special[field.name]
    if field.is_id:
        name = thing_of(field)
        return things.get(field.name, things.get(name)) if name else str(new_id())
    if field.owner == "EraseForm":
        return stage.names.get(UUID(things["person"]), "nobody")
    if field.name == "version":
        return things.get("version", "1")
    if field.name in ("seen", "sku", "lot", "code", "day") and field.name in things:
        return things[field.name]
    if not field.is_required and field.name not in ("name", "village", "unit", "phone"):
        return None
    return _typical(field)


def thing_of(field: Field) -> str:
    """What an id names; nothing where it is no id, or one that its sender makes."""
    name = THINGS_OF_FORM.get(f"{field.owner}.{field.name}", KNOWN_FIELDS.get(field.name, ""))
    return name if field.is_id else ""


def _typical(field: Field) -> str:
    if TEXTS.get(field.name):
        return TEXTS[field.name]
    options = [value for value in _literals(field.hint) if value]
    if options:
        return str(options[0])
    parts = str(field.hint)
    if "date" in parts:
        return DAY.isoformat()
    return "1" if "int" in parts or "bool" in parts else "x"


def _literals(hint: Any) -> list[Any]:
    found: list[Any] = []
    for arg in get_args(hint):
        found += [arg] if isinstance(arg, str) else _literals(arg)
    return found


def _json(kind: type[Struct], told: dict[str, str]) -> bytes:
    """The same as JSON, every value as its field wants it; what fits nowhere is sent as it is, and refused."""
    hints = get_type_hints(kind, include_extras=True)
    return msgspec.json.encode(
        {name: _fitting(value, hints[name]) for name, value in told.items() if name in hints}
    )


def _fitting(value: str, hint: Any) -> Any:
    for form in (value, [value]):
        with suppress(msgspec.ValidationError):
            return msgspec.convert(form, hint, strict=False)
    return value
