"""Records in plain sentences: what was done, to what. A code that nobody has worded yet is told in general."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.figures.periods import parse_period
from core.figures.words import period_words
from core.host.records.words import EXPORTED, MODES, OTHERWISE, SENTENCES, THINGS
from core.host.registry import Registry
from core.identity.roles import ROLES
from core.kernel.audit import AuditLine
from core.kernel.i18n import gettext_noop as _
from core.kernel.i18n import translator

__all__ = ["Words", "accounts_in", "spoken"]


def spoken(registry: Registry) -> dict[str, str]:
    """The sentence (message id) of every act, the service modules' included."""
    acts = dict(SENTENCES) | {"town.plugin.offer": MODES["offered"]}
    for entry in registry.plugins:
        acts |= {f"{entry.name}.export.write": EXPORTED, **entry.plugin.acts}
    return acts


class Words:
    """Turns lines into sentences of one language; `names` are those of the accounts."""

    def __init__(self, registry: Registry, language: str, names: Mapping[UUID, str]) -> None:
        self._acts = spoken(registry)
        self._things = {
            kind: title for each in registry.plugins for kind, title in each.plugin.things.items()
        }
        self._titles = {entry.name: entry.plugin.title for entry in registry.plugins}
        self._tell = translator(language)
        self._language = language
        self._names = names

    def sentence(self, line: AuditLine) -> str:
        detail = _detail(line)
        message = self._acts.get(line.action, OTHERWISE)
        if line.action == "town.plugin.offer":
            message = MODES.get(str(detail.get("mode")), OTHERWISE)
        values = {name: self._value(name, value) for name, value in detail.items()}
        try:
            return self._tell(message) % values
        except KeyError:
            return self._tell(OTHERWISE)

    def thing(self, kind: str) -> str:
        """A kind of thing, in words."""
        return self._tell(THINGS.get(kind) or self._things.get(kind) or _("other things"))

    def _value(self, name: str, value: Any) -> str:
        if name == "plugin":
            return self._tell(self._titles.get(str(value), str(value)))
        if name == "role":
            return self._tell(ROLES[value].title) if value in ROLES else str(value)
        if name == "period":
            return period_words(parse_period(str(value)), self._language)
        if name == "account":
            return self._names.get(UUID(str(value)), self._tell(_("an account")))
        return str(len(value)) if isinstance(value, list | tuple) else str(value)


def accounts_in(line: AuditLine) -> set[UUID]:
    """The accounts that a line names: who did it, and to whom."""
    found = {line.actor} if line.actor else set[UUID]()
    account = _detail(line).get("account")
    return found | {UUID(account)} if isinstance(account, str) else found


def _detail(line: AuditLine) -> dict[str, Any]:
    """With the account that an act on accounts is about."""
    about = {"account": str(line.object_id)} if line.kind == "account" and line.object_id else {}
    plugin = {"plugin": line.action.partition(".")[0]} if line.action.endswith(".export.write") else {}
    return {**about, **plugin, **line.detail}
