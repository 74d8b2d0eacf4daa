"""Every address of the running application: those behind the gate with what they take, and those outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec import Struct

from core.app import CORE_PAGES, Platform
from core.host.binding import Binding
from core.host.routing import Address, addresses
from core.identity.roles import ROLES

__all__ = ["OUTSIDE", "PLACES", "Door", "Field", "doors", "fields_of", "routes_of"]

PLACES = ("tenant_slug", "town_code")
OUTSIDE = {
    "GET /": "one's own places, or the way in",
    "GET /sign-in": "the way in",
    "POST /sign-in": "the way in",
    "POST /sign-out": "one's own session",
    "POST /language": "one's own language",
    "POST /appearance": "one's own browser",
    "GET /invitation": "a one-time link, for who holds it",
    "POST /invitation": "a one-time link, for who holds it",
    "GET /invitation/{code}": "a one-time link, for who holds it",
    "POST /invitation/{code}": "a one-time link, for who holds it",
    "GET /me": "one's own account",
    "POST /me/password": "one's own account",
    "POST /me/keys": "one's own account",
    "GET /help/keys": "the same list for everybody who is signed in",
    "POST /me/sessions": "one's own account",
    "POST /me/sessions/{session}": "one's own account",
    "GET /healthz": "whether the process lives",
    "GET /readyz": "whether it can serve",
    "GET /api/v1/openapi.json": "the description, for who has a token",
    "GET /metrics": "counts, for who holds the monitor's token",
    "GET /static/{digest}/{name}": "the files of the portal",
}
"""What stands outside the gate, and why it may."""


class Field(Struct, frozen=True, kw_only=True):
    """A field of a query, a form or a body."""

    owner: str
    name: str
    hint: Any
    is_required: bool

    @property
    def is_id(self) -> bool:
        return UUID in _parts(self.hint)


class Door(Struct, frozen=True, kw_only=True):
    """One address behind the gate; `may` and `may_not` are roles of its place."""

    address: Address
    binding: Binding
    may: tuple[str, ...]
    may_not: tuple[str, ...]

    @property
    def method(self) -> str:
        return self.address.method

    @property
    def is_api(self) -> bool:
        return self.address.path.startswith("/api/")

    @property
    def is_of_tenant(self) -> bool:
        return "{tenant_slug}" in self.address.path

    @property
    def parameters(self) -> list[str]:
        """Those besides the place."""
        return [name for name in re.findall(r"\{(\w+)\}", self.address.path) if name not in PLACES]

    @property
    def sent(self) -> type[Struct] | None:
        """The form or body that it takes."""
        return self.binding.form or self.binding.body

    def at(self, place: str, values: dict[str, str]) -> str:
        return re.sub(
            r"\{(\w+)\}",
            lambda found: place if found[1] in PLACES else values[found[1]],
            self.address.path,
        )

    def __str__(self) -> str:
        return f"{self.address.method} {self.address.path}"


def routes_of(app: Litestar) -> dict[str, Any]:
    """`GET /path/{name}` -> the handler, for everything that the application answers."""
    found: dict[str, Any] = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            path = re.sub(
                r"\{(\w+):\w+\}", r"{\1}", route.path_format if ":" in route.path_format else route.path
            )
            for handler in route.route_handlers:
                for method in handler.http_methods - {"HEAD", "OPTIONS"}:
                    found[f"{method} {path}"] = handler
    return found


def doors(platform: Platform, app: Litestar) -> list[Door]:
    """Those behind the gate, from the table of addresses, each with what the application really calls."""
    handlers = routes_of(app)
    return [
        _door(platform, address, handlers[f"{address.method} {address.path}"])
        for address in addresses(CORE_PAGES, platform.registry)
    ]


def fields_of(door: Door) -> Iterator[Field]:
    for kind in (door.binding.query, door.sent):
        if kind is not None:
            hints = get_type_hints(kind, include_extras=True)
            for field in msgspec.structs.fields(kind):
                yield Field(
                    owner=kind.__name__,
                    name=field.name,
                    hint=hints[field.name],
                    is_required=field.required,
                )


def _door(platform: Platform, address: Address, handler: Any) -> Door:
    permission = platform.server.gate.permission(address.permission)
    place = "tenant" if "{tenant_slug}" in address.path else "town"
    roles = [role for role in ROLES.values() if role.belongs_to == place]
    return Door(
        address=address,
        binding=_binding(handler),
        may=tuple(role.name for role in roles if role.name in permission.roles),
        may_not=tuple(role.name for role in roles if role.name not in permission.roles),
    )


def _binding(handler: Any) -> Binding:
    """What the handler was made for, as the host keeps it: there is no second list of it to grow old."""
    for cell in handler.fn.__closure__ or ():
        binding = getattr(cell.cell_contents, "binding", None)
        if isinstance(binding, Binding):
            return binding
    raise AssertionError(f"{handler} is not served by the host")


def _parts(hint: Any) -> set[Any]:
    return {hint} | {part for each in get_args(hint) for part in _parts(each)}
