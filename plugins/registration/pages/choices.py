"""The lists that forms offer, in the reader's language: pairs of value and words."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.tenancy import list_firms
from core.sdk.values import divisions, documents
from plugins.registration.services.codes import DWELLINGS, PURPOSES, REASONS, Choice

__all__ = ["PRESENCES", "SEXES", "choices", "origin_words"]

Pairs = list[tuple[str, str]]

SEXES = {"2": _("female"), "1": _("male"), "9": _("not stated"), "0": _("unknown")}
PRESENCES = {"present": _("present"), "away": _("away for a time"), "absent": _("not here")}
_ID_TYPES = ("01", "02", "03", "04", "05", "06", "07", "09", "99")


async def choices(ctx: TenantCtx, kept: Mapping[str, str | None] = {}) -> dict[str, Pairs]:
    """`kept` are values of a record that may stand in no list: words of a roster stay as they are."""
    firms = await list_firms(ctx.transaction)
    nothing = ("", ctx.tell(_("not stated")))
    return {
        "sex": [(code, ctx.tell(title)) for code, title in SEXES.items()],
        "id_type": [(code, _document(ctx, code)) for code in _ID_TYPES],
        "origin": [nothing, *((code, origin_words(ctx, code)) for code in _origins())],
        "dwelling": [nothing, *_listed(ctx, DWELLINGS, kept.get("dwelling"))],
        "purpose": [nothing, *_listed(ctx, PURPOSES, kept.get("purpose"))],
        "reason": [nothing, *_listed(ctx, REASONS, kept.get("reason"))],
        "firm_id": [
            ("", ctx.tell(_("none of ours"))),
            *((str(firm.id), firm.name(ctx.language)) for firm in firms),
        ],
    }


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


def _origins() -> list[str]:
    return [*divisions.PROVINCES, divisions.FOREIGN]


def _document(ctx: TenantCtx, code: str) -> str:
    kind = documents.DOCUMENT_TYPES[code]
    return kind.zh if ctx.language == "zh" else kind.en


def _listed(ctx: TenantCtx, listed: Mapping[str, Choice], kept: str | None) -> Pairs:
    pairs = [(code, ctx.tell(choice.title)) for code, choice in listed.items()]
    return [*pairs, (kept, kept)] if kept and kept not in listed else pairs
