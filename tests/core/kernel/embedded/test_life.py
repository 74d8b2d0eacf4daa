"""The embedded servers from first start to last user's leave."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import cast

import asyncpg
import pytest
import redis
from arq.connections import RedisSettings

from core.kernel.embedded import logs as log_files
from core.kernel.errors import Conflict, Unavailable
from tests.core.kernel.embedded.stage import Stage, environment, pids, running, sql


async def test_a_cold_start_gives_a_durable_database_and_a_doorbell(new_stage: Stage) -> None:
    services = new_stage.services().start()
    connection = await asyncpg.connect(services.postgres_dsn("bootstrap"))
    names = ("fsync", "synchronous_commit", "TimeZone", "server_encoding", "listen_addresses")
    assert [await connection.fetchval(f"SHOW {name}") for name in names] == ["on", "on", "UTC", "UTF8", ""]
    assert await connection.fetchval("SELECT current_database()") == "townbridge"
    await connection.close()
    assert services.redis_url
    assert RedisSettings.from_dsn(services.redis_url).unix_socket_path
    with redis.Redis.from_url(services.redis_url) as client:
        assert client.ping()
        settings = {"maxmemory": "67108864", "maxmemory-policy": "noeviction", "save": "", "appendonly": "no"}
        told = {name: cast("dict[str, str]", client.config_get(name))[name] for name in settings}
        assert told == settings


def test_everything_lies_in_one_private_folder_of_the_home(stage: Stage) -> None:
    services = stage.services().start()
    folder = stage.home / "services"
    assert services.status().folder == folder
    for server in services.status().servers:
        for place in (server.socket, server.data, server.log):
            assert place.is_relative_to(folder)
            assert place.exists()
    for private in (folder, folder / "run", folder / "postgres"):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_a_second_process_joins_the_same_servers_in_a_moment(stage: Stage) -> None:
    services = stage.services().start()
    assert stage.user().pids() == pids(services)
    second = stage.services()
    began = time.perf_counter()
    second.start()
    assert time.perf_counter() - began < 0.25  # measured: 0.008
    assert pids(second) == pids(services)


def test_servers_outlive_their_starter_and_end_with_the_last_user(stage: Stage) -> None:
    starter = stage.user()
    first = starter.pids()
    services = stage.services().start()
    starter.leave()
    assert pids(services) == first
    assert sql(services, "SELECT 1") == "1"
    services.stop()
    assert running(services) == [False, False]


def test_a_killed_user_does_not_keep_the_servers(stage: Stage) -> None:
    services = stage.services().start()
    other = stage.user()
    other.pids()
    other.kill()
    services.stop()
    assert running(services) == [False, False]


@pytest.mark.slow
def test_four_first_starts_at_once_make_one_server(new_stage: Stage) -> None:
    users = [new_stage.user() for _ in range(4)]
    seen = {tuple(user.pids()) for user in users}
    assert len(seen) == 1
    assert len(seen.pop()) == 2
    services = new_stage.services()
    with pytest.raises(Conflict):
        services.discard()
    for user in users:
        user.leave()
    assert running(services) == [False, False]
    services.discard()
    assert not (new_stage.home / "services").exists()


def test_starting_and_stopping_twice_changes_nothing(stage: Stage) -> None:
    services = stage.services().start()
    before = pids(services)
    assert pids(services.start()) == before
    services.stop()
    services.stop()
    with services:
        assert running(services) == [True, True]
    assert running(services) == [False, False]


def test_data_survive_a_stop(stage: Stage) -> None:
    services = stage.services(redis=False).start()
    sql(services, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 7 AS n")
    services.stop()
    services.start()
    assert sql(services, "SELECT n FROM kept") == "7"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deep" * 20, "空 白%20folder?x=1"])
def test_a_home_that_no_socket_path_can_name_works(new_stage: Stage, name: str) -> None:
    services = new_stage.services(new_stage.folder / name / "home").start()
    sockets = {server.socket.parent for server in services.status().servers}
    assert len(sockets) == 1
    short = sockets.pop()
    assert not short.is_relative_to(new_stage.folder)
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    assert sql(services, "SELECT 1") == "1"
    assert services.redis_url
    with redis.Redis.from_url(services.redis_url) as client:
        assert client.ping()
    shutil.rmtree(short)  # as a cleaner of temporary folders would
    services.stop()
    assert running(services.start()) == [True, True]
    services.discard()
    assert not short.exists()


def test_redis_can_be_left_out(stage: Stage) -> None:
    services = stage.services(redis=False).start()
    assert services.redis_url is None
    assert running(services) == [True, False]


def test_postgres_can_be_left_out(stage: Stage) -> None:
    services = stage.services(postgres=False).start()
    assert services.redis_url
    assert running(services) == [False, True]


def test_a_home_never_started_has_no_address(new_stage: Stage) -> None:
    services = new_stage.services()
    assert services.status().servers == ()
    with pytest.raises(Unavailable):
        services.postgres_dsn("bootstrap")
    assert not new_stage.home.exists()


FORKING = """
import os, sys
from pathlib import Path
from typing import cast
from core.kernel.embedded import Services
services = Services(Path(sys.argv[1]), redis=False, shared=Path(sys.argv[2])).start()
child = os.fork()
if child == 0:
    assert not services.is_started
    sys.exit(0)  # runs what was registered for the exit of its parent
assert os.waitpid(child, 0)[1] == 0
print(services.status().servers[0].running)
"""


def test_the_exit_of_a_forked_child_stops_nothing_and_that_of_its_parent_does(stage: Stage) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING, str(stage.home), str(stage.shared)],
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        check=True,
    )
    assert done.stdout == "True\n"
    assert running(stage.services()) == [False, False]


def test_a_server_that_cannot_start_says_why_and_where_to_read_on(stage: Stage) -> None:
    services = stage.services().start()
    services.stop()
    settings = stage.home / "services" / "postgres" / "postgresql.auto.conf"
    settings.write_text("shared_buffers = 'much'\n")
    with pytest.raises(Unavailable) as refusal:
        services.start()
    assert "shared_buffers" in str(refusal.value) or "configuration file" in str(refusal.value)
    assert "postgres.log" in str(refusal.value)
    assert running(services) == [False, False]
    settings.write_text("")
    assert running(services.start()) == [True, True]


@pytest.mark.requirement("R45")
def test_the_log_holds_no_data_of_failing_statements(stage: Stage) -> None:
    services = stage.services(redis=False).start()
    assert "invalid input syntax" in sql(services, "SELECT 'canary-4711'::uuid")
    log = services.status().servers[0].log
    assert "canary" not in log.read_text()


def test_a_log_is_cut_in_place_and_keeps_its_end(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    line = b"one line of a log\n"
    log.write_bytes(line * (log_files.LIMIT // len(line) + 2) + b"the end\n")
    inode = log.stat().st_ino
    log_files.trim(log)
    assert log.stat().st_ino == inode
    assert log.stat().st_size <= log_files.KEPT
    assert log.read_bytes().startswith(line)
    assert log.read_bytes().endswith(b"the end\n")


def test_ctrl_c_in_the_terminal_does_not_reach_the_servers(stage: Stage) -> None:
    servers = [pid for pid in pids(stage.services().start()) if pid]
    assert len(servers) == 2
    assert not {os.getsid(pid) for pid in servers} & {os.getsid(0)}
