"""`Services`: start or join the servers of a home folder, watch them, leave; the last one out stops them."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import threading
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from core.kernel.embedded.account import choose_account
from core.kernel.embedded.checks import check_copy
from core.kernel.embedded.cluster import DATABASE
from core.kernel.embedded.copies import Tell, make_copy, put_copy
from core.kernel.embedded.keeper import Keeper
from core.kernel.embedded.locks import Users, gate
from core.kernel.embedded.logs import trim
from core.kernel.embedded.places import SHARED, Places, find_places, forget_places, make_home, make_places
from core.kernel.embedded.postgres import PORT, Postgres
from core.kernel.embedded.programs import find_programs, reachable_programs
from core.kernel.embedded.redis import Redis
from core.kernel.embedded.server import Server
from core.kernel.embedded.status import ServerStatus, Status
from core.kernel.errors import Conflict, Misconfigured, Unavailable
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import get_logger

__all__ = ["Services"]

KEEPER_PATIENCE = 5.0
"""Seconds that the watchdog waits at the gate: whoever holds it is probably doing the same."""

log = get_logger(__name__)


class Services:
    """The embedded servers of one home folder, shared with every process that uses the same home.

    Calls block: milliseconds to join running servers, about a second for the first start; in asynchronous
    code call them before the loop runs, or in a thread. `shared` is where root puts what the servers'
    account could not reach.
    """

    def __init__(
        self, home: Path, redis: bool = True, postgres: bool = True, *, shared: Path = SHARED
    ) -> None:
        self.home = home.resolve()
        self._wants_redis = redis
        self._wants_postgres = postgres
        self._shared = shared
        self._mutex = threading.RLock()
        self._process = os.getpid()
        self._users: Users | None = None
        self._places: Places | None = None
        self._keeper: Keeper | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_started(self) -> bool:
        """Whether this process uses the servers; a forked child does not, until it starts them itself."""
        return self._users is not None and self._process == os.getpid()

    def start(self) -> Self:
        """Join the servers, starting those that do not run; doing it twice changes nothing."""
        with self._mutex:
            if not self.is_started:
                make_home(self.home)
                try:
                    with gate(self.home):
                        self._join()
                except OSError as error:
                    raise _impossible(self.home, error) from None
                atexit.register(self.stop)
            return self

    def _join(self) -> None:
        users = Users(self.home)
        users.join()
        places = None
        try:
            places = make_places(self.home, self._shared)
            for server in self._wanted(places):
                server.ensure()
                trim(server.log)
        except BaseException:
            self._leave(users, places)
            raise
        self._users, self._places, self._process, self._keeper = users, places, os.getpid(), None

    def stop(self) -> None:
        """Leave the servers; the last user stops them cleanly. Runs by itself at exit, not after a signal."""
        with self._mutex:
            if not self.is_started:
                return
            if self._keeper:
                self._keeper.stop()
            atexit.unregister(self.stop)
            users, self._users = self._users, None
            if users:
                self._close_gate_behind(users)

    def _close_gate_behind(self, users: Users) -> None:
        try:
            with gate(self.home):
                self._leave(users, self._places)
        except FileNotFoundError:  # somebody removed the home: nobody else can come
            self._leave(users, self._places)

    def _leave(self, users: Users, places: Places | None) -> None:
        try:
            if places and users.is_last():
                for server in self._all(places):
                    server.stop()
        finally:
            users.leave()

    def keep(self) -> None:
        """From now on bring a server back that dies, with a thread that looks about once a second."""
        with self._mutex:
            self.start()
            if self._keeper is None:
                self._keeper = Keeper(self._look)
                self._keeper.start()

    def _look(self) -> None:
        keeper, places = self._keeper, self._places
        if keeper is None or places is None:
            return
        for server in self._wanted(places):
            trim(server.log)
            if server.seems_up():
                continue
            with gate(self.home, KEEPER_PATIENCE):
                if keeper.is_ending():
                    return
                places.make()
                server.ensure()
            log.warning("embedded.brought_back", server=server.name)

    def postgres_dsn(self, user: str, database: str = DATABASE) -> str:
        """The address of the Unix socket for `user` (no password), as asyncpg and libpq understand it."""
        sockets = quote(str(self._known().sockets))
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={sockets}&port={PORT}"

    @property
    def redis_url(self) -> str | None:
        """The address for redis-py and arq; None without Redis: not wanted, or no wheel for this machine."""
        if not self._has_redis:
            return None
        return f"unix://{Redis(self._known(), find_programs).socket}"

    @functools.cached_property
    def _has_redis(self) -> bool:
        return self._wants_redis and find_programs().redis is not None

    def status(self) -> Status:
        """What runs, without starting anything."""
        places = self._places or find_places(self.home)
        if places is None:
            account = choose_account(self.home, None)
            return Status(home=self.home, folder=None, account=account.name, servers=())
        return Status(
            home=self.home,
            folder=places.folder,
            account=places.account.name,
            servers=tuple(_status(server) for server in self._all(places)),
        )

    @property
    def has_database(self) -> bool:
        """Whether the home holds a database, running or not."""
        places = self._places or find_places(self.home)
        return places is not None and places.postgres.exists()

    def copy_database(self, target: Path, tell: Tell) -> None:
        """Copy the running database into the new folder `target`, and check the copy."""
        programs = find_programs().postgres
        make_copy(programs, self.postgres_dsn("backup"), target, tell)
        check_copy(target, programs, tell)

    def make_home(self) -> None:
        """Make the home folder, if it is not there."""
        make_home(self.home)

    def adopt(self, copy: Path) -> None:
        """Make a copy that was checked the database of this home, which has none and is not in use."""
        make_home(self.home)
        with gate(self.home):
            users = Users(self.home)
            try:
                if not users.is_last() or self.has_database:
                    raise Conflict(
                        _("%(home)s holds a database already."),
                        _("Move that folder aside, or name an empty one with --home."),
                        home=str(self.home),
                    )
                places = make_places(self.home, self._shared)
                put_copy(copy, places, reachable_programs(places.account, self._shared).postgres)
            finally:
                users.leave()

    def discard(self) -> None:
        """Leave, and remove the servers' data wherever they lie (not the home itself); for tests."""
        self.stop()
        with gate(self.home):
            users, places = Users(self.home), find_places(self.home)
            try:
                if not users.is_last():
                    raise Conflict(
                        _("The embedded database is still in use by another process."),
                        _("Stop `townbridge serve` and `townbridge worker` first."),
                    )
                if places:
                    self._remove(places)
            finally:
                users.leave()

    def _remove(self, places: Places) -> None:
        for server in self._all(places):
            server.stop()
        for folder in (places.sockets, places.folder):
            shutil.rmtree(folder, ignore_errors=True)
        forget_places(self.home)

    def _known(self) -> Places:
        places = self._places or find_places(self.home)
        if places is None:
            raise Unavailable(
                _("The embedded database has not been started in %(home)s."),
                _("Run `townbridge migrate` with this home folder first."),
                home=str(self.home),
            )
        return places

    def _wanted(self, places: Places) -> list[Server]:
        postgres, redis = self._all(places)
        return [*([postgres] if self._wants_postgres else []), *([redis] if self._has_redis else [])]

    def _all(self, places: Places) -> tuple[Server, Server]:
        programs = functools.cache(lambda: reachable_programs(places.account, self._shared))
        return Postgres(places, programs), Redis(places, programs)


def _impossible(home: Path, error: OSError) -> Misconfigured:
    return Misconfigured(
        _("The embedded services cannot be started in %(home)s: %(error)s (%(file)s)."),
        _("Run Townbridge as the account that owns its home folder, or as root, and with space on the disk."),
        home=str(home),
        error=error.strerror or str(error),
        file=str(error.filename or "-"),
    )


def _status(server: Server) -> ServerStatus:
    pid = server.pid()
    return ServerStatus(
        name=server.name,
        running=pid is not None or server.seems_up(),
        pid=pid,
        socket=server.socket,
        data=server.data,
        log=server.log,
    )
