"""An orderly end: who is asked to stop takes its worker and the servers with it."""

from __future__ import annotations

import os
import signal

import pytest

from core.commands.serve import WORKER_GRACE
from core.kernel.embedded import Services
from core.kernel.embedded.processes import is_alive
from tests.faults.home import Home, child_of, wait_for

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_portal_that_is_stopped_leaves_nothing_running(
    processes: Home, free_port: int, way: signal.Signals
):
    serving = processes.start("serve", "--port", str(free_port))
    wait_for(lambda: "worker_started" in serving.said())
    worker = child_of(serving.pid)
    os.kill(serving.pid, way)
    assert serving.status(20) == 0
    assert not is_alive(worker)
    assert not any(server.running for server in Services(processes.path).status().servers)
    assert "Traceback" not in serving.said()


def test_a_worker_that_has_to_be_killed_leaves_no_server_behind(processes: Home, free_port: int):
    serving = processes.start("serve", "--port", str(free_port))
    wait_for(lambda: "worker_started" in serving.said())
    os.kill(child_of(serving.pid), signal.SIGSTOP)  # busy for longer than anybody waits
    os.kill(serving.pid, signal.SIGTERM)
    # The worker's grace runs out first; then the servers write what they hold, on a busy machine for long.
    assert serving.status(WORKER_GRACE + 30) == 0
    assert not any(server.running for server in Services(processes.path).status().servers)
