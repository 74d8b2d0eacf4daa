"""The language of somebody who is not signed in: her cookie, then her browser's wish, then Chinese."""

from __future__ import annotations

from typing import Any

from litestar import Request

from core.kernel.i18n import LANGUAGES

__all__ = ["LANGUAGE_COOKIE", "language_of"]

LANGUAGE_COOKIE = "language"


def language_of(request: Request[Any, Any, Any], default: str = "zh") -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for wish in request.headers.get("Accept-Language", "").split(","):
        language = wish.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return default
