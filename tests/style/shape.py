"""Rules on the shape of modules, functions and tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.style.rule import Rule, phrase
from tests.style.source import Source

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def long_modules(source: Source) -> Iterator[str]:
    length = source.text.count("\n")
    if source.is_python and source.is_product and not source.is_migration and length > LONGEST_MODULE:
        yield f"{source.path} has {length} lines"


def long_functions(source: Source) -> Iterator[str]:
    if not source.is_python or source.is_migration:
        return
    for function in source.functions:
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > LONGEST_FUNCTION:
            yield f"{source.path}:{function.name} has {length} lines"


def modules_without_all(source: Source) -> Iterator[str]:
    if not source.is_python or not source.is_product or source.is_migration:
        return
    names = {
        target.id
        for statement in source.tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    is_mere_package = source.name == "__init__.py" and not any(
        not isinstance(statement, ast.Expr) for statement in source.tree.body
    )
    if "__all__" not in names and not is_mere_package:
        yield f"{source.path} does not say what is public"


def idle_tests(source: Source) -> Iterator[str]:
    if not source.is_python or not source.path.startswith("tests/"):
        return
    for function in source.functions:
        if function.name.startswith("test_") and not any(_checks(node) for node in ast.walk(function)):
            yield f"{source.path}:{function.name} checks nothing"


def _checks(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in {"raises", "warns", "run_state_machine_as_test"} or name.startswith(
            ("assert_", "check_", "expect", "to_")
        )
    return False


def _lines(count: int) -> str:
    return "__all__ = []\n" * count


SHAPE = (
    Rule(
        "modules are short",
        "a module is one noun; one of more than 400 lines is two",
        long_modules,
        broken=Source("core/web/long.py", _lines(LONGEST_MODULE + 1)),
        kept=Source("core/web/short.py", _lines(LONGEST_MODULE)),
    ),
    Rule(
        "functions are short",
        "a function is one thought",
        long_functions,
        broken=Source("core/web/long.py", "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION),
        kept=Source("core/web/short.py", "def f():\n" + "    x = 1\n" * (LONGEST_FUNCTION - 1)),
    ),
    Rule(
        "modules say what is public",
        "a reader sees the promise of a module in its __all__",
        modules_without_all,
        broken=Source("core/web/open.py", "def f() -> None: ...\n"),
        kept=Source("core/web/said.py", '__all__ = ["f"]\ndef f() -> None: ...\n'),
    ),
    Rule(
        "tests check something",
        "a test that cannot fail proves nothing",
        idle_tests,
        broken=Source("tests/core/test_a.py", "def test_a():\n    run()\n    assert True\n"),
        kept=Source("tests/core/test_a.py", "def test_a():\n    assert run() == 3\n"),
    ),
    Rule(
        "nothing is left for later",
        "what is not done stands in an issue, not in the code",
        phrase(
            r"\b(T[O]DO|FIX[M]E|X[X]X)\b|\braise NotImplemented[E]rror\b",
            lambda s: not s.is_vendored,
            comments=True,
        ),
        broken=Source("core/web/late.py", "# FIX{}: later\n".format("ME")),
        kept=Source("core/web/done.py", "raise NotFound\n"),
    ),
    Rule(
        "tables are those of the kit",
        "one without its class is not seen as a table in either theme",
        phrase(
            r'<table(?! class="table\b)(?=[\s>])',
            lambda s: s.is_product and s.path.endswith(".html"),
            comments=True,
        ),
        broken=Source("core/web/templates/list.html", '<table class="stack">'),
        kept=Source("core/web/templates/list.html", '<table class="table stack">'),
    ),
    Rule(
        "our own system is never mocked, no test is skipped",
        "tests run against the real PostgreSQL, Redis and browser; a skipped one proves nothing",
        phrase(
            r"\bunittest\.mock\b|\bimport mock\b|\bpytest\.(skip|importorskip|xfail)\b"
            r"|\bmark\.(skip|skipif|xfail)\b",
            lambda s: s.is_python,
        ),
        broken=Source("tests/core/test_a.py", "from unittest.mock import Mock\n"),
        kept=Source("tests/core/test_a.py", "from core.kernel import db\n"),
        excepted={"tests/style/shape.py": "this rule's own words"},
    ),
)
