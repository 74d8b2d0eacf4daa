"""The embedded servers come back whatever happened to them, with everything that was committed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from core.kernel.embedded import Services
from core.kernel.embedded.processes import is_alive, workers_in
from core.kernel.embedded.programs import find_programs
from tests.core.kernel.embedded.stage import Stage, pids, running, sql, wait_for

pytestmark = pytest.mark.slow


def kill(services: Services, *which: int) -> None:
    """Kill -9 the servers with these places in the status, and see them dead."""
    victims = [pids(services)[number] for number in which]
    for victim in victims:
        assert victim
        os.kill(victim, signal.SIGKILL)
    wait_for(lambda: not any(is_alive(victim) for victim in victims if victim))


def test_the_keeper_brings_killed_servers_back(stage: Stage) -> None:
    services = stage.services().start()
    services.keep()
    sql(services, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 7 AS n")
    before = pids(services)
    kill(services, 0, 1)
    wait_for(lambda: running(services) == [True, True], seconds=5)
    assert not set(before) & set(pids(services))
    assert sql(services, "SELECT n FROM kept") == "7"
    services.stop()
    time.sleep(1.2)  # longer than the keeper's period: it must not bring back what was stopped
    assert running(services) == [False, False]


def test_the_keeper_brings_back_a_lost_socket(stage: Stage) -> None:
    services = stage.services().start()
    services.keep()
    for server in services.status().servers:
        server.socket.unlink()
    wait_for(lambda: running(services) == [True, True], seconds=5)
    data = services.status().servers[1].data
    assert len(workers_in(data, "redis-server")) == 1


def test_after_a_power_cut_the_next_start_has_what_was_committed(stage: Stage) -> None:
    user = stage.user()
    user.pids()
    services = stage.services()
    sql(services, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 7 AS n")
    user.kill()
    kill(services, 0, 1)
    services.start()
    assert running(services) == [True, True]
    assert sql(services, "SELECT n FROM kept") == "7"


def test_a_stale_pid_file_that_names_a_living_stranger_does_not_stop_the_start(stage: Stage) -> None:
    services = stage.services(redis=False).start()
    server = services.status().servers[0]
    note = (server.data / "postmaster.pid").read_text()
    lock = server.socket.with_name(f"{server.socket.name}.lock")
    services.stop()
    stranger = f"{os.getpid()}\n"
    (server.data / "postmaster.pid").write_text(stranger + note.partition("\n")[2])
    lock.write_text(stranger + note.partition("\n")[2])
    services.start()
    assert running(services) == [True, False]


def test_a_stale_pid_file_that_names_a_zombie_does_not_stop_the_start(stage: Stage) -> None:
    services = stage.services(redis=False).start()
    server = services.status().servers[0]
    note = (server.data / "postmaster.pid").read_text()
    services.stop()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    wait_for(lambda: not is_alive(zombie.pid))
    (server.data / "postmaster.pid").write_text(f"{zombie.pid}\n{note.partition(chr(10))[2]}")
    services.start()
    zombie.wait()
    assert running(services) == [True, False]


def test_a_child_that_outlives_the_dead_server_does_not_stop_the_start(stage: Stage) -> None:
    services = stage.services(redis=False).start()
    session = subprocess.Popen(
        [find_programs().postgres / "psql", "-XAtq", services.postgres_dsn("bootstrap")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert session.stdin
    assert session.stdout
    print("SELECT pg_backend_pid();", file=session.stdin, flush=True)
    child = int(session.stdout.readline())
    os.kill(child, signal.SIGSTOP)  # keeps the shared memory of the dead server, and cannot notice its death
    users = stage.services(redis=False)
    kill(services, 0)
    users.start()
    assert not is_alive(child)
    assert sql(services, "SELECT 1") == "1"
    session.communicate()


def test_a_first_start_that_was_cut_short_is_begun_anew(new_stage: Stage) -> None:
    user = new_stage.user()
    folder = new_stage.home / "services"
    wait_for(lambda: any((folder).glob("postgres.new-*/PG_VERSION")))
    user.kill()
    assert not (folder / "postgres").exists()
    services = new_stage.services(redis=False).start()
    assert sql(services, "SELECT 1") == "1"
    assert not list(folder.glob("postgres.new-*"))


def test_a_foreign_process_that_works_in_the_data_folder_is_left_alone(stage: Stage) -> None:
    services = stage.services().start()
    data = services.status().servers[0].data
    visitor = subprocess.Popen([sys.executable, "-c", "input()"], cwd=data, stdin=subprocess.PIPE)
    kill(services, 0, 1)
    stage.services().start()
    assert visitor.poll() is None
    visitor.communicate(b"\n")
