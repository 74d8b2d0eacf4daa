"""How the home pages tell a task: how late it is, or how many working days are left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from core.kernel.i18n import Translate
from core.kernel.i18n import gettext_noop as _
from core.sdk.ctx import TenantCtx, TownCtx
from core.tenancy.town_settings import TownSettings, town_settings
from core.web.pages import Slot, Task

__all__ = ["Waiting", "stand_of", "waiting_tasks"]

Tone = Literal["late", "soon", ""]

TOLD = timedelta(days=31)
"""Further ahead the day alone is told."""
SOON = 2
"""Working days."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A task as it stands today; `when` is empty where the day alone says enough."""

    task: Task
    when: str
    tone: Tone


async def waiting_tasks(ctx: TenantCtx | TownCtx, slot: Slot) -> list[Waiting]:
    """The tasks of a slot, the most urgent first, told by the town's calendar."""
    tasks: Sequence[Task] = ctx.tasks[slot]
    if not tasks:
        return []
    calendar = await town_settings(ctx.transaction)
    return [stand_of(task, ctx.today, calendar, ctx.tell) for task in tasks]


def stand_of(task: Task, today: date, calendar: TownSettings, tell: Translate) -> Waiting:
    """Late by days, ahead by working days: what is missed counts every day, what is left only those to work on."""
    if task.due is None or task.due > today + TOLD:
        return Waiting(task=task, when="", tone="")
    if task.due < today:
        days = (today - task.due).days
        late = _("1 day late") if days == 1 else _("%(days)s days late")
        return Waiting(task=task, when=tell(late) % {"days": days}, tone="late")
    if task.due == today:
        return Waiting(task=task, when=tell(_("due today")), tone="soon")
    left = calendar.working_days_until(today, task.due)
    ahead = _("in 1 working day") if left == 1 else _("in %(days)s working days")
    return Waiting(
        task=task, when=tell(ahead) % {"days": left} if left else "", tone="soon" if left <= SOON else ""
    )
