"""What the town's pages and operations take."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.sdk import Code, Line, Version, asks
from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import Gate, Product

__all__ = [
    "CatalogueBody",
    "NetworkQuery",
    "NewProductForm",
    "PresetForm",
    "PresetName",
    "PresetQuery",
    "ProductForm",
    "RecallForm",
    "YearQuery",
    "as_form",
]

MOST = 100_000

Factor = Annotated[
    str,
    asks(
        _("Couple-years of protection of a unit"),
        hint=_("An exact fraction such as 1/120, or nothing where there is no factor."),
        max_length=40,
        pattern=r"^(\d{1,9}(/[1-9]\d{0,8})?)?$",
    ),
]
PresetName = Literal["kunming", "yantai", "xian", "nanchang", "guiyang"]


class ProductForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the town may change of a product; `seen` is the version that was looked at."""

    seen: Version
    valid_from: Annotated[date, asks(_("Holds from"))]
    name_zh: Annotated[str, asks(_("Chinese name"), min_length=1, max_length=100)]
    name_en: Annotated[str, asks(_("English name"), min_length=1, max_length=100)]
    pack: Annotated[int, asks(_("Units in a box"), ge=1, le=MOST)] = 1
    max_per_year: (
        Annotated[int, asks(_("At most in a year"), hint=_("Nothing: no limit."), ge=0, le=MOST)] | None
    ) = None
    max_per_visit: Annotated[int, asks(_("At most at a time"), ge=1, le=MOST)] | None = None
    max_per_30d: Annotated[int, asks(_("At most in 30 days"), ge=1, le=MOST)] | None = None
    min_interval_days: Annotated[int, asks(_("Days until the next time"), ge=1, le=366)] | None = None
    min_age: Annotated[int, asks(_("From the age of"), ge=0, le=120)] | None = None
    days_per_unit: Annotated[int, asks(_("Days that a unit lasts"), ge=0, le=3660)] = 0
    gate: Annotated[Gate, asks(_("Who may hand it out"))] = "none"
    is_anonymous_allowed: Annotated[bool, asks(_("Handed out without a name"))] = False
    is_tracer: Annotated[bool, asks(_("Days without it are counted"))] = False
    substitutes: Annotated[
        tuple[Code, ...],
        asks(
            _("Substitutes"),
            hint=_("What the counter proposes when this one cannot be handed out; 20 at most."),
            max_length=20,
        ),
    ] = ()
    shelf_life_months: Annotated[int, asks(_("Shelf life"), unit=_("months"), ge=1, le=MOST)] | None = None
    storage: Annotated[str, asks(_("Storage"), max_length=200)] = ""
    cyp: Factor = ""
    is_sure: Annotated[
        bool, asks(_("The factor is right"), hint=_("Needed where it is far from the published one."))
    ] = False
    factor_set: Annotated[str, asks(_("Set of factors"), max_length=200)] = ""


class NewProductForm(ProductForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What never changes afterwards stands here alone."""

    sku: Annotated[
        str, asks(_("Number of the product"), min_length=1, max_length=40, pattern=r"^[A-Z0-9-]+$")
    ]
    method: Annotated[str, asks(_("Method"), max_length=40)] = ""
    unit_zh: Annotated[str, asks(_("Unit in Chinese"), min_length=1, max_length=100)]
    unit_en: Annotated[str, asks(_("Unit in English"), min_length=1, max_length=100)]
    figure: Annotated[Literal["", "SUP-01", "SUP-02", "SUP-03"], asks(_("Counted in"))] = ""


class PresetForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seen: Version
    valid_from: Annotated[date, asks(_("Holds from"))]
    preset: PresetName


class PresetQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    preset: PresetName | Literal[""] = ""


class CatalogueBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole catalogue; `seen` is the version that it was made from."""

    seen: Version
    valid_from: date
    factor_set: Line
    products: Annotated[tuple[Product, ...], Meta(min_length=1, max_length=500)]


class RecallForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku: Annotated[str, asks(_("Product"), min_length=1, max_length=40)]
    lot: Annotated[
        str,
        asks(_("Lot"), hint=_("As it stands on the pack, noughts included."), min_length=1, max_length=40),
    ]
    recalled_on: Annotated[date, asks(_("Called back from"))]
    reason: Annotated[str, asks(_("Reason"), hint=_("The units read it."), min_length=1, max_length=100)]


class NetworkQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A month such as 2025-03; without it this one."""

    period: Code = ""


class YearQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    year: Annotated[int, Meta(ge=1900, le=2999)] | None = None


def as_form(product: Product, seen: int, valid_from: date, factor_set: str) -> ProductForm:
    """The form as it is first shown."""
    told = {name: getattr(product, name) for name in ProductForm.__struct_fields__ if hasattr(product, name)}
    return ProductForm(seen=seen, valid_from=valid_from, factor_set=factor_set, **told)
