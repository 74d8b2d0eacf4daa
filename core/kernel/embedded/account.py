"""The account that the servers run as: our own, or as root an unprivileged one, as PostgreSQL demands."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _

__all__ = ["Account", "can_enter", "can_run", "choose_account", "ourselves", "own_folder"]

PREFERRED = ("postgres", "nobody")
"""Accounts that exist anyway; we never add one to somebody's machine."""


class Account(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    uid: int
    gid: int
    name: str

    @property
    def is_other(self) -> bool:
        """Whether a server has to be started as somebody else than ourselves (only root can)."""
        return self.uid != os.geteuid()


def choose_account(home: Path, folder: Path | None) -> Account:
    """Who runs the servers: the owner of their folder, else the owner of the home, else `PREFERRED`."""
    if os.geteuid() != 0:
        return ourselves()
    for place in (folder, home):
        owner = _owner(place) if place else None
        if owner and (account := _named(owner)):
            return account
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=name)
    raise Misconfigured(
        _("PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it."),
        _("Start Townbridge as an ordinary user."),
    )


def ourselves() -> Account:
    return _named(os.geteuid()) or Account(uid=os.geteuid(), gid=os.getegid(), name=str(os.geteuid()))


def _named(uid: int) -> Account | None:
    """The account of a number; None when the machine knows no name for it (initdb refuses those)."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(uid=uid, gid=entry.pw_gid, name=entry.pw_name)


def _owner(place: Path) -> int | None:
    try:
        return place.lstat().st_uid
    except OSError:
        return None


def can_enter(folder: Path, account: Account) -> bool:
    """Whether the account may pass through `folder` and every folder above it, as far as these exist."""
    if not account.is_other:
        return True
    return all(_allows(place, account, stat.S_IXOTH) for place in _existing(folder.resolve()))


def can_run(program: Path, account: Account) -> bool:
    """Whether the account may read and execute `program` where it lies."""
    if not account.is_other:
        return True
    place = program.resolve()
    return can_enter(place.parent, account) and _allows(place, account, stat.S_IROTH | stat.S_IXOTH)


def _existing(folder: Path) -> Iterator[Path]:
    return (place for place in (folder, *folder.parents) if place.exists())


def _allows(place: Path, account: Account, needed: int) -> bool:
    """Whether the permission bits `needed` (written for "others") hold for the account."""
    about = place.stat()
    shift = 6 if about.st_uid == account.uid else 3 if about.st_gid == account.gid else 0
    return (about.st_mode >> shift) & needed == needed


def own_folder(folder: Path, account: Account) -> None:
    """Make `folder` private to the account (0700), or check that it is."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise Misconfigured(
            _("The folder %(folder)s cannot be made: %(error)s."),
            _("Choose a home folder that you may write to, with --home or TOWNBRIDGE_HOME."),
            folder=str(folder),
            error=error.strerror or "",
        ) from None
    about = folder.lstat()
    if stat.S_ISDIR(about.st_mode) and about.st_uid == 0 and account.is_other:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != account.uid or about.st_mode & 0o077:
        raise Misconfigured(
            _("%(folder)s is not a private folder of the account %(account)s."),
            _("Run Townbridge as the account that owns it, or as root; or correct owner and mode (0700)."),
            folder=str(folder),
            account=account.name,
        )
