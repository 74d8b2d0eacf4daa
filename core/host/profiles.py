"""What a town opens an association unit with: a starter profile, as a file says it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _
from core.tenancy.tenants import Kind

__all__ = ["Profile", "read_profiles"]

Value = str | int | bool


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's name is the profile's name; lists and settings may be empty."""

    name: str
    title_zh: str
    title_en: str
    kinds: tuple[Kind, ...]
    """The kinds of association unit that it fits; the first is proposed."""
    modules: tuple[str, ...] = ()
    """The service modules to switch on, where the town offers them."""
    settings: Mapping[str, Mapping[str, Value]] = {}
    """For each module the settings that differ from the town's."""
    workshops: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        return self.title_zh if language == "zh" else self.title_en


def read_profiles(folder: Path) -> tuple[Profile, ...]:
    """The profiles of a folder in order of name; raises `Misconfigured` with the name of a bad file."""
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def _read(path: Path) -> Profile:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert({**values, "name": path.stem}, Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Misconfigured(
            _("The starter profile %(name)s cannot be used: %(error)s."),
            _("Correct the file."),
            name=path.name,
            error=str(error),
        ) from None
