"""The catalogue in the town: what holds, what held before, what is changed from which day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace

from core.sdk import BadInput, Form, Nav, Page, TownCtx
from core.sdk import gettext_noop as _
from plugins.supplies.permissions import CATALOGUE, PUBLISH
from plugins.supplies.services import publishing
from plugins.supplies.services.catalogue import Catalogue, Product, catalogue_of_town
from plugins.supplies.services.methods import METHODS, method_title
from plugins.supplies.services.presets import PRESETS
from plugins.supplies.services.seed import UNCONFIRMED
from plugins.supplies.services.words import FIELD_TITLES, GATE_WORDS, storage_words
from plugins.supplies.town.forms import NewProductForm, PresetForm, PresetQuery, ProductForm, as_form
from plugins.supplies.town.making import laid_over, made_product, publish_product

__all__ = ["PAGES"]


async def show_catalogue(ctx: TownCtx) -> Any:
    """What holds today."""
    current = await catalogue_of_town(ctx, ctx.today)
    latest = await publishing.latest_catalogue(ctx)
    coming = latest if latest.version != current.version and latest.valid_from > ctx.today else None
    return ctx.render(
        "supplies/catalogue.html",
        **_told(ctx, current),
        versions=await publishing.versions_of(ctx),
        coming=coming,
    )


async def show_version(ctx: TownCtx, version: str) -> Any:
    """A version as it was published, and what it changed."""
    asked = await publishing.version_named(ctx, version)
    before = await publishing.version_named(ctx, str(asked.version - 1)) if asked.version else None
    return ctx.render(
        "supplies/catalogue_version.html",
        **_told(ctx, asked),
        changes=_sentences(ctx, publishing.differences(before, asked)) if before else [],
        before=before,
    )


async def show_product(ctx: TownCtx, sku: str) -> Any:
    latest = await publishing.latest_catalogue(ctx)
    product = publishing.product_named(latest, sku)
    form = Form.of(as_form(product, latest.version, _first_day(ctx, latest), latest.factor_set))
    return _product_page(ctx, latest, product, form)


async def change_product(ctx: TownCtx, sku: str, form: Form[ProductForm]) -> Any:
    latest = await publishing.latest_catalogue(ctx)
    product = publishing.product_named(latest, sku)
    if form.is_valid:
        try:
            published = await publish_product(ctx, product, form.value)
        except BadInput as error:
            _refuse(form, error)
        else:
            return _done(ctx, published)
    return _product_page(ctx, latest, product, form)


def _product_page(ctx: TownCtx, latest: Catalogue, product: Product, form: Form[Any]) -> Any:
    return ctx.render(
        "supplies/product.html",
        400 if form.errors else 200,
        product=product,
        form=form,
        options={
            "gate": [(gate, ctx.tell(words)) for gate, words in GATE_WORDS.items()],
            "substitutes": _substitutes(ctx, latest, product),
        },
        method=ctx.tell(method_title(product.method)),
    )


async def show_new(ctx: TownCtx) -> Any:
    latest = await publishing.latest_catalogue(ctx)
    typed = {"seen": str(latest.version), "valid_from": str(_first_day(ctx, latest)), "pack": "1"}
    return await _new_page(ctx, Form(typed | {"factor_set": latest.factor_set}, None, {}, NewProductForm))


async def add_product(ctx: TownCtx, form: Form[NewProductForm]) -> Any:
    if form.is_valid:
        try:
            published = await publish_product(ctx, made_product(form.value), form.value, is_new=True)
        except BadInput as error:
            _refuse(form, error)
        else:
            return _done(ctx, published)
    return await _new_page(ctx, form)


async def _new_page(ctx: TownCtx, form: Form[Any]) -> Any:
    methods = [(code, ctx.tell(method.title)) for code, method in METHODS.items()]
    figures = [("", ctx.tell(_("none of the figures")))]
    return ctx.render(
        "supplies/product_new.html",
        400 if form.errors else 200,
        form=form,
        options={
            "gate": [(gate, ctx.tell(words)) for gate, words in GATE_WORDS.items()],
            "method": [("", ctx.tell(_("no method"))), *methods],
            "substitutes": _substitutes(ctx, await publishing.latest_catalogue(ctx)),
            "figure": [*figures, *((code, code) for code in ("SUP-01", "SUP-02", "SUP-03"))],
        },
    )


def _substitutes(ctx: TownCtx, latest: Catalogue, product: Product | None = None) -> list[tuple[str, str]]:
    """Every other product, first those that are named already, in their order: what comes first is proposed first."""
    named = product.substitutes if product else ()
    listed = {sku: latest.products[sku] for sku in (*named, *latest.products) if sku in latest.products}
    return [(sku, f"{each.name(ctx.language)} {sku}") for sku, each in listed.items() if each != product]


async def show_preset(ctx: TownCtx, query: PresetQuery) -> Any:
    latest = await publishing.latest_catalogue(ctx)
    typed = {"seen": str(latest.version), "valid_from": str(_first_day(ctx, latest)), "preset": query.preset}
    return await _preset_page(ctx, latest, Form(typed, None, {}, PresetForm))


async def lay_preset(ctx: TownCtx, form: Form[PresetForm]) -> Any:
    latest = await publishing.latest_catalogue(ctx)
    if form.is_valid:
        asked = form.value
        products = laid_over(latest, asked.preset)
        try:
            published = await publishing.publish(
                ctx, products, latest.factor_set, asked.valid_from, asked.seen
            )
        except BadInput as error:
            _refuse(form, error)
        else:
            return _done(ctx, published)
    return await _preset_page(ctx, latest, form)


async def _preset_page(ctx: TownCtx, latest: Catalogue, form: Form[PresetForm]) -> Any:
    name = form.typed.get("preset", "")
    changes = []
    if name in PRESETS:
        laid = replace(latest, products={p.sku: p for p in laid_over(latest, name)})
        changes = _sentences(ctx, publishing.differences(latest, laid))
    return ctx.render(
        "supplies/preset.html",
        400 if form.errors else 200,
        form=form,
        presets=PRESETS,
        chosen=PRESETS.get(name),
        name=name,
        changes=changes,
    )


def _first_day(ctx: TownCtx, latest: Catalogue) -> date:
    return max(ctx.today, latest.valid_from)


def _refuse(form: Form[Any], error: BadInput) -> None:
    for field, message in error.fields.items():
        form.refuse(field, message)


def _done(ctx: TownCtx, published: Catalogue) -> Any:
    return ctx.redirect(
        ctx.address("catalogue"),
        _("Version %(version)s of the catalogue is published."),
        version=published.version,
    )


def _told(ctx: TownCtx, catalogue: Catalogue) -> Mapping[str, Any]:
    return {
        "catalogue": catalogue,
        "products": list(catalogue.products.values()),
        "gates": GATE_WORDS,
        "method_title": method_title,
        "storage_words": storage_words,
        "unconfirmed": {
            sku: [ctx.tell(FIELD_TITLES[name]) for name in names] for sku, names in UNCONFIRMED.items()
        }
        if catalogue.version == 0
        else {},
    }


def _sentences(ctx: TownCtx, found: list[publishing.Difference]) -> list[tuple[str, str, str, str]]:
    """Product, field, before, after."""
    return [
        (
            each.sku,
            ctx.tell(FIELD_TITLES[each.field]) if each.field else ctx.tell(_("Product")),
            _words(ctx, each.field, each.before),
            _words(ctx, each.field, each.after),
        )
        for each in found
    ]


def _words(ctx: TownCtx, field: str, value: Any) -> str:
    if value is None or value == "" or value == ():
        return "—"
    if isinstance(value, Product):
        return value.name(ctx.language)
    if isinstance(value, bool):
        return ctx.tell(_("yes")) if value else ctx.tell(_("no"))
    if isinstance(value, tuple):
        return ctx.tell(_(", ")).join(value)
    words = {"gate": GATE_WORDS.get(value, ""), "method": method_title(str(value))}.get(field, "")
    return ctx.tell(words) if words else ctx.tell(storage_words(value)) if field == "storage" else str(value)


PAGES = (
    Page(
        path="catalogue",
        place="town",
        handler=show_catalogue,
        permission=CATALOGUE,
        nav=Nav(title=_("Catalogue of supplies"), order=22, icon="book"),
    ),
    Page(path="catalogue/new", place="town", handler=show_new, permission=PUBLISH),
    Page(path="catalogue/new", place="town", handler=add_product, permission=PUBLISH, method="POST"),
    Page(path="catalogue/preset", place="town", handler=show_preset, permission=PUBLISH),
    Page(path="catalogue/preset", place="town", handler=lay_preset, permission=PUBLISH, method="POST"),
    Page(path="catalogue/products/{sku}", place="town", handler=show_product, permission=PUBLISH),
    Page(
        path="catalogue/products/{sku}",
        place="town",
        handler=change_product,
        permission=PUBLISH,
        method="POST",
    ),
    Page(path="catalogue/versions/{version}", place="town", handler=show_version, permission=CATALOGUE),
)
