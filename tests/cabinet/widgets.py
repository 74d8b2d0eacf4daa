"""Of each drawer a piece for the home page, one for a person's page, a task, a moment, and what a search finds."""

from __future__ import annotations

from typing import Any

from core.sdk import Hit, Moment, Task, TenantCtx, Widget
from tests.cabinet.pages import found_in
from tests.cabinet.tables import DRAWERS

__all__ = ["WIDGETS"]


def _drawer(name: str) -> tuple[Widget, ...]:
    async def piece(ctx: TenantCtx, **_path: Any) -> str | None:
        return ctx.text("cabinet/piece.html", labels=await found_in(name))

    async def tasks(ctx: TenantCtx) -> list[Task]:
        return [
            Task(title="%(label)s", params={"label": f"{label}."}, action="look", address=ctx.address(name))
            for label in await found_in(name)
        ]

    async def moments(ctx: TenantCtx, **_path: Any) -> list[Moment]:
        return [
            Moment(day=ctx.today, title="%(label)s", params={"label": label})
            for label in await found_in(name)
        ]

    async def hits(ctx: TenantCtx, words: str) -> list[Hit]:
        return [
            Hit(title=label, detail=words, group=name, address=ctx.address(name))
            for label in await found_in(name)
        ]

    permission = f"cabinet.{name}.read"
    return (
        Widget(slot="TENANT_HOME", handler=piece, permission=permission),
        Widget(slot="TENANT_TASKS", handler=tasks, permission=permission),
        Widget(slot="PERSON_TIMELINE", handler=piece, permission=permission),
        Widget(slot="PERSON_TIMELINE", handler=moments, permission=permission),
        Widget(slot="TENANT_SEARCH", handler=hits, permission=permission),
    )


async def careless(ctx: TenantCtx) -> str | None:
    return ctx.text("cabinet/piece.html", labels=[each for name in DRAWERS for each in await found_in(name)])


WIDGETS = (
    *(widget for name in DRAWERS for widget in _drawer(name)),
    Widget(slot="TENANT_HOME", handler=careless, permission="cabinet.case.read"),
)
