"""The language of an answer: her account's, else her cookie's, else her browser's wish, else Chinese."""

from __future__ import annotations

from typing import Any

from litestar import Request

from core.kernel.i18n import LANGUAGES

__all__ = ["LANGUAGE_COOKIE", "language_of", "speak"]

LANGUAGE_COOKIE = "language"
KNOWN = "townbridge.language"


def speak(request: Request[Any, Any, Any], language: str) -> None:
    """Answer this request in the language of the account that it came from, if it fails as well."""
    request.scope["state"][KNOWN] = language


def language_of(request: Request[Any, Any, Any], default: str = "zh", *, by_cookie: bool = True) -> str:
    """`by_cookie` is False where no cookie counts: in the API."""
    known = request.scope.get("state", {}).get(KNOWN, "")
    if known in LANGUAGES:
        return known
    chosen = request.cookies.get(LANGUAGE_COOKIE, "") if by_cookie else ""
    if chosen in LANGUAGES:
        return chosen
    for wish in request.headers.get("Accept-Language", "").split(","):
        language = wish.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return default
