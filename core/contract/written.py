"""Checks of what is written down: imports, SQL, calls that have hurt, templates, the Chinese catalogue."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from core.app import own_catalogues
from core.contract.check import Stated, each
from core.host.registry import Registered
from core.kernel.i18n import read_catalogue

__all__ = ["WRITTEN"]

OF_THE_PLATFORM = {"core", "tenants", "plugins", "litestar", "arq", "redis", "asyncpg", "pluggy", "jinja2"}
RAW_CALLS = {"raw", "add_raw", "fetch", "fetchrow", "fetchval", "execute"}
SQL = re.compile(
    r"\b(SELECT\b[\s\S]+\bFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+(TABLE|POLICY))\b"
)
BANNED = {
    r"[.]batch\(": "`batch` opens another connection and forgets the tenant",
    r"\bDB\.(transaction|atomic)\(|\.db\.(transaction|atomic)\(": "the host opens and ends every transaction",
    r"\b(create_task|ensure_future|TaskGroup)\b": "a task of its own outlives the transaction; declare a job",
    r"(?<![\w.])(eval|exec)\(|\b(import|from)\s+(pickle|marshal|shelve)\b": "it turns data into code",
    r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time\(": "time comes from ctx.today and core.sdk.now",
    r"\buuid[14]\(": "ids come from core.sdk.new_id",
    r"\bos\.environ\b|\bgetenv\(": "what can be set is declared in settings.py",
    r"\bMarkup\(": "what people type is never markup",
}
OF_THE_KIT = "the kit has the scripts and styles of every page"
UNSAFE = {
    r"\|\s*safe\b|\bautoescape\s+false": "everything is escaped; take the filter away",
    r"<script|<style|<link\b|\sstyle=|\son\w+=|javascript:": OF_THE_KIT,
}
POST_FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\"", re.IGNORECASE)
CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
PLACE = re.compile(r"%\((\w+)\)[sd]")
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
OPTIONS = {"trimmed": "false", "trim_blocks": "true", "lstrip_blocks": "true", "encoding": "utf-8"}


def imports(entry: Registered) -> Iterator[str]:
    own = _package(entry)
    for path, tree in _modules(entry):
        for node in ast.walk(tree):
            for name in _imported(node):
                is_mine = _within(name, own) or _within(name, "core.sdk")
                if name.split(".")[0] in OF_THE_PLATFORM and not is_mine:
                    yield f"{_place(entry, path, node)} imports {name}; of this project use core.sdk alone."


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield node.module


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def sql(entry: Registered) -> Iterator[str]:
    for path, tree in _modules(entry):
        if path.relative_to(entry.folder).parts[0] in ("indicators.py", "indicators", "piccolo_migrations"):
            continue
        told = _docstrings(tree)
        for node in ast.walk(tree):
            if id(node) not in told and isinstance(node, ast.Constant) and SQL.search(str(node.value)):
                yield f"{_place(entry, path, node)} writes SQL; ask with the Piccolo class."
            if isinstance(node, ast.Call) and (name := getattr(node.func, "attr", "")) in RAW_CALLS:
                yield f"{_place(entry, path, node)} sends SQL with .{name}(); ask with the Piccolo class."


def calls(entry: Registered) -> Iterator[str]:
    for path, tree in _modules(entry):
        told = _docstrings(tree)
        code = ast.unparse(_without(tree, told))
        for pattern, why in BANNED.items():
            if found := re.search(pattern, code):
                yield f"{path.relative_to(entry.folder).as_posix()} has {found[0].strip()!r}: {why}."


def templates(entry: Registered) -> Iterator[str]:
    for path in sorted(entry.folder.rglob("*")):
        if path.suffix in (".css", ".js"):
            yield f"{path.relative_to(entry.folder).as_posix()} is of its own; {OF_THE_KIT}."
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    for path in sorted((entry.folder / "templates").rglob("*.html")):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(entry.folder).as_posix()
        try:
            tree = environment.parse(text)
        except TemplateSyntaxError as error:
            yield f"{name}:{error.lineno} cannot be read: {error.message}."
            continue
        yield from _template_faults(entry, name, text, tree)


def _template_faults(entry: Registered, name: str, text: str, tree: nodes.Template) -> Iterator[str]:
    for pattern, why in UNSAFE.items():
        if found := re.search(pattern, CODE.sub("", text) if "<style" in pattern else text):
            yield f"{name} has {found[0].strip()!r}: {why}."
    if POST_FORM.search(text) and "parts.token()" not in text:
        yield f"{name} has a form without its token; write {{{{ parts.token() }}}} into it."
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        used = getattr(node, "template", None)
        if isinstance(used, nodes.Const) and not used.value.startswith(("web/", f"{entry.name}/")):
            yield f"{name} uses {used.value}; a plug-in has its own templates and those of web/."


def chinese(entry: Registered) -> Iterator[str]:
    """Every sentence of its own has its Chinese, with the same places; none of the platform's says otherwise."""
    from babel.messages.extract import extract_from_file

    platform = dict(
        pair
        for folder in own_catalogues()
        for path in sorted(folder.glob("zh/*.po"))
        for pair in read_catalogue(path)
    )
    own = dict(
        pair for path in sorted(entry.folder.glob("locale/zh/messages.po")) for pair in read_catalogue(path)
    )
    for path in sorted(entry.folder.rglob("*")):
        method = METHODS.get(path.suffix)
        if method is None or "piccolo_migrations" in path.parts:
            continue
        options = OPTIONS if path.suffix == ".html" else {}
        keywords = {"_": None, "gettext_noop": None}
        for line, message, _comments, _context in extract_from_file(
            method, path, keywords=keywords, options=options
        ):
            if isinstance(message, str) and message and message not in platform | own:
                place = path.relative_to(entry.folder).as_posix()
                yield f"{place}:{line} says {message!r}; add its Chinese to locale/zh/messages.po."
    for source, target in own.items():
        if set(PLACE.findall(source)) != set(PLACE.findall(target)):
            yield f"the Chinese of {source!r} fills in other places."
        if platform.get(source, target) != target:
            yield f"the platform says {source!r} as {platform[source]}; word it otherwise, yours is not shown."


def _package(entry: Registered) -> str:
    """The name of the package, as its `plugin.py` was imported."""
    file = str(entry.folder / "plugin.py")
    loaded = [name for name, module in list(sys.modules.items()) if getattr(module, "__file__", None) == file]
    return loaded[0].rpartition(".")[0] if loaded else entry.name


def _modules(entry: Registered) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(entry.folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _place(entry: Registered, path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(entry.folder).as_posix()}:{getattr(node, 'lineno', 0)}"


def _docstrings(tree: ast.Module) -> set[int]:
    return {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in node.body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }


def _without(tree: ast.Module, told: set[int]) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) in told:
            node.value = ""
    return tree


WRITTEN = (
    Stated("it imports the SDK alone", each(imports)),
    Stated("it writes SQL for figures and migrations alone", each(sql)),
    Stated("it calls nothing that has hurt before", each(calls)),
    Stated("its templates can be read and escape everything", each(templates)),
    Stated("every sentence has its Chinese", each(chinese)),
)
