"""The pages of the documentation, their links and their examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        return FENCE.sub("", self.text)

    @property
    def links(self) -> list[str]:
        """The targets inside the repository."""
        return [
            link for link in LINK.findall(self.prose) if not link.startswith(("http:", "https:", "mailto:"))
        ]

    @property
    def anchors(self) -> set[str]:
        titles = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}

    @property
    def commands(self) -> list[str]:
        """The lines that a reader is told to type."""
        blocks = [body for kind, body in FENCE.findall(self.text) if kind == "console"]
        return [line[2:] for body in blocks for line in body.splitlines() if line.startswith("$ ")]

    def target(self, link: str) -> Path:
        place = link.partition("#")[0]
        return (self.path.parent / place).resolve() if place else self.path


def pages() -> list[Page]:
    return [Page(path) for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]]


def dead_links(page: Page) -> list[str]:
    """The links that lead to no file, or to no heading of it."""
    dead: list[str] = []
    for link in page.links:
        target = page.target(link)
        anchor = link.partition("#")[2]
        if not target.exists() or (anchor and anchor not in Page(target).anchors):
            dead.append(f"{page.name}: {link}")
    return dead


def reached(start: Page) -> set[Path]:
    """Every page that a reader can come to by following links."""
    found: set[Path] = set()
    waiting = [start.path.resolve()]
    while waiting:
        path = waiting.pop()
        if path in found or path.suffix != ".md" or not path.exists():
            continue
        found.add(path)
        page = Page(path)
        waiting += [page.target(link) for link in page.links]
    return found
