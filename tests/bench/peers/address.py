"""The address of the database as Django wants it, from the one that libpq and asyncpg understand."""

from __future__ import annotations

import os
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["ADDRESS", "parts"]

ADDRESS = os.environ.get("TOWNBRIDGE_BENCH_ADDRESS", "")


def parts(address: str) -> dict[str, str]:
    found = urlsplit(address)
    query = parse_qs(found.query)
    return {
        "HOST": query["host"][0],
        "PORT": query["port"][0],
        "USER": unquote(found.username or ""),
        "NAME": unquote(found.path.lstrip("/")),
    }
