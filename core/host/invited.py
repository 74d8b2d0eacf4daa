"""One-time links: whoever has one chooses her password and is signed in. Looking at it changes nothing."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from core.host.doorstep import Doorstep, address_of, typed_in
from core.host.gate import session_of
from core.identity.invitations import Guest, guest_of, redeem
from core.kernel.errors import BadInput, TooManyTries
from core.kernel.i18n import gettext_noop as _
from core.web.answers import redirect
from core.web.csrf import check_origin
from core.web.forms import Form, parse_form

__all__ = ["Invited"]

GONE = 404


class Code(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(max_length=100)]


class Password(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    password: Annotated[str, Meta(max_length=128)]
    again: Annotated[str, Meta(max_length=128)]


class Invited(Doorstep):
    """`/invitation` takes the code from the sheet, `/invitation/<code>` is the link itself."""

    def handlers(self) -> list[HTTPRouteHandler]:
        return [
            get("/invitation", include_in_schema=False)(self.ask_code),
            post("/invitation", status_code=200, include_in_schema=False)(self.take_code),
            get("/invitation/{code:str}", include_in_schema=False)(self.ask_password),
            post("/invitation/{code:str}", status_code=200, include_in_schema=False)(self.set_password),
        ]

    async def ask_code(self, request: Request[Any, Any, Any]) -> Response[Any]:
        return self.show(request, "web/invitation_code.html", form=Form.empty())

    async def take_code(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """From paper to the link; whether the code is good is told there."""
        check_origin(request, self.origin)
        form = parse_form(Code, await typed_in(request))
        code = "".join(letter for letter in form.value.code if letter.isalnum()) if form.is_valid else ""
        if not code:
            return self.show(request, "web/invitation_code.html", status=400, form=form)
        return redirect(f"/invitation/{code.upper()}" if code.isascii() else "/invitation/0")

    async def ask_password(self, request: Request[Any, Any, Any]) -> Response[Any]:
        code = str(request.path_params["code"])
        guest = await guest_of(self.database, code)
        if guest is None:
            return self._gone(request)
        return self._form(request, guest, code, Form.empty())

    async def set_password(self, request: Request[Any, Any, Any]) -> Response[Any]:
        code = str(request.path_params["code"])
        check_origin(request, self.origin)
        form = parse_form(Password, await typed_in(request))
        if form.is_valid and form.value.password != form.value.again:
            form.refuse("again", _("The two are not the same."))
        try:
            password, address = form.value.password, address_of(request)
            token = await redeem(self.database, code, password, address, previous=session_of(request))
        except BadInput as error:
            guest = await guest_of(self.database, code)
            for field, message in error.fields.items():
                form.refuse(field, message)
            return self._form(request, guest, code, form, 400) if guest else self._gone(request)
        except TooManyTries as error:
            answer = self._gone(request, error.status)
            answer.headers["Retry-After"] = str(error.retry_after)
            return answer
        if token is None:
            return self._gone(request)
        answer = redirect("/", _("Your password is set and you are signed in."))
        self.set_session(answer, token)
        return answer

    def _form(
        self, request: Request[Any, Any, Any], guest: Guest, code: str, form: Form[Any], status: int = 200
    ) -> Response[Any]:
        return self.show(request, "web/invitation.html", status=status, guest=guest, code=code, form=form)

    def _gone(self, request: Request[Any, Any, Any], status: int = GONE) -> Response[Any]:
        """One page for a link that is used, that has ended, and that never was."""
        return self.show(request, "web/invitation_gone.html", status=status)
