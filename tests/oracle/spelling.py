"""Numbers as they are made and as they are typed, and tables of text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from random import Random

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident(prefix: str, born: str, order: int) -> str:
    """A number of the impossible division 00."""
    body = f"{prefix}{born}{order:03d}"
    return (
        body
        + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    )


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def spelled_id(rng: Random, number: str) -> str:
    marked = (f"'{number}", f"{number}’", wide(number), f" {number[:6]} {number[6:]}\u3000")
    return rng.choice((number, number, number.lower(), *marked))


def write_export(path: Path, rows: Sequence[Sequence[str]], rng: Random) -> None:
    """A table as one program or another exports it: in an order of its own, with a column more, quoted, with gaps."""
    places = list(range(len(rows[0]) + 1))
    if rng.random() < 0.3:
        rng.shuffle(places)
    told = [[*row, "remark" if number == 0 else f"{number}, checked"] for number, row in enumerate(rows)]
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    is_gappy = rng.random() < 0.2
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=quoting)
        for row in told:
            writer.writerow([row[place] for place in places])
            file.write("\n" * (is_gappy and rng.random() < 0.1))


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
