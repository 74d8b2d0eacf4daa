"""What the SDK exports, hook by hook and name by name."""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Any, get_origin

import msgspec

import core.sdk
from core.host.registry import FIXED_NAMES
from core.kernel.errors import TownbridgeError
from core.people.desk import PeopleDesk
from core.reports.desk import ReportDesk, TownReportDesk
from core.sdk import charts, figures, migrations, people, personal, reports, tenancy, values
from core.sdk.ctx import Ctx, TenantCtx, TownCtx
from core.sdk.hookspecs import HookSpecs
from tests.docs.made.fields import all_fields, signature
from tests.docs.made.table import all_words, code, first_words, table

HOOK = re.compile(r"(`[^:]*?`[^:]*): (.*)")
# What a name means that neither a docstring nor a signature can say.
TOLD = {
    "hookimpl": "Marks a function of `plugin.py` that takes the place of a hook's default.",
    "SDK_VERSION": "What `requires_sdk` is compared with.",
    "new_id": "`new_id() -> uuid.UUID` A new id, of version 7: ids sort by time and cannot be guessed.",
    "CORRECTABLE_TO": "The kinds that a movement can be corrected into.",
    "Correction": "A `MovementCorrection` or a `FieldCorrection`.",
    "PURPOSES": "The purposes of consent by code.",
    "ERASURE_REASONS": "Why somebody is erased, by code.",
    "MERGE_REASONS": "Why two records are put together, by code.",
    "FILLABLE": "What the kept record may take over where it has none.",
    "actor": "who asks",
    "transaction": "the open transaction, for functions of the SDK that ask for one; it commits after the handler",
    "permissions": "the codes of what she may do here",
    "plugin": "the name of the plug-in whose code runs",
    "tenant": "the association unit",
    "enabled": "the names of the plug-ins that are on here",
    "services": "their titles, as message ids",
    "roles": "her roles here; of a job none",
    "people": "the people of the unit: see [the desk](sdk-people.md)",
    "filled": "what the widgets of a slot rendered, where the page has slots",
    "tasks": "what the widgets of a slot of tasks gave, the most urgent first",
    "timeline": "a person's line of time from all service modules, newest first, where the page has the slot",
    "hits": "what a search found, where the page has a slot of a search",
    "town": "the town or county",
    "catalogue": "all indicators of the installed plug-ins, by code",
    "reports": "its reports: see [the desks](sdk-reports.md)",
    "steps": "Who did what with it, oldest first.",
    "STATE_TITLES": "Message ids of the states.",
    "ACT_TITLES": "Message ids of the acts, as a history tells them.",
    "is_on_time": "None while it is not received.",
    "language": "`zh` or `en`",
    "can": "Whether she has a permission.",
    "presence": "Present, away or absent now.",
    "consents": "Every purpose with what she said to it.",
    "give_consent": "Note that she agreed.",
    "withdraw_consent": "Note that she agrees no more.",
    "who_looked": "Her access log.",
    "viewer": "As whom people are read.",
}
PRIVATE = {"in_plugin"}
"""Methods for the host alone."""


def hooks() -> str:
    named = {name: hook for name, hook in vars(HookSpecs).items() if name.startswith("declare_")}
    rows = [(code(name), *_told(hook)) for name, hook in named.items()]
    return table(("hook", "default", "declares"), rows)


def _told(hook: object) -> tuple[str, str]:
    found = HOOK.fullmatch(first_words(hook))
    return (
        (found[1], found[2]) if found else (first_words(hook).rstrip("."), "addresses and what answers there")
    )


def names() -> str:
    return ", ".join(code(name) for name in sorted(FIXED_NAMES))


def declarations() -> str:
    """Structs of core.sdk with their fields, in the order of the alphabet."""
    return _fields(core.sdk)


def of_charts() -> str:
    return _fields(charts)


def _fields(module: ModuleType) -> str:
    parts: list[str] = []
    for name in module.__all__:
        thing = getattr(module, name)
        if _is_struct(thing):
            parts += [f"### {name}", all_words(thing), "\n".join(f.line for f in all_fields(thing))]
    return "\n\n".join(part for part in parts if part)


