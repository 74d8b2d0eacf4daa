"""The fields of a Struct as its source has them: name, type, default, and the sentence underneath."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args, get_origin


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    default: str | None
    told: str

    @property
    def line(self) -> str:
        default = "" if self.default is None else f" = {self.default}"
        told = f": {self.told}" if self.told else ""
        return f"- `{self.name}: {self.kind}{default}`{told}"


def own_fields(kind: type) -> list[Field]:
    """Those that the class itself adds."""
    [body] = [node.body for node in _tree(kind).body if isinstance(node, ast.ClassDef)]
    pairs = itertools.zip_longest(body, body[1:])
    return [_field(node, after, vars(inspect.getmodule(kind))) for node, after in pairs if _is_field(node)]


def all_fields(kind: type) -> Iterator[Field]:
    """The inherited ones first."""
    for base in reversed(kind.__mro__):
        if base.__module__.startswith(("core.", "plugins.")):
            yield from own_fields(base)


def signature(function: object) -> str:
    """`name(arguments) -> answer`, without self."""
    [node] = _tree(function).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = ast.unparse(node.args).removeprefix("self, ").removeprefix("self")
    answer = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    wait = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    return f"{wait}{node.name}({arguments}){answer}"


def _tree(thing: object) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(thing)))  # pyright: ignore[reportArgumentType]


def _is_field(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)


def _field(node: ast.stmt, after: ast.stmt | None, names: Mapping[str, object]) -> Field:
    assert isinstance(node, ast.AnnAssign)
    told = ""
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        told = " ".join(str(after.value.value).split())
    default = ast.unparse(node.value) if node.value else None
    return Field(ast.unparse(node.target), _kind(node.annotation, names), default, told)


def _kind(annotation: ast.expr, names: Mapping[str, object]) -> str:
    """As it is written; a name for a list of words gives way to the words."""
    meant = names.get(annotation.id) if isinstance(annotation, ast.Name) else None
    if get_origin(meant) is Literal:
        return f"Literal[{', '.join(repr(word) for word in get_args(meant))}]"
    return ast.unparse(annotation)
