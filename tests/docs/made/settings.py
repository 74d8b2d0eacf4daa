"""Settings: of the deployment from the environment, of a town and its units from their Structs."""

from __future__ import annotations

import msgspec

from core.kernel.settings import PREFIX, Settings
from core.tenancy.town_settings import TownSettings
from plugins.registration.settings import Settings as RegistrationSettings
from tests.docs.made.fields import own_fields
from tests.docs.made.table import code, table


def environment() -> str:
    rows = [(code(f"{PREFIX}{f.name.upper()}"), _default(f.name), f.told) for f in own_fields(Settings)]
    return table(("variable", "default", "meaning"), rows)


def _default(name: str) -> str:
    value = getattr(Settings(), name)
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def of_a_town() -> str:
    stored = {f.name: f.encode_name for f in msgspec.structs.fields(TownSettings)}
    rows = [(code(stored[f.name]), _plain(f.default), f.told) for f in own_fields(TownSettings)]
    return table(("in `town.toml`", "default", "meaning"), rows)


def of_registration() -> str:
    rows = [(code(f.name), code(f.default or ""), f.told) for f in own_fields(RegistrationSettings)]
    return table(("setting", "default", "meaning"), rows)


def _plain(default: str | None) -> str:
    """As TOML writes it; nothing is nothing."""
    return "" if default in (None, "()", "''") else code(str(default).lower())


BLOCKS = {"settings": environment, "town-settings": of_a_town, "registration-settings": of_registration}
