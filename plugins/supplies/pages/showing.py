"""What the pages of stock keeping have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.sdk import BadInput, Conflict, Form, TenantCtx
from plugins.supplies.services.catalogue import catalogue_on

__all__ = ["Trouble", "attempt", "product_choices", "status_of"]


class Trouble:
    """What hindered an act, if anything did."""

    problem: Conflict | None = None


@contextmanager
def attempt(form: Form[Any], *, rename: str = "") -> Iterator[Trouble]:
    """Errors of the act come back to the form, or as the one thing that hindered it.

    `rename`: the field at which a fault of a line is told, where the form has no field of its own for it.
    """
    trouble = Trouble()
    try:
        yield trouble
    except BadInput as error:
        known = set(form.kind.__struct_fields__) if form.kind else set()
        for field, message in error.fields.items():
            form.refuse(field if field in known or not rename else rename, message)
    except Conflict as error:
        trouble.problem = error


def status_of(form: Form[Any], problem: Conflict | None = None) -> int:
    return problem.status if problem else 400 if form.errors else 200


async def product_choices(ctx: TenantCtx, *, anonymous: bool = False) -> list[tuple[str, str]]:
    """The products of today's catalogue by sku, for a list to choose from."""
    products = (await catalogue_on(ctx, ctx.today)).products.values()
    return [
        (product.sku, f"{product.name(ctx.language)} {product.sku}")
        for product in products
        if product.is_anonymous_allowed or not anonymous
    ]
