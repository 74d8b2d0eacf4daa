"""Every reason for refusing a file in words: what happened, and what the clerk can do."""

from __future__ import annotations

from collections.abc import Mapping

from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.kernel.sheets.refusal import Reason

__all__ = ["refused"]

_SAVE_AS = _("Open it in Excel or WPS, save it as a workbook (.xlsx) or CSV (UTF-8), and send that file.")
_COPY = _("Copy the rows as values into a new workbook, save it as .xlsx, and send that file.")
_SPLIT = _("Split the list into several smaller files and send them one after the other.")

_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.EMPTY: (_("The file is empty."), _("Check that you chose the right file and send it again.")),
    Reason.FILE_SIZE: (_("The file is larger than %(limit)s MB."), _SPLIT),
    Reason.NOT_A_SHEET: (_("The file is not a spreadsheet."), _SAVE_AS),
    Reason.OLD_FORMAT: (_("The file is in an old format (.xls or .et)."), _SAVE_AS),
    Reason.BINARY_WORKBOOK: (_("The file is a binary workbook (.xlsb)."), _SAVE_AS),
    Reason.OPEN_DOCUMENT: (_("The file is an OpenDocument file (.ods)."), _SAVE_AS),
    Reason.PDF: (
        _("The file is a PDF document, not a spreadsheet."),
        _("Send the spreadsheet it was made from."),
    ),
    Reason.WEB_PAGE: (_("The file is a web page with the name of a spreadsheet."), _SAVE_AS),
    Reason.PASSWORD: (
        _("The file is protected with a password."),
        _("Remove the password, save it as .xlsx, and send that file."),
    ),
    Reason.MACROS: (
        _("The workbook contains macros."),
        _("Save it as an ordinary workbook (.xlsx) without macros and send that file."),
    ),
    Reason.EXTERNAL_LINKS: (_("The workbook has links to other files."), _COPY),
    Reason.DECLARATIONS: (_("The workbook contains declarations that no spreadsheet needs."), _COPY),
    Reason.DAMAGED: (_("The workbook is damaged or was not sent completely."), _SAVE_AS),
    Reason.ENTRIES: (_("The workbook consists of more than %(limit)s parts."), _COPY),
    Reason.UNPACKED: (_("The workbook is larger than %(limit)s MB when unpacked."), _SPLIT),
    Reason.RATIO: (_("The workbook is packed more than %(limit)s to 1, which no list of people is."), _COPY),
    Reason.ROWS: (_("The file has more than %(limit)s rows."), _SPLIT),
    Reason.COLUMNS: (
        _("The sheet “%(sheet)s” has more than %(limit)s columns."),
        _("Delete what lies to the right of the list and send the file again."),
    ),
    Reason.CELL: (
        _("A cell in row %(row)s is longer than %(limit)s characters."),
        _("Shorten it and send the file again."),
    ),
    Reason.UTF16: (_("The file is saved as Unicode text (UTF-16)."), _SAVE_AS),
    Reason.ENCODING: (_("The characters of the file are neither UTF-8 nor GB18030."), _SAVE_AS),
    Reason.QUOTES: (
        _("The quotation marks from line %(row)s on do not match."),
        _("Correct that line, or save the list as .xlsx, and send the file again."),
    ),
    Reason.MEMORY: (
        _("The workbook needs too much memory: it is too large, or its cells lie too far apart."),
        _COPY,
    ),
    Reason.TIME: (_("Reading the file takes too long."), _SPLIT),
    Reason.CRASH: (_("The file could not be read."), _COPY),
}


def refused(reason: Reason, params: Mapping[str, str | int]) -> BadInput:
    """The error to raise for a reason that the child gave, or that its death suggests."""
    what, todo = _SENTENCES[reason]
    return BadInput(what, todo, None, **params)
