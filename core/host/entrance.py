"""The way in: sign in, choose where to work, language, sign out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from core.host.doorstep import Doorstep, address_of, typed_in
from core.host.gate import Caller, identify, session_cookie, session_of, signed_in
from core.identity import accounts, sessions, workplaces
from core.identity.roles import ROLES
from core.identity.sign_in import sign_in
from core.kernel.errors import Forbidden, TooManyTries
from core.kernel.i18n import LANGUAGES
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import get_logger
from core.kernel.scope import Scope
from core.web.answers import redirect
from core.web.csrf import check_origin
from core.web.forms import Form, parse_form
from core.web.language import LANGUAGE_COOKIE
from core.web.theme import THEME_COOKIE, THEMES

__all__ = ["Entrance"]


log = get_logger(__name__)


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=128)]
    next: Annotated[str, Meta(max_length=500)] = ""


class Place(Struct, frozen=True):
    """Where somebody works; `roles` are message ids."""

    address: str
    title: str
    roles: tuple[str, ...]


class Entrance(Doorstep):
    """Sign in, choose a place, choose a language, sign out."""

    def handlers(self) -> list[HTTPRouteHandler]:
        return [
            get("/", include_in_schema=False)(self.home),
            get("/sign-in", include_in_schema=False)(self.ask),
            post("/sign-in", status_code=200, include_in_schema=False)(self.enter),
            post("/sign-out", status_code=200, include_in_schema=False)(self.leave),
            post("/language", status_code=200, include_in_schema=False)(self.choose_language),
            post("/appearance", status_code=200, include_in_schema=False)(self.choose_theme),
        ]

    async def home(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Where the caller works: at once where she has one place, else a list to choose from."""
        caller = await signed_in(self.database, request)
        places = await self._places(caller)
        if len(places) == 1:
            return redirect(places[0].address)
        return self.show(request, "web/places.html", caller, places=places)

    async def ask(self, request: Request[Any, Any, Any]) -> Response[Any]:
        if await identify(self.database, request) is not None:
            return redirect("/")
        typed = {"next": request.query_params.get("next", "")}
        return self._form(request, Form(typed, None, {}))

    async def enter(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Check the password; the answer is the same whatever was wrong."""
        check_origin(request, self.origin)
        form = parse_form(SignIn, await typed_in(request))
        if not form.is_valid:
            return self._form(request, form, 400)
        login, password = form.value.login, form.value.password
        try:
            token = await sign_in(
                self.database, login, password, address_of(request), previous=session_of(request)
            )
        except TooManyTries as error:
            form.refuse("password", error.what)
            answer = self._form(request, form, error.status)
            answer.headers["Retry-After"] = str(error.retry_after)
            return answer
        if token is None:
            form.refuse("password", _("The user name or the password is not right."))
            return self._form(request, form, 401)
        answer = redirect(_local(form.value.next))
        self.set_session(answer, token)
        return answer

    async def leave(self, request: Request[Any, Any, Any]) -> Response[Any]:
        caller = await self.checked(request)
        token = session_of(request)
        if caller is not None and token:
            async with self.database.transaction(Scope.nobody()) as transaction:
                await sessions.end(transaction, token)
            log.info("sign_out", account=str(caller.account_id))
        answer = redirect("/sign-in")
        answer.delete_cookie(session_cookie(self.is_secure), path="/")
        return answer

    async def choose_language(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Kept with the account of who is signed in, and in a cookie for the sign-in page."""
        caller = await self.checked(request)
        data = await request.form()
        language = data.get("language", "zh")
        if language not in LANGUAGES:
            raise Forbidden
        if caller is not None:
            async with self.database.transaction(Scope.nobody()) as transaction:
                await accounts.set_language(transaction, caller.account_id, language)
        return self._remembered(data, LANGUAGE_COOKIE, language)

    async def choose_theme(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Light, dark or as the computer is, kept with the browser."""
        await self.checked(request)
        data = await request.form()
        theme = str(data.get("theme", ""))
        if theme not in THEMES:
            raise Forbidden
        return self._remembered(data, THEME_COOKIE, theme)

    def _remembered(self, data: Mapping[str, Any], cookie: str, value: str) -> Response[Any]:
        """Back to the page where it was chosen, and kept for a year."""
        answer = redirect(_local(str(data.get("next", "/"))))
        answer.set_cookie(
            cookie,
            value,
            path="/",
            max_age=31536000,
            httponly=True,
            samesite="lax",
            secure=self.is_secure,
        )
        return answer

    async def _places(self, caller: Caller) -> list[Place]:
        """One for each address, with all roles there."""
        async with self.database.transaction(Scope.person_of(caller.account_id)) as transaction:
            found = await workplaces.places_of(transaction, caller.account_id)
        language = caller.actor.language
        roles: dict[str, list[str]] = {}
        for place in found:
            roles.setdefault(place.address, []).append(ROLES[place.role].title)
        titles = {place.address: place.title(language) for place in found}
        return [Place(address, titles[address], tuple(there)) for address, there in roles.items()]

    def _form(self, request: Request[Any, Any, Any], form: Form[Any], status: int = 200) -> Response[Any]:
        return self.show(request, "web/sign_in.html", status=status, form=form)


def _local(path: str) -> str:
    """A path of this site, whatever was asked for."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_local and "\\" not in path else "/"
