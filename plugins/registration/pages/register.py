"""Register: is she known? Document or name first; known here opens her record, elsewhere is said and no more."""

from __future__ import annotations

from typing import Any

from core.sdk import BadInput, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import AlreadyKnown, Document, PersonDraft
from plugins.registration.forms import RegisterForm
from plugins.registration.pages.choices import choices
from plugins.registration.permissions import REGISTER
from plugins.registration.services.registering import Known, look_for, register, registration_of
from plugins.registration.settings import Settings

__all__ = ["PAGES"]

TEMPLATE = "registration/register.html"


async def show_form(ctx: TenantCtx) -> Any:
    form = Form({"is_floating": "1", "day": ctx.today.isoformat()}, None, {})
    return await _shown(ctx, form)


async def look(ctx: TenantCtx, form: Form[RegisterForm]) -> Any:
    """The piece of the form that says whether she is known, while it is being filled in."""
    known = await look_for(ctx, _draft_of(form.typed))
    return ctx.render("registration/known.html", known=known, form=form, is_asking=True)


async def send_form(ctx: TenantCtx, form: Form[RegisterForm]) -> Any:
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
    return ctx.redirect(ctx.address(f"people/{person}"), _("She is registered."))


def _open(ctx: TenantCtx, known: Known) -> Any:
    return ctx.redirect(
        ctx.address(f"people/{known.here}"), _("This number is registered already: this is her record.")
    )


async def _shown(
    ctx: TenantCtx, form: Form[RegisterForm], known: Known | None = None, status: int = 200
) -> Any:
    settings = await ctx.settings(Settings)
    return ctx.render(
        TEMPLATE,
        status,
        form=form,
        known=known,
        lists=await choices(ctx),
        min_days=settings.min_days,
        has_more=_has_more(form),
    )


def _has_more(form: Form[RegisterForm]) -> dict[str, bool]:
    """Which sections stand open: those with something in them, or something wrong."""
    sections = {
        "who": ("alias", "name_former", "name_latin", "birth_date", "origin", "origin_division"),
        "home": ("address_detail", "dwelling", "purpose", "expected_departure"),
        "work": ("is_employee", "firm_id", "workshop", "job_title", "hired_on"),
    }
    return {
        section: any(form.typed.get(name) or name in form.errors for name in names)
        for section, names in sections.items()
    }


def _draft_of(typed: Any) -> PersonDraft:
    """As much as is typed yet, right or wrong."""
    number = typed.get("number", "")[:40]
    return PersonDraft(
        name=typed.get("name", "")[:100] or None,
        alias=typed.get("alias", "")[:100] or None,
        document=Document(id_type=typed.get("id_type", "01"), number=number) if number else None,
        phone=typed.get("phone", "")[:40] or None,
    )


PAGES = (
    Page(path="register", handler=show_form, permission=REGISTER),
    Page(path="register", handler=send_form, permission=REGISTER, method="POST"),
    Page(path="register/look", handler=look, permission=REGISTER, method="POST"),
)
