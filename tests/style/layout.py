"""Rules on where things stand: plug-in folders, what a plug-in imports, where SQL may be written."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from tests.style.rule import Rule
from tests.style.source import Source

TOP_LEVEL = re.compile(
    r"pyproject\.toml|README\.md|CHANGELOG\.md|LICENSE|Makefile|Dockerfile|requirements(\.dev)?\.lock"
    r"|core|plugins|tenants|tests|docs|\.ci|\.editorconfig|\.gitignore|\.dockerignore"
)
PLUGIN_MODULES = {
    "plugin", "tables", "piccolo_app", "forms", "services", "pages", "town", "widgets", "api", "indicators",
    "jobs", "events", "permissions", "settings", "privacy", "imports", "exports", "lifecycle",
}  # fmt: skip
PLUGIN_FOLDERS = {"piccolo_migrations", "templates", "locale"}
PLUGIN_FILES = {"__init__.py", "quality.toml", "README.md"}
PLUGIN_IMPORTS = {"core.sdk", "piccolo", "msgspec"}
RAW_CALLS = {"raw", "add_raw", "fetch", "fetchrow", "fetchval", "execute"}
SQL = re.compile(
    r"\b(SELECT\b[\s\S]+\bFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+(TABLE|POLICY))\b"
    r"|^\s*(select\b[\s\S]+\bfrom\b[\s\S]+\b(where|group by|order by)|insert into|delete from)\b"
)


def stray_top_level(names: list[str]) -> list[str]:
    return [name for name in names if not TOP_LEVEL.fullmatch(name)]


def stray_plugin_files(source: Source) -> Iterator[str]:
    parts = source.path.split("/")
    if parts[0] != "plugins" or parts == ["plugins", "__init__.py"]:
        return
    if len(parts) == 2:
        yield f"{source.path} stands beside the plug-ins"
        return
    name = parts[2]
    is_folder = len(parts) > 3
    known = (
        PLUGIN_FOLDERS | PLUGIN_MODULES if is_folder else PLUGIN_FILES | {f"{m}.py" for m in PLUGIN_MODULES}
    )
    if name not in known:
        yield f"{source.path} is not one of the fixed names"


def foreign_imports(source: Source) -> Iterator[str]:
    if not source.path.startswith("plugins/") or not source.is_python:
        return
    own = ".".join(source.path.split("/")[:2])
    for line, name in source.imports:
        top = name.split(".")[0]
        allowed = top in sys.stdlib_module_names or any(_within(name, a) for a in PLUGIN_IMPORTS | {own})
        if not allowed:
            yield f"{source.path}:{line} imports {name}"


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def sql_in_plugins(source: Source) -> Iterator[str]:
    may = source.is_migration or re.match(r"plugins/\w+/indicators(\.py|/)", source.path)
    if not source.path.startswith("plugins/") or not source.is_python or may:
        return
    for line, text in source.strings:
        if SQL.search(text):
            yield f"{source.path}:{line} writes SQL"
    for call in source.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in RAW_CALLS:
            yield f"{source.path}:{call.lineno} sends SQL with .{call.func.attr}()"


LAYOUT = (
    Rule(
        "a plug-in folder holds only the fixed file names",
        "same name, same meaning, in every plug-in",
        stray_plugin_files,
        broken=Source("plugins/registration/helpers.py", "__all__ = []\n"),
        kept=Source("plugins/registration/pages/people.py", "__all__ = []\n"),
    ),
    Rule(
        "a plug-in imports core.sdk, Piccolo, msgspec and the standard library",
        "first-party plug-ins have no privilege that another's could not have",
        foreign_imports,
        broken=Source("plugins/registration/pages.py", "from core.kernel.db import DB\n"),
        kept=Source(
            "plugins/registration/pages.py", "import re\nfrom core.sdk import Page\nfrom . import forms\n"
        ),
    ),
    Rule(
        "SQL of a plug-in stands in indicators.py and the migrations",
        "there it is parsed and reviewed; elsewhere Piccolo adds the tenant",
        sql_in_plugins,
        broken=Source("plugins/registration/services.py", 'SQL = "SELECT name FROM people.person"\n'),
        kept=Source("plugins/registration/indicators.py", 'SQL = "SELECT name FROM people.person"\n'),
    ),
)
