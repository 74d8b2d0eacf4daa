"""Hands on a keyboard: what a page costs a clerk."""

from __future__ import annotations

from playwright.async_api import Page

from core.people.names import search_keys

__all__ = ["Hands"]

KEYS_A_SECOND = 5


class Hands:
    """Presses keys and counts them; a Chinese word is its pinyin and the key that takes it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.keys = 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._page.keyboard.press(key)
            self.keys += 1

    async def type(self, text: str) -> None:
        await self._page.keyboard.type(text)
        self.keys += len(text) if text.isascii() else len(search_keys(text).pinyin) + 1

    @property
    def seconds(self) -> float:
        return self.keys / KEYS_A_SECOND
