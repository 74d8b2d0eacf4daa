"""Celery with a pool of threads: `python -m tests.bench.peers.tasks URL COUNT` says how many no-ops a second it does.

The jobs are there before the worker begins, as with the others.
"""
# pyright: reportMissingImports=false, reportFunctionMemberAccess=false

from __future__ import annotations

import os
import sys
import threading
from time import perf_counter

from celery import Celery

app = Celery("bench", broker=sys.argv[1])
app.conf.update(
    task_ignore_result=True, worker_hijack_root_logger=False, broker_connection_retry_on_startup=True
)
wanted, counted, began = int(sys.argv[2]), 0, 0.0
lock = threading.Lock()
said = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the worker greets whoever reads


@app.task
def noop(number: int) -> None:
    global counted, began
    with lock:
        began = began or perf_counter()
        counted += 1
        if counted == wanted:
            said.write(f"{wanted / (perf_counter() - began)}\n")
            said.flush()


if __name__ == "__main__":
    for each in range(wanted):
        noop.delay(each)
    app.worker_main(
        ["worker", "--pool", "threads", "--concurrency", "10", "--loglevel", "CRITICAL",
         "--without-gossip", "--without-mingle", "--without-heartbeat"]
    )  # fmt: skip
