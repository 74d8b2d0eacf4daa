"""Errors as answers: a page in the reader's language, or problem details for the API; never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException
from msgspec import Struct

from core.kernel.errors import (
    BadInput,
    Forbidden,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyTries,
    TownbridgeError,
    Unavailable,
    WrongMethod,
)
from core.kernel.i18n import translator
from core.kernel.ids import new_id
from core.kernel.log import get_logger
from core.web.acting import acting_in
from core.web.answers import html, redirect
from core.web.headers import loggable
from core.web.language import language_of
from core.web.nonce import nonce_of
from core.web.templates import Templates
from core.web.theme import theme_of

__all__ = ["API_PREFIX", "Problem", "fault_handler"]

API_PREFIX = "/api/"

log = get_logger(__name__)

KNOWN: Mapping[int, Callable[[], TownbridgeError]] = {
    400: BadInput,
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    413: TooLarge,
    503: Unavailable,
}


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The one shape of every error of the API (RFC 9457), `application/problem+json`."""

    type: str
    """`urn:townbridge:problem:` and the code of the error."""
    title: str
    """What happened, in the caller's language."""
    status: int
    detail: str = ""
    """What to do."""
    fields: dict[str, str] = {}
    """What is wrong with which field."""
    instance: str = ""
    """The number under which a fault of ours stands in the log."""


def fault_handler(templates: Templates) -> Callable[[Request[Any, Any, Any], Exception], Response[Any]]:
    """The one exception handler of the application."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        try:
            return answer(request, error)
        except Exception as second:  # the page of the error failed as well
            return _last_resort(second)

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        known = _known(error)
        _note_refusal(request, known)
        number = ""
        if known.status >= 500:
            number = str(new_id())
            log.error("request_failed", number=number, path=loggable(request.url.path), error=_kind(error))
        if request.url.path.startswith(API_PREFIX):
            return _problem(request, known, number)
        if isinstance(known, NotSignedIn) and request.method == "GET":
            return redirect(f"/sign-in?next={quote(request.url.path)}")
        return _page(request, templates, known, number)

    return handle


def _note_refusal(request: Request[Any, Any, Any], error: TownbridgeError) -> None:
    """Who asked for what she may not; that somebody comes without a session to a page is no refusal."""
    is_at_the_door = request.method == "GET" and not request.url.path.startswith(API_PREFIX)
    if isinstance(error, Forbidden) or (isinstance(error, NotSignedIn) and not is_at_the_door):
        log.warning(
            "request_refused",
            status=error.status,
            method=request.method,
            path=loggable(request.url.path),
            account=acting_in(request),
        )


def _last_resort(error: Exception) -> Response[Any]:
    """Nothing but the number: no template, no language, nothing that could fail again."""
    number = str(new_id())
    log.error("error_page_failed", number=number, error=_kind(error))
    headers = {"Cache-Control": "no-store"}
    return Response(f"500 {number}\n", status_code=500, media_type="text/plain", headers=headers)


def _known(error: Exception) -> TownbridgeError:
    if isinstance(error, TownbridgeError):
        return error
    if isinstance(error, RecursionError):
        return BadInput()
    if isinstance(error, MethodNotAllowedException):
        return WrongMethod((error.headers or {}).get("allow", ""))
    if isinstance(error, HTTPException):
        return KNOWN.get(error.status_code, TownbridgeError)()
    return TownbridgeError()


def _kind(error: Exception) -> str:
    cause = error.__cause__ or error
    place = cause.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {place.tb_frame.f_code.co_qualname}:{place.tb_lineno}" if place else ""
    return f"{type(cause).__name__}{where}"


def _page(
    request: Request[Any, Any, Any], templates: Templates, error: TownbridgeError, number: str
) -> Response[Any]:
    looks = {"nonce": nonce_of(request), "theme": theme_of(request)}
    text = templates.render("web/error.html", language_of(request), error=error, number=number, **looks)
    answer = html(text, error.status)
    _add_headers(answer, error)
    return answer


def _problem(request: Request[Any, Any, Any], error: TownbridgeError, number: str) -> Response[Any]:
    translate = translator(language_of(request, default="en", by_cookie=False))
    fields = error.fields if isinstance(error, BadInput) else {}
    problem = Problem(
        type=f"urn:townbridge:problem:{error.code}",
        title=error.told(translate),
        detail=error.advice(translate),
        status=error.status,
        fields={name: translate(message) for name, message in fields.items()},
        instance=f"urn:uuid:{number}" if number else "",
    )
    answer: Response[Any] = Response(
        msgspec.json.encode(problem), status_code=error.status, media_type="application/problem+json"
    )
    _add_headers(answer, error)
    return answer


def _add_headers(answer: Response[Any], error: TownbridgeError) -> None:
    answer.headers["Cache-Control"] = "no-store"
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.retry_after)
    elif error.status == 503:
        answer.headers["Retry-After"] = "5"
    if isinstance(error, WrongMethod) and error.allowed:
        answer.headers["Allow"] = error.allowed
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
