"""Correcting a record, section by section, each saved on its own; nobody's change overwrites another's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import UNSET, structs

from core.sdk import BadInput, Form, NotFound, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import AlreadyKnown, Document, EditConflict, PersonEdit, PersonFull
from plugins.registration.forms import ContactForm, IdentityForm, RecordForm
from plugins.registration.pages.choices import choices
from plugins.registration.permissions import EDIT
from plugins.registration.services.records import edit_record, record_of, residence_of

__all__ = ["PAGES"]

SAVED = _("Saved.")


async def show_edit(ctx: TenantCtx, person: UUID) -> Any:
    return await _shown(ctx, person)


async def edit_identity(ctx: TenantCtx, person: UUID, form: Form[IdentityForm]) -> Any:
    return await _edit(ctx, person, "identity", form, _identity)


async def edit_contact(ctx: TenantCtx, person: UUID, form: Form[ContactForm]) -> Any:
    return await _edit(ctx, person, "contact", form, _contact)


async def edit_residence(ctx: TenantCtx, person: UUID, form: Form[RecordForm]) -> Any:
    await _full(ctx, person)
    is_conflict = False
    if form.is_valid:
        try:
            await edit_record(ctx, person, form.value.version, residence_of(form.value))
        except EditConflict:
            is_conflict = True
        except BadInput as error:
            _refuse(form, error)
        else:
            return ctx.redirect(ctx.address(f"people/{person}/edit"), SAVED)
    return await _shown(ctx, person, "record", form, is_conflict)


async def _edit(ctx: TenantCtx, person: UUID, section: str, form: Form[Any], change: Any) -> Any:
    is_conflict = False
    if form.is_valid:
        try:
            why = getattr(form.value, "why", "")
            await ctx.people.edit(person, form.value.version, change(form.value), why)
        except EditConflict:
            is_conflict = True
        except AlreadyKnown:
            form.refuse("number", _("Another person here has this number. Compare the two records."))
        except BadInput as error:
            _refuse(form, error)
        else:
            return ctx.redirect(ctx.address(f"people/{person}/edit"), SAVED)
    return await _shown(ctx, person, section, form, is_conflict)


async def _shown(
    ctx: TenantCtx,
    person: UUID,
    section: str = "",
    form: Form[Any] | None = None,
    is_conflict: bool = False,
) -> Any:
    """All sections; the one that was sent with what was typed and, after a conflict, what stands now."""
    shown = await _full(ctx, person)
    record = await record_of(person)
    forms = {
        "identity": Form(_known(shown), None, {}),
        "contact": Form({}, None, {}),
        "record": Form.of(record.told),
    }
    if form is not None:
        forms[section] = form
    return ctx.render(
        "registration/edit.html",
        409 if is_conflict else 400 if form is not None else 200,
        person=shown,
        record=record,
        forms=forms,
        section=section,
        is_conflict=is_conflict,
        lists=await choices(ctx, {"dwelling": record.dwelling, "purpose": record.purpose}),
    )


async def _full(ctx: TenantCtx, person: UUID) -> PersonFull:
    shown = await ctx.people.get(person, EDIT)
    if not isinstance(shown, PersonFull):
        raise NotFound
    return shown


def _known(shown: PersonFull) -> dict[str, str]:
    values = {
        "name": shown.legal_name,
        "alias": shown.alias,
        "name_former": shown.name_former,
        "name_latin": shown.name_latin,
        "id_type": shown.id_type or "01",
        "sex": shown.sex,
        "birth_date": shown.birth_date.isoformat() if shown.birth_date else None,
        "origin": None if shown.origin == "NS" else shown.origin,
        "origin_division": shown.origin_division,
        "is_floating": "1" if shown.is_floating else None,
        "is_employee": "1" if shown.is_employee else None,
    }
    return {name: value for name, value in values.items() if value}


def _identity(told: IdentityForm) -> PersonEdit:
    document: Any = UNSET
    if told.number:
        document = Document(id_type=told.id_type, number=told.number)
    elif told.remove_document:
        document = None
    return PersonEdit(
        name=told.name,
        alias=told.alias,
        name_former=told.name_former,
        name_latin=told.name_latin,
        document=document,
        sex=told.sex,
        birth_date=told.birth_date,
        origin=told.origin,
        origin_division=told.origin_division,
        is_floating=told.is_floating,
        is_employee=told.is_employee,
    )


def _contact(told: ContactForm) -> PersonEdit:
    """What is left empty stays; removing is said."""
    edit = PersonEdit()
    if told.phone or told.remove_phone:
        edit = structs.replace(edit, phone=told.phone)
    if told.contact or told.remove_contact:
        edit = structs.replace(edit, contact=told.contact)
    return edit


def _refuse(form: Form[Any], error: BadInput) -> None:
    for field, message in error.fields.items():
        form.refuse(field, message)


PAGES = (
    Page(path="people/{person}/edit", handler=show_edit, permission=EDIT),
    Page(path="people/{person}/edit/identity", handler=edit_identity, permission=EDIT, method="POST"),
    Page(path="people/{person}/edit/contact", handler=edit_contact, permission=EDIT, method="POST"),
    Page(path="people/{person}/edit/residence", handler=edit_residence, permission=EDIT, method="POST"),
)
