"""Everything that the portal does, a program can do: an operation stands at the address of every act."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.app import CORE_PAGES, plugins
from core.host.routing import Address, addresses, api_path

PARTS = ("core", "registration", "reporting", "supplies")
"""Whose acts are all there: plug-ins, and `core` for the platform's own pages."""

ELSEWHERE = {
    # Somebody new is sent to the list that she comes to.
    "/t/{tenant_slug}/registration/register": "/api/v1/t/{tenant_slug}/registration/people",
    # A number that was searched for is looked up like one that is typed.
    "/t/{tenant_slug}/registration/register/start": "/api/v1/t/{tenant_slug}/registration/register/look",
    # The piece of the page of results that shows as one types.
    "/t/{tenant_slug}/search/look": "/api/v1/t/{tenant_slug}/search",
    "/town/{town_code}/search/look": "/api/v1/town/{town_code}/search",
}
"""Acts of pages whose operation has an address of its own."""

PAGES_ALONE = {
    "/t/{tenant_slug}/registration/people/search": "a search: a program asks by GET, and has no history that keeps it",
    "/t/{tenant_slug}/supplies/find": "a search: a program asks the register of people, by GET",
}
"""Acts of pages that no program does, with the reason."""


@pytest.fixture(scope="module")
def table(installed_plugins) -> list[Address]:
    return addresses(CORE_PAGES, plugins(installed_plugins))


def acts(table: list[Address]) -> Iterator[Address]:
    """What a page of these parts does beside showing itself."""
    for address in table:
        if address.kind == "page" and address.method != "GET" and (address.plugin or "core") in PARTS:
            yield address


def operations(table: list[Address]) -> dict[str, set[str]]:
    """The unsafe operations: from the address to the permissions that they need."""
    found: dict[str, set[str]] = {}
    for address in table:
        if address.kind == "route" and address.method != "GET":
            found.setdefault(address.path, set()).add(address.permission)
    return found


def test_every_act_of_a_page_has_an_operation_with_its_permission(table: list[Address]) -> None:
    known = operations(table)
    wrong: list[str] = []
    for act in acts(table):
        if act.path in PAGES_ALONE:
            continue
        permissions = known.get(ELSEWHERE.get(act.path, api_path(act.path)), set())
        if act.permission not in permissions:
            wrong.append(f"{act.path} needs {act.permission}; the operations: {sorted(permissions)}")
    assert not wrong, "\n".join(wrong)


def test_no_exception_is_stale(table: list[Address]) -> None:
    known, paths = operations(table), {act.path for act in acts(table)}
    named = {*ELSEWHERE, *PAGES_ALONE}
    assert named <= paths
    assert not [path for path in named if api_path(path) in known]
