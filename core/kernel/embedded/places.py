"""Where the servers keep their things: in the home folder whenever their account can get there."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from pathlib import Path

from msgspec import Struct

from core.kernel.embedded.account import Account, can_enter, choose_account, own_folder
from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _

__all__ = ["SHARED", "Places", "digest", "find_places", "forget_places", "make_home", "make_places"]

SHARED = Path("/var/lib/townbridge")
"""For root alone: what an unprivileged account could not reach in the home or in the virtual environment."""

NOTE = "services.where"
OWNER = "home"
SHORT = Path("/tmp")  # noqa: S108 - every process must find the same folder, whatever its TMPDIR; ownership is checked
LONGEST = 100
"""Bytes of a socket's path: the systems allow 103 (macOS) to 107 (Linux)."""
PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
"""What a socket's path may hold, so that no URL, server option or configuration line needs quoting."""


class Places(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    home: Path
    folder: Path
    sockets: Path
    account: Account

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def redis(self) -> Path:
        return self.folder / "redis"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    def make(self) -> None:
        """Make what is missing, and check that nobody else owns it."""
        for folder in (self.folder, self.sockets, self.redis, self.logs):
            own_folder(folder, self.account)


def digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def make_home(home: Path) -> None:
    """Make the home folder: private, but for root passable, as the servers' account must reach its part."""
    try:
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            _("The home folder %(folder)s cannot be made: %(error)s."),
            _("Choose another one with --home or TOWNBRIDGE_HOME."),
            folder=str(home),
            error=error.strerror or "",
        ) from None


def find_places(home: Path) -> Places | None:
    """The places of a home that has been started before; None for a new one."""
    folder = _noted(home) or home / "services"
    if not folder.is_dir():
        return None
    return _places(home, folder, choose_account(home, folder))


def make_places(home: Path, shared: Path) -> Places:
    """The places of `home`, made where they are missing; call it with the gate held."""
    places = find_places(home)
    if places is None:
        account = choose_account(home, None)
        folder = home / "services" if can_enter(home, account) else _elsewhere(home, account, shared)
        places = _places(home, folder, account)
    if not can_enter(places.folder.parent, places.account):
        raise Misconfigured(
            _("The account %(account)s, which runs the database, can no longer reach %(folder)s."),
            _("Give the folders above it back the permission x for others (chmod o+x)."),
            account=places.account.name,
            folder=str(places.folder),
        )
    places.make()
    return places


def _places(home: Path, folder: Path, account: Account) -> Places:
    sockets = folder / "run"
    longest = sockets / ".s.PGSQL.5432"
    if len(os.fsencode(longest)) > LONGEST or not PLAIN.fullmatch(str(sockets)):
        sockets = SHORT / f"townbridge-{digest(folder)}"
    return Places(home=home, folder=folder, sockets=sockets, account=account)


def _noted(home: Path) -> Path | None:
    """The folder outside the home that its note names; refuses a copied home, whose database is another's."""
    if not (home / NOTE).exists():
        return None
    folder = Path((home / NOTE).read_text(encoding="utf-8").strip())
    try:
        owner = Path((folder / OWNER).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise Misconfigured(
            _("The database of %(home)s was in %(folder)s, which is gone."),
            _("Bring that folder back; or remove the file services.where to begin with an empty database."),
            home=str(home),
            folder=str(folder),
        ) from None
    except PermissionError:
        raise Misconfigured(
            _("The database of %(home)s belongs to another account."),
            _("Run Townbridge as root, as it was the first time."),
            home=str(home),
        ) from None
    if owner == home:
        return folder
    if (owner / NOTE).exists():
        raise Misconfigured(
            _("%(home)s is a copy of %(owner)s, and its database is still that one's."),
            _("Remove the file services.where from the copy to begin with an empty database."),
            home=str(home),
            owner=str(owner),
        )
    (folder / OWNER).write_text(f"{home}\n", encoding="utf-8")
    return folder


def _elsewhere(home: Path, account: Account, shared: Path) -> Path:
    """A new folder under `shared`; a folder left by a removed home of the same name is never taken over."""
    shared.mkdir(mode=0o711, parents=True, exist_ok=True)
    name = digest(home)
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    folder = next(shared / each for each in names if not (shared / each).exists())
    own_folder(folder, account)
    (folder / OWNER).write_text(f"{home}\n", encoding="utf-8")
    (home / NOTE).write_text(f"{folder}\n", encoding="utf-8")
    return folder


def forget_places(home: Path) -> None:
    """The home's database is gone on purpose: the next start makes a new one."""
    (home / NOTE).unlink(missing_ok=True)
