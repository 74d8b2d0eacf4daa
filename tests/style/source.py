"""The files of the repository as the rules see them."""

from __future__ import annotations

import ast
import fnmatch
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "tenants", "plugins")
TEXT = {".py", ".md", ".toml", ".lock", ".html", ".po", ".css", ".js", ".svg", ".json", ".txt", ".csv", ""}


@dataclass(frozen=True)
class Source:
    """One text file; `path` is relative to the root, with slashes."""

    path: str
    text: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def is_product(self) -> bool:
        return self.path.startswith(tuple(f"{package}/" for package in PACKAGES))

    @property
    def is_vendored(self) -> bool:
        return "/vendor/" in self.path

    @property
    def is_migration(self) -> bool:
        return "/piccolo_migrations/" in self.path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def code(self) -> str:
        """Python without comments and docstrings, line numbers kept; any other text as it is."""
        if not self.is_python:
            return self.text
        lines = self.text.splitlines()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
        for first, last in _docstrings(self.tree):
            lines[first - 1 : last] = [""] * (last - first + 1)
        return "\n".join(lines)

    @cached_property
    def strings(self) -> list[tuple[int, str]]:
        """(line, text) of every string but docstrings; the moving parts of an f-string are `{}`."""
        skipped = {line for first, last in _docstrings(self.tree) for line in range(first, last + 1)}
        inside = {
            id(part)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        found: list[tuple[int, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                found.append((node.lineno, "".join(_shown(part) for part in node.values)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                found.append((node.lineno, node.value))
        return [(line, text) for line, text in found if line not in skipped]

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [
            node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """(line, full name) of everything imported, relative imports resolved."""
        found: list[tuple[int, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = self.path.split("/")[: -node.level] if node.level else []
                stem = ".".join([*base, *filter(None, [node.module])])
                found += [(node.lineno, f"{stem}.{alias.name}") for alias in node.names]
        return found


def _shown(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        for statement in (
            getattr(node, "body", None) or [] if not isinstance(node, ast.Lambda | ast.IfExp) else []
        ):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.lineno, statement.end_lineno or statement.lineno


def ignored(name: str) -> bool:
    """Whether .gitignore leaves a top-level name out."""
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return name == ".git" or any(fnmatch.fnmatch(name, pattern.rstrip("/")) for pattern in patterns)


def top_level() -> list[str]:
    return sorted(path.name for path in ROOT.iterdir() if not ignored(path.name))


def sources() -> list[Source]:
    """Every text file of the repository."""
    found: list[Source] = []
    for top in top_level():
        start = ROOT / top
        for path in sorted(start.rglob("*")) if start.is_dir() else [start]:
            relative = path.relative_to(ROOT)
            if path.is_file() and path.suffix in TEXT and not any(ignored(part) for part in relative.parts):
                found.append(Source(relative.as_posix(), path.read_text(encoding="utf-8")))
    return found
