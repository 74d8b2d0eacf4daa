"""Jinja templates: one environment, escaping always on, a folder for each part of the product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from core.kernel.clock import TOWN_ZONE
from core.kernel.errors import TownbridgeError
from core.kernel.i18n import translator
from core.web import assets
from core.web.drawings import icon

__all__ = ["Templates", "day_words"]


class Templates:
    """Renders `web/layout.html`, `registration/people.html`: the first part is the folder's owner."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._environment = _environment(tuple(folders.items()))

    def render(self, template: str, language: str, **values: Any) -> str:
        translate = translator(language)

        def tell(message: str, /, **params: object) -> str:
            sentence = translate(message)
            return sentence % params if params else sentence

        def told(error: TownbridgeError) -> str:
            return error.sentence(translate)

        return self._environment.get_template(template).render(_=tell, told=told, language=language, **values)


@lru_cache(maxsize=4)
def _environment(folders: tuple[tuple[str, Path], ...]) -> Environment:
    """Of one set of folders there is one in a process, so that each template is compiled once."""
    prefixed = PrefixLoader({owner: FileSystemLoader(folder) for owner, folder in folders})
    made = Environment(
        loader=ChoiceLoader([prefixed]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=assets.address, icon=icon)
    made.filters.update(day=day_words, count=_count, moment=_moment)
    return made


def day_words(value: date | None, language: str = "zh") -> str:
    """A day as it is written in a sentence; what is not known is a dash."""
    if value is None:
        return "—"
    return f"{value.year}年{value.month}月{value.day}日" if language == "zh" else f"{value.day} {value:%b %Y}"


def _moment(value: datetime | None, zone: str = TOWN_ZONE) -> str:
    """To the minute, in the time of the town."""
    return "—" if value is None else f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _count(value: object) -> str:
    """A number for reading; what is not known is a dash, never a zero."""
    return "—" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
