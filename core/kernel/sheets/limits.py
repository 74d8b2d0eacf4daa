"""How much of a machine one uploaded spreadsheet may use."""

from __future__ import annotations

import msgspec

__all__ = ["Limits"]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The defaults hold a roster of 100,000 people several times over and stop every known bomb."""

    file_bytes: int = 10_000_000
    unpacked_bytes: int = 200_000_000
    """Counted while inflating; what the headers say is not believed."""
    ratio: int = 100
    """Unpacked size to packed size; the first megabyte is free."""
    entries: int = 1_000
    rows: int = 100_000
    """Data rows of all sheets together."""
    spare_rows: int = 100
    """For titles, headings, totals and notes, which the reader cannot tell from data."""
    columns: int = 200
    cell_chars: int = 32_767
    memory_bytes: int = 1_000_000_000
    """Address space of the child process."""
    cpu_seconds: int = 12
    wait_seconds: float = 12.0
    """How long the parent waits for the child in all; its own work between two batches does not count.

    A job reads inside its transaction, which the database ends when it hears nothing for longer: the job would fail,
    the clerk be told nothing, and the file be read again and again.
    """
