"""Spreadsheets and CSV: read in a throw-away child process, written so that no cell is a formula.

Import from `reading` and `writing`; this file stays empty so that the child starts fast.
"""

__all__: tuple[str, ...] = ()
