"""The lists that forms offer, in the reader's language: pairs of value and words."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.tenancy import list_firms
from core.sdk.values import divisions, documents
from plugins.registration.services.codes import DWELLINGS, PURPOSES, REASONS, Choice
from plugins.registration.services.words import SEXES, origin_words

__all__ = ["choices"]

Pairs = list[tuple[str, str]]

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


def _origins() -> list[str]:
    return [*divisions.PROVINCES, divisions.FOREIGN]


def _document(ctx: TenantCtx, code: str) -> str:
    kind = documents.DOCUMENT_TYPES[code]
    return kind.zh if ctx.language == "zh" else kind.en


def _listed(ctx: TenantCtx, listed: Mapping[str, Choice], kept: str | None) -> Pairs:
    pairs = [(code, ctx.tell(choice.title)) for code, choice in listed.items()]
    return [*pairs, (kept, kept)] if kept and kept not in listed else pairs
