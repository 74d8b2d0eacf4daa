"""What the pages without a gate share: the way in, one-time links, one's own account."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from core.host.frame import frame
from core.host.gate import Caller, identify, session_cookie, signed_in
from core.kernel.db import Database
from core.web.answers import html
from core.web.csrf import FIELD, check_origin, check_token
from core.web.language import language_of
from core.web.templates import Templates

__all__ = ["Doorstep", "address_of", "typed_in"]


class Doorstep(ABC):
    """The handlers need the database, the templates and whether cookies are sent over TLS only."""

    def __init__(self, database: Database, templates: Templates, origin: str) -> None:
        self.database = database
        self.templates = templates
        self.origin = origin
        self.is_secure = origin.startswith("https://")

    @abstractmethod
    def handlers(self) -> list[HTTPRouteHandler]:
        """The routes; none of them is behind the gate."""

    async def checked(self, request: Request[Any, Any, Any]) -> Caller | None:
        """Who sends this form, if anybody: from a page of this site, with the token of her session."""
        check_origin(request, self.origin)
        caller = await identify(self.database, request)
        if caller is not None:
            check_token(caller.csrf, str((await request.form()).get(FIELD, "")))
        return caller

    async def sender(self, request: Request[Any, Any, Any]) -> Caller:
        """The same where somebody must be signed in; raises `NotSignedIn`."""
        check_origin(request, self.origin)
        caller = await signed_in(self.database, request)
        check_token(caller.csrf, str((await request.form()).get(FIELD, "")))
        return caller

    def show(
        self,
        request: Request[Any, Any, Any],
        template: str,
        caller: Caller | None = None,
        status: int = 200,
        **values: Any,
    ) -> Response[Any]:
        language = caller.actor.language if caller else language_of(request)
        text = self.templates.render(template, language, **values, **frame(request, caller, None, []))
        return html(text, status)

    def set_session(self, answer: Response[Any], token: str) -> None:
        name = session_cookie(self.is_secure)
        answer.set_cookie(name, token, path="/", httponly=True, secure=self.is_secure, samesite="lax")


def address_of(request: Request[Any, Any, Any]) -> str:
    """The client's address, as far as the server believes it."""
    return request.client.host if request.client else ""


async def typed_in(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields of a form, files left out."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
