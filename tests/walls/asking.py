"""Requests straight into the application, without a browser's jar: who asks, how, and what came back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode

from litestar import Litestar
from msgspec import Struct

from core.identity.sessions import csrf_token
from core.testing import without_chance
from core.web.csrf import HEADER

__all__ = ["Answer", "Asker", "Request", "ask"]

BOUNDARY = "of-the-walls"
NONCE = re.compile(r"nonce-[\w-]+")


class Asker(Struct, frozen=True, kw_only=True):
    """Somebody with a session and a token; `place` is where she works: a slug, a town's code, or nothing."""

    name: str
    role: str = ""
    place: str = ""
    session: str = ""
    token: str = ""

    @property
    def is_anonymous(self) -> bool:
        return not self.session

    def __str__(self) -> str:
        return f"{self.name}@{self.place}" if self.place else self.name


class Request(Struct, frozen=True, kw_only=True):
    """One request; `way` is how the asker proves who she is."""

    method: str
    path: str
    way: str = "session"
    query: Mapping[str, str] = {}
    form: Mapping[str, str] | None = None
    body: bytes | None = None
    upload: tuple[str, bytes] | None = None
    key: str = ""

    def __str__(self) -> str:
        asked = f"?{urlencode(self.query)}" if self.query else ""
        return f"{self.method} {self.path}{asked}"


class Answer(Struct, frozen=True, kw_only=True):
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def is_done(self) -> bool:
        """It was let in and did what was asked."""
        return self.status in (200, 201, 204, 303) and not self.is_at_the_door

    @property
    def is_at_the_door(self) -> bool:
        """She is asked to sign in first."""
        return self.status == 401 or (self.status == 303 and self.location.startswith("/sign-in"))

    @property
    def location(self) -> str:
        return dict(self.headers).get("location", "")

    def text(self) -> str:
        """All words of it, of a workbook too."""
        if not self.body.startswith(b"PK"):
            return self.body.decode("utf-8", "replace")
        with zipfile.ZipFile(io.BytesIO(self.body)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())

    def without(self, *words: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        """Everything of it, apart from what the request itself said and what chance put there."""
        body = without_chance(self.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        headers = tuple((name, NONCE.sub("", value)) for name, value in self.headers)
        for word in filter(None, words):
            body = body.replace(word.encode(), b"...").replace(quote(word).encode(), b"...")
            headers = tuple((name, value.replace(word, "...")) for name, value in headers)
        length = str(len(body))
        told = tuple((name, length if name == "content-length" else value) for name, value in headers)
        return self.status, told, body


async def ask(app: Litestar, asker: Asker, request: Request) -> Answer:
    """Send it as a browser on the portal's own page, or as a program with a token."""
    headers, body = _sent(asker, request)
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": quote(request.path).encode(),
        "query_string": urlencode(request.query).encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 40000),
        "server": ("testserver", 80),
    }
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await cast(Any, app)(scope, receive, send)
    return Answer(
        status=sent[0]["status"],
        headers=tuple(sorted((name.decode(), value.decode()) for name, value in sent[0]["headers"])),
        body=b"".join(message.get("body", b"") for message in sent[1:]),
    )


def _sent(asker: Asker, request: Request) -> tuple[dict[str, str], bytes]:
    headers = {"Host": "testserver", "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    if request.way == "session" and asker.session:
        headers["Cookie"] = f"session={asker.session}"
        headers[HEADER] = csrf_token(asker.session)
    if request.way == "token" and asker.token:
        headers["Authorization"] = f"Bearer {asker.token}"
    if request.key:
        headers["Idempotency-Key"] = request.key
    body = request.body or b""
    if request.upload is not None:
        name, content = request.upload
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="upload"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    elif request.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(request.form).encode()
    elif request.body is not None:
        headers["Content-Type"] = "application/json"
    headers["Content-Length"] = str(len(body))
    return headers, body
