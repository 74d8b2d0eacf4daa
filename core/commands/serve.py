"""`townbridge serve`."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import signal
import sys
from collections.abc import AsyncIterator

import click
import msgspec
import uvicorn

from core.asgi import Application
from core.commands.running import run, settings_of
from core.kernel.embedded import Services
from core.kernel.errors import Misconfigured, Unavailable
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import get_logger
from core.kernel.settings import Settings

__all__ = ["WORKER_GRACE", "command", "serve"]

log = get_logger(__name__)

WORKER_GRACE = 25.0
"""Seconds for a worker to end by itself: a little more than it gives its own jobs."""


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), help="The port; TOWNBRIDGE_PORT, else 8000.")
@click.option("--no-worker", is_flag=True, help="The web process alone; run `townbridge worker` elsewhere.")
@click.pass_context
def command(ctx: click.Context, port: int | None, no_worker: bool) -> None:
    """Serve the portal; a worker runs beside it as a process of its own and is started again if it dies."""
    settings = settings_of(ctx)
    run(serve(settings, port or settings.port, has_worker=not no_worker))


async def serve(settings: Settings, port: int, has_worker: bool) -> None:
    """Serve until SIGINT or SIGTERM."""
    _check_address(settings)
    application = Application(msgspec.structs.replace(settings, port=port))
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            host=settings.host,
            port=port,
            loop="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.forwarded_allow_ips,
            timeout_graceful_shutdown=10,
        )
    )
    # uvicorn sends itself the SIGTERM that it has obeyed once more; unheard, it would end us before the worker.
    signal.signal(signal.SIGTERM, lambda *_: None)
    async with _worker(settings) if has_worker else contextlib.nullcontext():
        try:
            await server.serve()
        except SystemExit:
            # uvicorn has said why on its log; the usual reason is that the port is taken.
            raise application.failure or Unavailable(
                _("The server cannot listen on port %(port)s."),
                _("Stop what uses the port, or choose another one with --port."),
                port=port,
            ) from None
    if application.failure is not None:
        raise application.failure


def _check_address(settings: Settings) -> None:
    if settings.has_secure_cookies or settings.insecure_http or settings.host == "localhost":
        return
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(settings.host).is_loopback:
            return
    raise Misconfigured(
        _("Without TLS the portal may be served on this machine only."),
        _(
            "Set TOWNBRIDGE_ORIGIN to the https address of your proxy, or TOWNBRIDGE_INSECURE_HTTP=1 to try it out."
        ),
    )


@contextlib.asynccontextmanager
async def _worker(settings: Settings) -> AsyncIterator[None]:
    keeper = asyncio.create_task(_keep_worker(settings))
    try:
        yield
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper


async def _keep_worker(settings: Settings) -> None:
    """Start the worker again whenever it ends, a little later each time it fails at once."""
    pause = 0.5
    while True:
        started = asyncio.get_running_loop().time()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "core.cli",
            "--home",
            str(settings.home),
            "worker",
            "--beside",
            str(os.getpid()),
            stdin=asyncio.subprocess.DEVNULL,
        )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            await _ended(process, settings)
            raise
        log.warning("worker_ended", status=status)
        pause = 0.5 if asyncio.get_running_loop().time() - started > 30 else min(pause * 2, 15)
        await asyncio.sleep(pause)


async def _ended(process: asyncio.subprocess.Process, settings: Settings) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), WORKER_GRACE)
    except TimeoutError:
        process.kill()
        await process.wait()
        if settings.is_embedded:
            # Killed, it could not leave the embedded servers: join them once more, and be the last to leave.
            await asyncio.to_thread(Services(settings.home).start().stop)
