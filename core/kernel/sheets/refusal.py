"""Why a file is not read; known to the child process, which has no sentences."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Reason", "Refusal"]


class Reason(StrEnum):
    EMPTY = "empty"
    FILE_SIZE = "file_size"
    NOT_A_SHEET = "not_a_sheet"
    OLD_FORMAT = "old_format"
    BINARY_WORKBOOK = "binary_workbook"
    OPEN_DOCUMENT = "open_document"
    PDF = "pdf"
    WEB_PAGE = "web_page"
    PASSWORD = "password"  # noqa: S105 - a reason, not a secret
    MACROS = "macros"
    EXTERNAL_LINKS = "external_links"
    DECLARATIONS = "declarations"
    DAMAGED = "damaged"
    ENTRIES = "entries"
    UNPACKED = "unpacked"
    RATIO = "ratio"
    ROWS = "rows"
    COLUMNS = "columns"
    CELL = "cell"
    UTF16 = "utf16"
    ENCODING = "encoding"
    QUOTES = "quotes"
    MEMORY = "memory"
    TIME = "time"
    CRASH = "crash"


class Refusal(Exception):
    """The file is refused; `params` fill the places of the sentence."""

    def __init__(self, reason: Reason, **params: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params
