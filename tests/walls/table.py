"""The figures of the walls, printed when the session ends."""

from __future__ import annotations

from tests.walls.cases import Tally

__all__ = ["lines", "note", "tell"]

_LINES: list[tuple[str, str]] = []


def note(what: str, figure: str) -> None:
    _LINES.append((what, figure))


def tell(what: str, tally: Tally) -> None:
    """What reached for another place's things, and how much of it was stopped."""
    stopped = tally.crossing - tally.through
    share = 100 * stopped / max(tally.crossing, 1)
    note(what, f"{tally.crossing} cases, {stopped} stopped ({share:.2f} %), {tally.through} let through")
    for kind, count in sorted(tally.kinds.items()):
        note("", f"{count} x {kind}")


def lines() -> list[str]:
    width = max((len(what) for what, _figure in _LINES), default=0)
    return [f"{what:<{width}}  {figure}" for what, figure in _LINES]