def others() -> str:
    rest = [name for name in core.sdk.__all__ if not _is_struct(getattr(core.sdk, name))]
    return _exports(core.sdk, [name for name in rest if not _is_context(getattr(core.sdk, name))])


def contexts() -> str:
    parts: list[str] = []
    for kind in (Ctx, TenantCtx, TownCtx):
        parts += [f"### {kind.__name__}", all_words(kind), _methods(kind)]
    return "\n\n".join(part for part in parts if part)


def desk() -> str:
    return _methods(PeopleDesk)


def of_people() -> str:
    return _exports(people, people.__all__)


def of_personal() -> str:
    return f"{_methods(personal.Personal)}\n\n{_exports(personal, personal.__all__)}"


def report_desk() -> str:
    return _methods(ReportDesk)


def town_report_desk() -> str:
    return _methods(TownReportDesk)


def of_reports() -> str:
    return _exports(reports, reports.__all__)


def of_figures() -> str:
    return _exports(figures, figures.__all__)


def of_values() -> str:
    return _exports(values, values.__all__)


def of_tenancy() -> str:
    return _exports(tenancy, tenancy.__all__)


def of_migrations() -> str:
    return _exports(migrations, migrations.__all__)


def _methods(kind: type) -> str:
    rows: list[tuple[str, str]] = []
    for name, member in vars(kind).items():
        if name.startswith("_") or name in PRIVATE:
            continue
        if isinstance(member, property):
            rows.append((code(name), _words(name, member.fget)))
        elif inspect.isfunction(member):
            rows.append((code(signature(member)), _words(name, member)))
    attributes = [(code(name), TOLD.get(name, "")) for name in _attributes(kind)]
    return table(("name", "what it is or does"), [*attributes, *rows])


def _words(name: str, member: object) -> str:
    return all_words(member) or TOLD.get(name, "")


def _attributes(kind: type) -> list[str]:
    """Public names that the constructor sets; a protocol has none of its own."""
    if kind.__init__ is object.__init__ or getattr(kind, "_is_protocol", False):
        return []
    return re.findall(r"self\.([a-z]\w*) = ", inspect.getsource(kind.__init__))


def _exports(module: ModuleType, exported: list[str]) -> str:
    rows = [(code(name), _about(name, getattr(module, name))) for name in exported]
    return table(("name", "what it is"), rows)


def _about(name: str, thing: Any) -> str:
    if name in TOLD:
        return TOLD[name]
    if get_origin(thing) is not None:
        return _alias(thing)
    if inspect.isfunction(thing):
        return f"{code(signature(thing))} {first_words(thing)}".strip()
    if isinstance(thing, type) and issubclass(thing, TownbridgeError):
        return all_words(thing) or f"An error of status {thing.status}: {thing.default_what}"
    return first_words(thing) if isinstance(thing, type | ModuleType) else code(repr(thing))


def _alias(thing: Any) -> str:
    longest = [m.max_length for m in getattr(thing, "__metadata__", ()) if isinstance(m, msgspec.Meta)]
    if longest and longest[0] is not None:
        return f"text of at most {longest[0]} characters"
    bounds = [(one.ge, one.le) for one in getattr(thing, "__metadata__", ()) if isinstance(one, msgspec.Meta)]
    return f"a whole number from {bounds[0][0]} to {bounds[0][1]:,}" if bounds else code(str(thing))


def _is_struct(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, msgspec.Struct)


def _is_context(thing: object) -> bool:
    return thing in (Ctx, TenantCtx, TownCtx)


BLOCKS = {
    "hooks": hooks,
    "fixed-names": names,
    "sdk-declarations": declarations,
    "sdk-others": others,
    "contexts": contexts,
    "people-desk": desk,
    "sdk-people": of_people,
    "sdk-personal": of_personal,
    "report-desk": report_desk,
    "town-report-desk": town_report_desk,
    "sdk-reports": of_reports,
    "sdk-charts": of_charts,
    "sdk-figures": of_figures,
    "sdk-values": of_values,
    "sdk-tenancy": of_tenancy,
    "sdk-migrations": of_migrations,
}
