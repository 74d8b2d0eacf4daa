"""Who comes to the portal in a test: somebody with a browser, a program with a token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import httpx

from core.kernel.ids import new_id

__all__ = ["PASSWORD", "Program", "Visitor", "without_chance"]

PASSWORD = "copper lantern river maple"  # noqa: S105 -- of the tests, in a town that lives for seconds
TOKEN = re.compile(r'name="_csrf" value="(\w+)"')
CHANCE = re.compile(r' nonce="[\w-]+"| value="\w{128}"|words=[\w-]+| name="key" value="[\w-]+"')


def without_chance(page: str) -> str:
    """A page less what is new in every answer, its nonce, its masked token and keys of acts: to compare two of them."""
    return CHANCE.sub("", page)


class Visitor:
    """Somebody at the portal with a browser: keeps the cookies, says where requests come from, fills in tokens."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token = ""

    async def get(self, path: str, *, follow: bool = False, **headers: str) -> httpx.Response:
        answer = await self.client.get(path, headers=headers, follow_redirects=follow)
        self._remember(answer)
        return answer

    async def post(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] = {},
        *,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        follow: bool = False,
    ) -> httpx.Response:
        """As a form of the last page that was looked at."""
        origin = {"Origin": str(self.client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        data = {"_csrf": self.token, **fields}
        answer = await self.client.post(path, data=data, files=files, headers=origin, follow_redirects=follow)
        self._remember(answer)
        return answer

    async def sign_in(self, login: str) -> None:
        await self.get("/sign-in")
        answer = await self.post("/sign-in", {"login": login, "password": PASSWORD}, follow=True)
        assert answer.url.path != "/sign-in", f"{login} cannot sign in"
        await self.get("/", follow=True)

    def _remember(self, answer: httpx.Response) -> None:
        if found := TOKEN.search(answer.text if "html" in answer.headers.get("Content-Type", "") else ""):
            self.token = found[1]


class Program:
    """A program at the API, with its token."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client = client
        self.token = token

    async def get(self, path: str, **query: str | int) -> httpx.Response:
        return await self.client.get(path, params=query or None, headers=self._headers)

    async def send(
        self, method: str, path: str, body: object = None, *, key: str = "", content: bytes | None = None
    ) -> httpx.Response:
        """One act: `body` as JSON, or `content` as it is, under a new key or under `key`."""
        headers = {**self._headers, "Idempotency-Key": key or str(new_id())}
        return await self.client.request(method, path, headers=headers, json=body, content=content)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
