"""The way in: sign in, choose where to work, language, sign out. The only pages without a gate."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from core.host.frame import frame
from core.host.gate import SESSION_COOKIES, Caller, identify, signed_in
from core.identity import accounts, sessions, workplaces
from core.identity.roles import ROLES
from core.identity.sign_in import sign_in
from core.kernel.db import Database
from core.kernel.errors import Forbidden, TooManyTries
from core.kernel.i18n import LANGUAGES
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.web.answers import html, redirect
from core.web.csrf import FIELD, check_origin, check_token
from core.web.forms import Form, parse_form
from core.web.language import LANGUAGE_COOKIE, language_of
from core.web.templates import Templates

__all__ = ["Entrance"]


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=128)]
    next: Annotated[str, Meta(max_length=500)] = ""


class Place(Struct, frozen=True):
    """Where somebody works; `roles` are message ids."""

    address: str
    title: str
    roles: tuple[str, ...]


class Entrance:
    """The handlers need the database, the templates and whether cookies are sent over TLS only."""

    def __init__(self, database: Database, templates: Templates, origin: str) -> None:
        self._database = database
        self._templates = templates
        self._origin = origin
        self._is_secure = origin.startswith("https://")

    def handlers(self) -> list[HTTPRouteHandler]:
        return [
            get("/", include_in_schema=False)(self.home),
            get("/sign-in", include_in_schema=False)(self.ask),
            post("/sign-in", status_code=200, include_in_schema=False)(self.enter),
            post("/sign-out", status_code=200, include_in_schema=False)(self.leave),
            post("/language", status_code=200, include_in_schema=False)(self.choose_language),
        ]

    async def home(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Where the caller works: at once where she has one place, else a list to choose from."""
        caller = await signed_in(self._database, request)
        places = await self._places(caller)
        if len(places) == 1:
            return redirect(places[0].address)
        text = self._templates.render(
            "web/places.html", caller.actor.language, places=places, **frame(request, caller, None, [])
        )
        return html(text)

    async def ask(self, request: Request[Any, Any, Any]) -> Response[Any]:
        if await identify(self._database, request) is not None:
            return redirect("/")
        typed = {"next": request.query_params.get("next", "")}
        return self._form(request, Form(typed, None, {}))

    async def enter(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Check the password; the answer is the same whatever was wrong."""
        check_origin(request, self._origin)
        typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        form = parse_form(SignIn, typed)
        if not form.is_valid:
            return self._form(request, form, 400)
        address = request.client.host if request.client else ""
        try:
            token = await sign_in(
                self._database, form.value.login, form.value.password, address, previous=_session(request)
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
        self._set_session(answer, token)
        return answer

    async def leave(self, request: Request[Any, Any, Any]) -> Response[Any]:
        caller = await self._checked(request)
        token = _session(request)
        if caller is not None and token:
            async with self._database.transaction(Scope.nobody()) as transaction:
                await sessions.end(transaction, token)
        answer = redirect("/sign-in")
        for name in SESSION_COOKIES:
            answer.delete_cookie(name, path="/")
        return answer

    async def choose_language(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Kept with the account of who is signed in, and in a cookie for the sign-in page."""
        check_origin(request, self._origin)
        data = await request.form()
        language = data.get("language", "zh")
        if language not in LANGUAGES:
            raise Forbidden
        caller = await identify(self._database, request)
        if caller is not None:
            check_token(caller.csrf, str(data.get(FIELD, "")))
            async with self._database.transaction(Scope.nobody()) as transaction:
                await accounts.set_language(transaction, caller.account_id, language)
        answer = redirect(_local(str(data.get("next", "/"))))
        answer.set_cookie(
            LANGUAGE_COOKIE,
            language,
            path="/",
            max_age=31536000,
            httponly=True,
            samesite="lax",
            secure=self._is_secure,
        )
        return answer

    async def _checked(self, request: Request[Any, Any, Any]) -> Caller | None:
        check_origin(request, self._origin)
        caller = await identify(self._database, request)
        if caller is not None:
            check_token(caller.csrf, str((await request.form()).get(FIELD, "")))
        return caller

    async def _places(self, caller: Caller) -> list[Place]:
        """One for each address, with all roles there."""
        async with self._database.transaction(Scope.person_of(caller.account_id)) as transaction:
            found = await workplaces.places_of(transaction, caller.account_id)
        language = caller.actor.language
        roles: dict[str, list[str]] = {}
        for place in found:
            roles.setdefault(place.address, []).append(ROLES[place.role].title)
        titles = {place.address: place.title(language) for place in found}
        return [Place(address, titles[address], tuple(there)) for address, there in roles.items()]

    def _form(self, request: Request[Any, Any, Any], form: Form[Any], status: int = 200) -> Response[Any]:
        text = self._templates.render(
            "web/sign_in.html", language_of(request), form=form, **frame(request, None, None, [])
        )
        return html(text, status)

    def _set_session(self, answer: Response[Any], token: str) -> None:
        # A __Host- cookie must be Secure; on loopback without TLS the browser would not take it.
        name = SESSION_COOKIES[0] if self._is_secure else SESSION_COOKIES[1]
        answer.set_cookie(name, token, path="/", httponly=True, secure=self._is_secure, samesite="lax")


def _session(request: Request[Any, Any, Any]) -> str | None:
    return next((request.cookies[name] for name in SESSION_COOKIES if name in request.cookies), None)


def _local(path: str) -> str:
    """A path of this site, whatever was asked for."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_local and "\\" not in path else "/"
