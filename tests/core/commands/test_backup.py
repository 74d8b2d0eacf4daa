"""`townbridge backup` and `restore`: what they refuse, and that a refusal leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core.kernel import clock
from core.kernel.embedded import Services
from core.kernel.settings import Settings
from tests.core.commands.conftest import Command, Said

pytestmark = pytest.mark.slow

MANIFEST = "townbridge-backup.json"
Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    folder = tmp_path_factory.mktemp("backed-up")
    yield folder / "home"
    Services(folder / "home").discard()


@pytest.fixture
async def backup(kept: Path, command_with: Callable[[Settings], Command]) -> Path:
    """A backup of the home `kept`, made by the first test that wants it."""
    folder = kept.parent / "backup"
    if not folder.exists():
        townbridge = command_with(Settings(home=kept))
        assert (await townbridge("verify")).status == 0
        assert (await townbridge("backup", str(folder), "--no-verify")).status == 0
    return folder


@pytest.fixture
def linked(backup: Path, tmp_path: Path) -> Callable[[], Path]:
    """Another copy of the backup at every call; its files are shared, so replace them to damage them."""
    numbers = iter(range(100))
    return lambda: Path(shutil.copytree(backup, tmp_path / f"copy-{next(numbers)}", copy_function=os.link))


def rewrite(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def a_table(folder: Path) -> Path:
    """The largest file of the database."""
    return max((folder / "database" / "base").rglob("*"), key=lambda path: path.stat().st_size)


def a_key(folder: Path) -> Path:
    return next((folder / "keys").glob("seal-*.key"))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    rewrite(path, bytes(content))


def changed(**changes: Any) -> Damage:
    def change(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        rewrite(folder / MANIFEST, json.dumps(manifest | changes).encode())

    return change


def cut(path: Path) -> None:
    rewrite(path, path.read_bytes()[: path.stat().st_size // 2])


def a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/null")


def log_of(folder: Path) -> Path:
    return next((folder / "database" / "pg_wal").glob("0*"))


BROKEN = "is missing, strange or not as it was written. Use another backup"
DAMAGES: dict[str, tuple[Damage, str]] = {
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), "is not a backup of Townbridge"),
    "a manifest cut off": (lambda folder: cut(folder / MANIFEST), f"{MANIFEST} in the backup {BROKEN}"),
    "a later format": (changed(format="townbridge-backup/2"), "made by a later version of Townbridge"),
    "another format": (changed(format="tar"), f"{MANIFEST} in the backup {BROKEN}"),
    "another PostgreSQL": (changed(postgres="19.1"), "made by PostgreSQL 19.1"),
    "a later migration": (
        changed(migrations={"people": ["people_2099"]}),
        "the migration people.people_2099",
    ),
    "a key missing": (lambda folder: a_key(folder).unlink(), ".key in the backup " + BROKEN),
    "a key changed": (lambda folder: flip(a_key(folder)), ".key in the backup " + BROKEN),
    "a key too many": (
        lambda folder: (folder / "keys" / "new.key").touch(),
        "new.key in the backup " + BROKEN,
    ),
    "the list cut off": (
        lambda folder: cut(folder / "database" / "backup_manifest"),
        "backup_manifest in the",
    ),
    "a table changed": (lambda folder: flip(a_table(folder)), "base/"),
    "a table cut off": (lambda folder: cut(a_table(folder)), "base/"),
    "a table missing": (lambda folder: a_table(folder).unlink(), "base/"),
    "a file too many": (lambda folder: (folder / "database" / "x.conf").touch(), "x.conf in the backup"),
    "a link": (lambda folder: a_link(folder / "database" / "pg_hba.conf"), "pg_hba.conf in the backup"),
    "the log missing": (lambda folder: log_of(folder).unlink(), "The log in the backup is not whole"),
    "the log emptied": (
        lambda folder: rewrite(log_of(folder), bytes(log_of(folder).stat().st_size)),
        "The log in the backup is not whole",
    ),
}


def is_two_sentences(said: Said) -> bool:
    last = said.err.strip().splitlines()[-1]
    return said.out == "" and last.endswith(".") and last.count(". ") >= 1 and "Traceback" not in said.err


async def test_a_backup_that_is_not_whole_is_refused_and_the_home_stays_empty(
    linked: Callable[[], Path], tmp_path: Path, command_with: Callable[[Settings], Command]
):
    home = tmp_path / "fresh"
    townbridge = command_with(Settings(home=home))
    for name, (damage, sentence) in DAMAGES.items():
        folder = linked()
        damage(folder)
        said = await townbridge("restore", str(folder))
        assert (said.status, sentence in said.err, is_two_sentences(said)) == (1, True, True), (name, said)
        assert not home.exists(), name
    assert "is not a backup" in (await townbridge("restore", str(tmp_path / "nowhere"))).err


async def test_a_backup_is_restored_into_an_empty_home_once(
    kept: Path, backup: Path, tmp_path: Path, command_with: Callable[[Settings], Command]
):
    fresh = tmp_path / "fresh"
    townbridge = command_with(Settings(home=fresh))
    said = await townbridge("restore", str(backup), "--json")
    assert (said.status, said.json["ok"], said.json["home"]) == (0, True, str(fresh))
    checks = [line["check"] for line in said.json["lines"]]
    assert checks[:3] == ["backup", "restored", "sessions"]
    assert {"audit", "figures", "sealed"} < set(checks)
    assert {path.stat().st_mode & 0o777 for path in (fresh / "keys").iterdir()} == {0o600}
    assert (await townbridge("verify")).status == 0
    said = await townbridge("restore", str(backup))
    assert said.status == 1
    assert "holds a database or keys already. Move that folder aside" in said.err
    Services(fresh).discard()
    key = a_key(fresh)
    key.write_bytes(bytes(32))
    said = await townbridge("restore", str(backup))
    assert (said.status, key.read_bytes()) == (1, bytes(32))
    assert "holds a database or keys already" in said.err


async def test_a_backup_goes_into_a_new_folder_outside_of_the_home(
    kept: Path, backup: Path, tmp_path: Path, command_with: Callable[[Settings], Command]
):
    townbridge = command_with(Settings(home=kept))
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").touch()
    for folder, sentence in (
        (backup, "is not an empty folder"),
        (tmp_path / "used", "is not an empty folder"),
        (tmp_path / "used" / "letter.txt", "is not an empty folder"),
        (tmp_path / "away" / "backup", "There is no folder"),
        (kept / "backup", "is lost with it"),
    ):
        said = await townbridge("backup", str(folder))
        assert (said.status in (1, 2), sentence in said.err) == (True, True), said
    none = command_with(Settings(home=tmp_path / "none"))
    assert "There is no database in" in (await none("backup", str(tmp_path / "new"))).err
    assert names(tmp_path) == ["used"]


async def test_a_copy_that_fails_leaves_nothing_and_a_good_one_is_noted(
    kept: Path, backup: Path, tmp_path: Path, command_with: Callable[[Settings], Command]
):
    (kept / "backup.last").unlink(missing_ok=True)
    townbridge = command_with(Settings(home=kept))
    with Services(kept) as services:
        assert "has not been backed up yet" in (await backed_up(townbridge))
        await as_superuser(services, "ALTER ROLE backup NOREPLICATION")
        said = await townbridge("backup", str(tmp_path / "new"))
        await as_superuser(services, "ALTER ROLE backup REPLICATION")
        assert (said.status, "The database could not be copied" in said.err) == (1, True)
        assert names(tmp_path) == []
        said = await townbridge("backup", str(tmp_path / "new"), "--json")
        assert (said.status, said.json["is_proven"], said.json["backup"]) == (0, True, str(tmp_path / "new"))
        assert names(tmp_path) == ["new"]
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
        assert await backed_up(townbridge) == "The last good backup is not older than a day."
        with clock.freeze(clock.now() + timedelta(days=2)):
            assert "make one each day" in await backed_up(townbridge)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def backed_up(townbridge: Command) -> str:
    (line,) = (
        line for line in (await townbridge("doctor", "--json")).json["lines"] if line["check"] == "backup"
    )
    return line["text"]


async def as_superuser(services: Services, sql: str) -> None:
    connection = await asyncpg.connect(services.postgres_dsn("bootstrap"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def test_one_s_own_server_is_backed_up_by_its_own_means(
    tmp_path: Path, command_with: Callable[[Settings], Command]
):
    townbridge = command_with(Settings(home=tmp_path, database_url="postgresql://app@db.example/townbridge"))
    for words in (("backup", str(tmp_path / "new")), ("restore", str(tmp_path))):
        said = await townbridge(*words)
        assert said.status == 2
        assert "Use pg_basebackup or Barman for it, and copy the folder" in said.err
