"""Static files: their address carries their hash, so a browser may keep them for ever; packed once, then kept."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from litestar import Request, Response, get
from litestar.params import FromPath

from core.kernel.errors import NotFound

__all__ = ["FOLDER", "PACKED", "address", "serve_asset"]

FOLDER = Path(__file__).parent / "static"
CODINGS = ("br", "gzip")
PACKED = "is_packed"
"""Marks a route whose answers are packed already, or would not grow smaller."""


@lru_cache(maxsize=256)
def address(name: str) -> str:
    """The address of `core/web/static/<name>`; raises FileNotFoundError for a file that is not there."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:16]
    return f"/static/{digest}/{name}"


@lru_cache(maxsize=256)
def _content(name: str) -> bytes:
    file = (FOLDER / name).resolve()
    if not file.is_relative_to(FOLDER.resolve()) or not file.is_file():
        raise NotFound
    return file.read_bytes()


@lru_cache(maxsize=256)
def _packed(name: str, coding: str) -> bytes:
    """Brotli's quality 9: its best takes a second for the charts, and saves a twelfth."""
    content = _content(name)
    if coding == "br":
        return brotli.compress(content, quality=9)
    return gzip.compress(content, mtime=0) if coding == "gzip" else content


@get("/static/{digest:str}/{name:path}", include_in_schema=False, opt={PACKED: True})
async def serve_asset(
    request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[Path]
) -> Response[Any]:
    relative = str(name).lstrip("/")
    _content(relative)
    if address(relative).split("/")[2] != digest:
        raise NotFound
    wished = request.headers.get("Accept-Encoding", "")
    coding = next((each for each in CODINGS if each in wished), "")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if coding:
        headers["Content-Encoding"] = coding
    kind = mimetypes.guess_type(relative)[0] or "application/octet-stream"
    return Response(_packed(relative, coding), media_type=kind, headers=headers)
