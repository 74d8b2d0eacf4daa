"""Answers of pages: a rendered page, a redirect, a file to download."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream

__all__ = ["SAID_COOKIE", "download", "html", "redirect"]

SAID_COOKIE = "said"
_PLAIN = "/?#[]@!$&'()*+,;=:%"


def html(text: str, status: int = 200) -> Response[Any]:
    """A page or, for htmx, a piece of one; never stored by anybody, since most pages are about people."""
    return Response(
        text.encode(),
        status_code=status,
        media_type="text/html; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def redirect(path: str, said: str = "", **params: str | int) -> Response[Any]:
    """Go on to `path` of this site; `said` is a message id that the next page shows once."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError("Redirects stay on this site.")
    # A header holds ASCII alone; what is encoded already stays as it is.
    headers = {"Location": quote(path, safe=_PLAIN), "Cache-Control": "no-store"}
    answer: Response[Any] = Response(b"", status_code=303, headers=headers)
    if said:
        note = quote(json.dumps({"said": said, "params": params}))
        answer.set_cookie(SAID_COOKIE, note, path="/", httponly=True, samesite="strict", max_age=60)
    return answer


def download(name: str, media_type: str, content: AsyncIterator[bytes] | bytes) -> Response[Any]:
    """A file: always an attachment, under a name that may be Chinese."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    if isinstance(content, bytes):
        return Response(content, media_type=media_type, headers=headers)
    return Stream(content, media_type=media_type, headers=headers)
