"""The security requirements, and which test proves which: a test names its rows with `@pytest.mark.requirement("R10")`.

`tests/requirements.toml` says each row in our words. `pytest --requirement R10` runs what proves it.
"""

from __future__ import annotations

import ast
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, convert

IS_FULL = os.environ.get("TOWNBRIDGE_TEST_REQUIREMENTS") == "full"
"""`make requirements`: the tries and races of the design's own figures, not the few of `make test`."""
TESTS = Path(__file__).resolve().parent
ROWS = TESTS / "requirements.toml"


class Requirement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row: `open` is why nothing proves it yet, `part` what of it is not there yet although the rest is proved."""

    text: str
    open: str = ""
    part: str = ""


class Proof(Struct, frozen=True):
    """A test that names a row."""

    row: str
    path: str
    test: str


def requirements() -> dict[str, Requirement]:
    return convert(tomllib.loads(ROWS.read_text(encoding="utf-8")), dict[str, Requirement])


def proofs(folder: Path = TESTS) -> list[Proof]:
    """Every mark of every test, read from the source: nothing is imported and nothing runs."""
    return [
        Proof(row, path.relative_to(folder).as_posix(), test)
        for path in sorted(folder.rglob("test_*.py"))
        for row, test in _marks(ast.parse(path.read_text(encoding="utf-8")))
    ]


def verdicts(rows: Mapping[str, Requirement], found: list[Proof]) -> Iterator[str]:
    """What is wrong with the list of rows."""
    proved = {proof.row for proof in found}
    for proof in found:
        if proof.row not in rows:
            yield f"{proof.path}:{proof.test} names {proof.row}, which is no row"
    for number, row in rows.items():
        if not row.text.strip():
            yield f"{number} says nothing"
        if row.open and number in proved:
            yield f"{number} is said to be open, and is tested"
        if not row.open and number not in proved:
            yield f"{number} is neither tested nor said to be open"
        if row.open and row.part:
            yield f"{number} is open as a whole and in part"


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    of_all = [row for statement in tree.body if _is_of_all(statement) for row in _rows(statement)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            own = [row for decorator in node.decorator_list for row in _rows(decorator)]
            yield from ((row, node.name) for row in dict.fromkeys(of_all + own))


def _is_of_all(statement: ast.stmt) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in targets)


def _rows(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.requirement":
            yield from (str(each.value) for each in call.args if isinstance(each, ast.Constant))
