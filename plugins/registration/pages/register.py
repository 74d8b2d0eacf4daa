"""Register: is she known? Document or name first; known here opens her record, elsewhere is said and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.sdk import BadInput, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import AlreadyKnown
from plugins.registration.forms import RegisterForm, StartForm
from plugins.registration.pages.choices import choices
from plugins.registration.permissions import REGISTER
from plugins.registration.services import last_used
from plugins.registration.services.reading import filled
from plugins.registration.services.registering import (
    Known,
    Looked,
    look_for,
    look_up,
    register,
    registration_of,
)
from plugins.registration.services.words import SEXES, origin_words
from plugins.registration.settings import Settings

__all__ = ["PAGES"]

TEMPLATE = "registration/register.html"
OF_HER = ("name", "alias", "name_former", "name_latin", "phone", "contact")
"""With one of these a form is more than a number to look up."""


async def show_form(ctx: TenantCtx) -> Any:
    return await _shown(ctx, Form(await _beginning(ctx), None, {}))


async def start(ctx: TenantCtx, form: Form[StartForm]) -> Any:
    """The form for a number that was scanned, or searched for and not found."""
    typed = {**await _beginning(ctx), **form.typed}
    if not form.is_valid:
        return await _shown(ctx, Form(typed, None, form.errors), status=400)
    looked = await look_up(ctx, typed)
    if looked.known.here is not None:
        return _open(ctx, looked.known)
    return await _continued(ctx, typed, looked)


async def look(ctx: TenantCtx, form: Form[RegisterForm]) -> Any:
    """The piece of the form that says whether she is known, while it is being filled in."""
    looked = await look_up(ctx, form.typed)
    values = _told(ctx, looked.read)
    return ctx.render("registration/known.html", known=looked.known, form=form, looked=looked, **values)


async def forget(ctx: TenantCtx, form: Form[RegisterForm]) -> Any:
    """The same form without what the last one left in it; the next one begins empty."""
    if not form.is_known:
        return await _shown(ctx, form, status=400)
    last = await last_used.last_chosen(ctx)
    await last_used.forget(ctx)
    typed = {name: "" if last.get(name) == value else value for name, value in form.typed.items()}
    return await _shown(ctx, Form(typed, None, {}))


async def send_form(ctx: TenantCtx, form: Form[RegisterForm]) -> Any:
    if form.typed.get("step") == "look" and form.typed.get("number", "").strip():
        looked = await look_up(ctx, form.typed)
        if looked.known.here is not None:
            return _open(ctx, looked.known)
        if _is_number_alone(form.typed):
            return await _continued(ctx, form.typed, looked)
    if not form.is_valid:
        return await _shown(ctx, form, status=400)
    told = form.value
    registration = registration_of(told, ctx.today)
    known = await look_for(ctx, registration.draft)
    if known.here is not None:
        return _open(ctx, known)
    if known.needs_a_look and not told.is_acknowledged:
        return await _shown(ctx, form, known)
    try:
        person = await register(ctx, registration)
    except AlreadyKnown as error:
        return _open(ctx, Known(here=error.person_id))
    except BadInput as error:
        for field, message in error.fields.items():
            form.refuse(field, message)
        return await _shown(ctx, form, known, status=400)
    await last_used.keep(ctx, form.typed)
    return ctx.redirect(ctx.address(f"people/{person}"), _("She is registered."))


async def _beginning(ctx: TenantCtx) -> dict[str, str]:
    return {"is_floating": "1", "day": ctx.today.isoformat(), **await last_used.last_chosen(ctx)}


def _is_number_alone(typed: Mapping[str, str]) -> bool:
    """Sent by Enter in the number, as a card reader does, before anything of hers was typed."""
    return not any(typed.get(name, "").strip() for name in OF_HER)


async def _continued(ctx: TenantCtx, typed: Mapping[str, str], looked: Looked) -> Any:
    """The form with what the number tells, and the cursor in her name."""
    form: Form[RegisterForm] = Form(filled(typed, looked.read), None, dict(looked.faults))
    at = "number" if looked.faults else "name"
    return await _shown(
        ctx, form, looked.known, status=400 if looked.faults else 200, at=at, read=looked.read
    )


def _open(ctx: TenantCtx, known: Known) -> Any:
    return ctx.redirect(
        ctx.address(f"people/{known.here}"), _("This number is registered already: this is her record.")
    )


async def _shown(
    ctx: TenantCtx,
    form: Form[RegisterForm],
    known: Known | None = None,
    status: int = 200,
    *,
    at: str = "number",
    read: Mapping[str, str] = {},
) -> Any:
    """`at`: the field with the cursor in it; `read`: what the number tells."""
    settings = await ctx.settings(Settings)
    last = await last_used.last_chosen(ctx)
    return ctx.render(
        TEMPLATE,
        status,
        form=form,
        known=known,
        looked=None,
        lists=await choices(ctx),
        min_days=settings.min_days,
        has_more=_has_more(form, read),
        at=at,
        as_last={name for name, value in last.items() if form.typed.get(name) == value},
        **_told(ctx, read),
    )


def _told(ctx: TenantCtx, read: Mapping[str, str]) -> dict[str, Any]:
    """What the number tells, for a sentence."""
    return {
        "read": read,
        "read_sex": SEXES[read["sex"]] if "sex" in read else "",
        "read_origin": origin_words(ctx, read["origin"]) if "origin" in read else "",
    }


def _has_more(form: Form[RegisterForm], read: Mapping[str, str]) -> dict[str, bool]:
    """Which sections stand open: those with something in them that was typed, or something wrong."""
    sections = {
        "who": ("alias", "name_former", "name_latin", "birth_date", "origin", "origin_division"),
        "home": ("address_detail", "dwelling", "purpose", "expected_departure"),
        "work": ("is_employee", "firm_id", "workshop", "job_title", "hired_on"),
    }
    return {
        section: any(
            name in form.errors or form.typed.get(name, "") not in ("", read.get(name)) for name in names
        )
        for section, names in sections.items()
    }


PAGES = (
    Page(path="register", handler=show_form, permission=REGISTER),
    Page(path="register", handler=send_form, permission=REGISTER, method="POST"),
    Page(path="register/start", handler=start, permission=REGISTER, method="POST"),
    Page(path="register/look", handler=look, permission=REGISTER, method="POST"),
    Page(path="register/forget", handler=forget, permission=REGISTER, method="POST"),
)
