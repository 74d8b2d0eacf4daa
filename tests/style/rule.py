"""What a house rule is: a name, a reason, a search, and one file that breaks it beside one that keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.style.source import Source


@dataclass(frozen=True)
class Rule:
    """`find` yields one sentence per violation; `excepted` maps a path (or `path:name`) to the reason."""

    name: str
    why: str
    find: Callable[[Source], Iterable[str]]
    broken: Source
    kept: Source
    excepted: Mapping[str, str] = field(default_factory=dict[str, str])

    def findings(self, source: Source) -> list[str]:
        if source.path in self.excepted:
            return []
        return [line for line in self.find(source) if line.split(" ")[0] not in self.excepted]


def phrase(
    pattern: str, where: Callable[[Source], bool], comments: bool = False
) -> Callable[[Source], Iterator[str]]:
    """A search for a regular expression in the code; with `comments` in comments and docstrings too."""
    compiled = re.compile(pattern)

    def find(source: Source) -> Iterator[str]:
        if not where(source):
            return
        for number, line in enumerate((source.text if comments else source.code).splitlines(), 1):
            if match := compiled.search(line):
                yield f"{source.path}:{number} {match.group().strip()!r}"

    return find
