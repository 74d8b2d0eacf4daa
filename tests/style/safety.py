"""Rules on calls that have hurt before; each is a fact about a library, not a taste."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.style.rule import Rule, phrase
from tests.style.source import Source

SESSION_SET = re.compile(
    r"(?:^|;)\s*(?:SET|set)\s+(?:SESSION\s+)?(?!LOCAL\b|local\b)[a-z_.{}]+\s*(?:=|TO\b|to\b)"
)


def product(source: Source) -> bool:
    return source.is_product and source.is_python


def outside(*paths: str) -> Callable[[Source], bool]:
    return lambda source: product(source) and not source.path.startswith(paths)


def keyword(name: str) -> Callable[[Source], Iterator[str]]:
    """A search for calls of the product that pass a keyword of this name."""

    def find(source: Source) -> Iterator[str]:
        for call in source.calls if product(source) else []:
            if any(argument.arg == name for argument in call.keywords):
                yield f"{source.path}:{call.lineno} passes {name}="

    return find


def session_settings(source: Source) -> Iterator[str]:
    for line, text in source.strings if product(source) else []:
        if SESSION_SET.search(text):
            yield f"{source.path}:{line} sets a setting for the whole session"


def _broken(code: str, path: str = "core/people/services.py") -> Source:
    return Source(path, code + "\n")


SAFETY = (
    Rule(
        "no .batch()",
        "it opens another connection, forgets the tenant and swallows errors",
        phrase(r"\.batch\(", product),
        broken=_broken("await Person.select().batch(size=10)"),
        kept=_broken("await Person.select().limit(10)"),
    ),
    Rule(
        "one transaction helper",
        "Piccolo's own leaks a connection when COMMIT fails, and nests silently",
        phrase(r"\bDB\.(transaction|atomic)\(|\.db\.(transaction|atomic)\(", outside("core/kernel/")),
        broken=_broken("async with DB.transaction(): pass"),
        kept=_broken("async with database.transaction(scope) as tx: pass"),
    ),
    Rule(
        "no response cache",
        "it is keyed by the address alone: one tenant saw another's answer",
        keyword("cache"),
        broken=_broken('get("/people", cache=True)'),
        kept=_broken('get("/people")'),
    ),
    Rule(
        "no exclude= on middleware",
        'it is an unanchored pattern: exclude=["login"] opened /people/login-history',
        keyword("exclude"),
        broken=_broken('Gate(exclude=["login"])'),
        kept=_broken('Gate(opt={"anonymous": True})'),
    ),
    Rule(
        "templates escape everything",
        "what people type is never markup",
        phrase(
            r"\|\s*safe\b|\bautoescape\s+false|\bautoescape\s*=\s*False|\bMarkup\(",
            lambda s: s.is_product and (s.is_python or s.path.endswith(".html")),
        ),
        broken=_broken("{{ name|safe }}", "core/web/templates/person.html"),
        kept=_broken("{{ name }}", "core/web/templates/person.html"),
        excepted={
            "core/host/widgets.py": "a widget is a fragment that our own escaping templates rendered",
            "core/web/drawings.py": "a constant of ours; what is put into it is escaped",
        },
    ),
    Rule(
        "nothing that is read is run",
        "pickle, eval and their like turn data into code",
        phrase(
            r"\b(import|from)\s+(pickle|marshal|shelve|dill)\b|\byaml\.load\(|(?<![\w.])(eval|exec)\("
            r"|\bos\.system\(|\bshell=True",
            product,
        ),
        broken=_broken("total = eval(formula)"),
        kept=_broken("total = parse(formula)"),
    ),
    Rule(
        "time comes from the clock",
        "a test can freeze core.kernel.clock, nothing else",
        phrase(
            r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time(_ns)?\(",
            outside("core/kernel/clock.py"),
        ),
        broken=_broken("day = date.today()"),
        kept=_broken("day = clock.today()"),
    ),
    Rule(
        "ids come from core.kernel.ids",
        "ids are UUIDv7, so that they sort by time",
        phrase(r"\buuid[1467]\b(?!_)", outside("core/kernel/ids.py")),
        broken=_broken("id = uuid4()"),
        kept=_broken("id = new_id()"),
    ),
    Rule(
        "no set_config()",
        "Citus does not forward it; the helper sends the statement SET LOCAL",
        phrase(r"\bset_config\(", product),
        broken=_broken("SQL = \"SELECT set_config('app.tenant', $1, true)\""),
        kept=_broken("SQL = \"SELECT current_setting('app.tenant', true)\""),
    ),
    Rule(
        "no session-level SET",
        "it survives in the pool and shows the next request another tenant's rows",
        session_settings,
        broken=_broken("SQL = f\"SET app.tenant = '{tenant}'\""),
        kept=_broken("SQL = f\"SET LOCAL app.tenant = '{tenant}'; UPDATE a SET b = 1\""),
    ),
)
