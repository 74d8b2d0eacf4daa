"""Static files: their address carries their hash, so a browser may keep them for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from core.kernel.errors import NotFound

__all__ = ["FOLDER", "address", "serve_asset"]

FOLDER = Path(__file__).parent / "static"


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


@get("/static/{digest:str}/{name:path}", include_in_schema=False)
async def serve_asset(digest: FromPath[str], name: FromPath[Path]) -> Response[Any]:
    relative = str(name).lstrip("/")
    content = _content(relative)
    if address(relative).split("/")[2] != digest:
        raise NotFound
    kind = mimetypes.guess_type(relative)[0] or "application/octet-stream"
    return Response(
        content, media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )
