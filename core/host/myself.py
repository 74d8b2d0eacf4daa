"""One's own account, for everybody who is signed in: password, sessions, sign-ins, language."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from core.host.doorstep import Doorstep, address_of, typed_in
from core.host.gate import Caller, session_of, signed_in
from core.identity import sessions, workplaces
from core.identity.accounts import account_by_id, set_keys
from core.identity.history import sign_ins
from core.identity.own_password import change_password
from core.identity.roles import ROLES
from core.kernel.errors import BadInput, TooManyTries
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import parse_id
from core.kernel.scope import Scope
from core.web.answers import redirect
from core.web.forms import Form, parse_form

__all__ = ["Myself"]


class NewPassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    present: Annotated[str, Meta(max_length=128)]
    password: Annotated[str, Meta(max_length=128)]
    again: Annotated[str, Meta(max_length=128)]


class KeysChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    has_keys: bool = False


class Myself(Doorstep):
    def handlers(self) -> list[HTTPRouteHandler]:
        return [
            get("/me", include_in_schema=False)(self.look),
            post("/me/password", status_code=200, include_in_schema=False)(self.set_password),
            post("/me/keys", status_code=200, include_in_schema=False)(self.choose_keys),
            get("/help/keys", include_in_schema=False)(self.list_keys),
            post("/me/sessions", status_code=200, include_in_schema=False)(self.end_others),
            post("/me/sessions/{session:str}", status_code=200, include_in_schema=False)(self.end_one),
        ]

    async def look(self, request: Request[Any, Any, Any]) -> Response[Any]:
        return await self._page(request, await signed_in(self.database, request), Form.empty())

    async def set_password(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The present one is asked for; every other session ends."""
        caller = await self.sender(request)
        form = parse_form(NewPassword, await typed_in(request))
        if form.is_valid and form.value.password != form.value.again:
            form.refuse("again", _("The two are not the same."))
        status, retry_after = 400, 0
        try:
            if await self._changed(request, caller, form.value):
                return redirect("/me", _("The new password is set. Every other session has ended."))
            form.refuse("present", _("This is not the present password."))
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
        except TooManyTries as error:
            status, retry_after = error.status, error.retry_after
            form.refuse("present", error.what)
        answer = await self._page(request, caller, form, status)
        if retry_after:
            answer.headers["Retry-After"] = str(retry_after)
        return answer

    async def _changed(self, request: Request[Any, Any, Any], caller: Caller, wanted: NewPassword) -> bool:
        async with self.database.transaction(Scope.nobody(), is_read_only=True) as tx:
            account = await account_by_id(tx, caller.account_id)
        return await change_password(
            self.database,
            account,
            wanted.present,
            wanted.password,
            session=session_of(request),
            address=address_of(request),
        )

    async def choose_keys(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Whether single keys do anything on her pages (WCAG 2.1.4)."""
        caller = await self.sender(request)
        wanted = parse_form(KeysChoice, await typed_in(request)).value.has_keys
        async with self.database.transaction(Scope.nobody()) as tx:
            await set_keys(tx, caller.account_id, is_on=wanted)
        return redirect("/me", _("Single keys are on.") if wanted else _("Single keys are off."))

    async def list_keys(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list that ? opens, for who has no script."""
        return self.show(request, "web/help_keys.html", await signed_in(self.database, request))

    async def end_others(self, request: Request[Any, Any, Any]) -> Response[Any]:
        caller = await self.sender(request)
        async with self.database.transaction(Scope.nobody()) as tx:
            await sessions.end_all(tx, caller.account_id, but=session_of(request))
        return redirect("/me", _("Every other session has ended."))

    async def end_one(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """One of her own; another's is not there."""
        caller = await self.sender(request)
        ended = parse_id(str(request.path_params["session"]))
        async with self.database.transaction(Scope.nobody()) as tx:
            await sessions.end_one(tx, caller.account_id, ended)
        return redirect("/me", _("The session has ended."))

    async def _page(
        self, request: Request[Any, Any, Any], caller: Caller, form: Form[Any], status: int = 200
    ) -> Response[Any]:
        async with self.database.transaction(Scope.person_of(caller.account_id), is_read_only=True) as tx:
            account = await account_by_id(tx, caller.account_id)
            places = await workplaces.places_of(tx, caller.account_id)
            own = await sessions.list_sessions(tx, caller.account_id, session_of(request))
            tries = await sign_ins(tx, caller.account_id)
        values = {"account": account, "places": places, "roles": ROLES, "sessions": own, "tries": tries}
        return self.show(request, "web/me.html", caller, status, form=form, **values)
