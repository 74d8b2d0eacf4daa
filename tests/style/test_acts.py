"""Every act that the code notes has words in both languages: nobody is shown a raw code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from core.app import plugins
from core.host.records.sentences import spoken
from core.kernel.i18n import translator
from tests.style.source import ROOT

ACTION = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z*][a-z0-9_*-]*)+")
OWN = ("core/kernel/audit.py", "core/sdk/ctx.py")  # they pass on what they are given
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Acts:
    """The actions that a module notes; a part that is only known when it runs is a `*`."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self.functions = [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def found(self) -> Iterator[str]:
        for scope in [*self.functions, self.tree]:
            for call in _calls(scope):
                place = _place_of_action(call)
                if place is not None and len(call.args) > place:
                    yield from self._values(call.args[place], scope)

    def _values(self, node: ast.expr, scope: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from self._values(node.body, scope)
            yield from self._values(node.orelse, scope)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        elif isinstance(node, ast.Name):
            yield from self._named(node.id, scope)

    def _named(self, name: str, scope: ast.AST) -> Iterator[str]:
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and any(_is(target, name) for target in node.targets):
                yield from self._values(node.value, scope)
        if isinstance(scope, Function) and name in (names := [each.arg for each in scope.args.args]):
            for caller in self.functions:
                for call in _calls(caller):
                    if _is(call.func, scope.name) and len(call.args) > names.index(name):
                        yield from self._values(call.args[names.index(name)], caller)


def _calls(scope: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(scope) if isinstance(node, ast.Call))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _place_of_action(call: ast.Call) -> int | None:
    """`audit.record(tx, action, ...)`, `record(tx, action, ...)`, `ctx.audit(action, ...)`."""
    if isinstance(call.func, ast.Attribute):
        is_record = call.func.attr == "record" and _is(call.func.value, "audit")
        return 1 if is_record else 0 if call.func.attr == "audit" else None
    return 1 if _is(call.func, "record") else None


def noted() -> dict[str, str]:
    """Every action of the platform and its plug-ins, and where it is noted."""
    acts: dict[str, str] = {}
    for package in ("core", "tenants", "plugins"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            text = path.read_text(encoding="utf-8")
            if name not in OWN and ("audit" in text or "record(" in text):
                acts |= {act: name for act in Acts(text).found() if ACTION.fullmatch(act)}
    return acts


def test_every_act_has_words_in_both_languages() -> None:
    sentences = spoken(plugins())
    chinese = translator("zh")
    wrong: list[str] = []
    for act, place in noted().items():
        pattern = re.compile(re.escape(act).replace(r"\*", "[a-z0-9_-]+"))
        worded = [sentences[known] for known in sentences if pattern.fullmatch(known)]
        if not worded:
            wrong.append(f"{place}: {act} has no sentence")
        wrong += [
            f"{act}: {sentence!r} has no Chinese" for sentence in worded if chinese(sentence) == sentence
        ]
    assert not wrong, "\n".join(wrong)


def test_the_search_sees_every_way_of_noting() -> None:
    text = """
def one(tx, to):
    action = "a.b.on" if to else "a.b.off"
    audit.record(tx, action, "b", None)
    ctx.audit(f"a.{to}.x", "b", None)
    keep(tx, "a.b.kept")
def keep(tx, what):
    record(tx, what, "b", None)
    log.record(tx, "a.b.log")
"""
    assert set(Acts(text).found()) == {"a.b.on", "a.b.off", "a.*.x", "a.b.kept"}
    assert len(noted()) > 30
