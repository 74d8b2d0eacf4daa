"""How a task is told: the town's calendar decides, at every edge."""

from __future__ import annotations

from datetime import date

import pytest

from core.host.tasks import stand_of
from core.kernel.i18n import gettext_noop
from core.tenancy.town_settings import TownSettings
from core.web.pages import Task

FRIDAY = date(2025, 3, 21)
SATURDAY, SUNDAY, MONDAY = date(2025, 3, 22), date(2025, 3, 23), date(2025, 3, 24)
CALENDAR = TownSettings(holidays=(date(2025, 3, 25),), worked_weekend_days=(date(2025, 3, 29),))


@pytest.mark.parametrize(
    ("due", "today", "when", "tone"),
    [
        (date(2025, 3, 19), FRIDAY, "2 days late", "late"),
        (date(2025, 3, 20), FRIDAY, "1 day late", "late"),
        (FRIDAY, FRIDAY, "due today", "soon"),
        (MONDAY, FRIDAY, "in 1 working day", "soon"),
        (date(2025, 3, 26), FRIDAY, "in 2 working days", "soon"),
        (date(2025, 3, 29), FRIDAY, "in 5 working days", ""),
        (SUNDAY, SATURDAY, "", "soon"),
        (date(2025, 4, 22), FRIDAY, "", ""),
        (None, FRIDAY, "", ""),
    ],
)
def test_it_is_told_by_working_days(due: date | None, today: date, when: str, tone: str) -> None:
    task = Task(title="x", action="y", address="/", due=due)
    told = stand_of(task, today, CALENDAR, gettext_noop)
    assert (told.when, told.tone) == (when, tone)
