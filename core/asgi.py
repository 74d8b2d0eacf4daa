"""The web process for any ASGI server: `uvicorn --factory core.asgi:application`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from typing import Any, cast

from litestar import Litestar

from core.app import create_app, open_platform
from core.kernel.errors import TownbridgeError
from core.kernel.i18n import gettext_noop
from core.kernel.log import configure_logging
from core.kernel.settings import Settings, load_settings

__all__ = ["Application", "application"]

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


def application() -> Application:
    """The application with the settings of the environment."""
    settings = load_settings()
    configure_logging(settings.log_level)
    return Application(settings)


class Application:
    """Opens the platform when the server starts and closes it when it stops; executes no job."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._app: Litestar | None = None
        self.failure: TownbridgeError | None = None
        """Why it did not start."""

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await cast(Any, self._app)(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            platform = await self._stack.enter_async_context(open_platform(self._settings))
            self._app = create_app(platform)
        except TownbridgeError as error:
            self.failure = error
            await send({"type": "lifespan.startup.failed", "message": error.sentence(gettext_noop)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})
