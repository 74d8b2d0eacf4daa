"""A log line is one line of JSON, whatever somebody sent."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging
from core.kernel.log import configure_logging, get_logger

nasty = "x\\n{\\"event\\": \\"forged\\"}\\r\\u2028\\x1b[31m\\x00 \\ud800 欧阳"
configure_logging("info")
get_logger("here").warning("refused", path=nasty, event_of=nasty)
logging.getLogger("a.library").error("failed: %s", nasty)
try:
    raise ValueError(nasty)
except ValueError:
    logging.getLogger("a.library").exception("failed")
get_logger("here").debug("not asked for")
"""


@pytest.mark.requirement("R46")
def test_nothing_that_was_sent_makes_a_line_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    lines = done.stderr.decode("ascii").splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"].split(":")[0] for event in events] == ["refused", "failed", "failed"]
    assert all({"level", "timestamp"} <= set(event) for event in events)
    assert "forged" in events[0]["path"]
    assert not any(character in done.stderr for character in (b"\x1b", b"\x00", b"\r"))
    assert done.stdout == b""
