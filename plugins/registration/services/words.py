"""Words for the codes of a person's record, in the reader's language."""

from __future__ import annotations

from core.sdk import TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.values import divisions

__all__ = ["PRESENCES", "SEXES", "origin_words"]

SEXES = {"2": _("female"), "1": _("male"), "9": _("not stated"), "0": _("unknown")}
PRESENCES = {"present": _("present"), "away": _("away for a time"), "absent": _("not here")}


def origin_words(ctx: TenantCtx, code: str) -> str:
    """The province by which an origin counts."""
    if code == divisions.NOT_STATED:
        return ctx.tell(_("not stated"))
    if code == divisions.FOREIGN:
        return ctx.tell(_("abroad"))
    if code == divisions.LOCAL:
        return ctx.tell(_("this province"))
    province = divisions.PROVINCES.get(code)
    if province is None:
        return code
    return province.zh if ctx.language == "zh" else province.en
