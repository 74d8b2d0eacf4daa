"""Bodies that are no honest JSON: refused at once, without a fault, and without much memory."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterable, Mapping

import pytest

from core.kernel.ids import new_id
from tests.abuse.processes import memory_of
from tests.abuse.scene import Found, Scene, requested
from tests.abuse.size import of_size

pytestmark = pytest.mark.requirement("R33")

DEEP = 100_000
KEYS = 100_000
JSON = "application/json"
MOST_SECONDS = 1.0
MOST_GROWTH = 100
THIRD = of_size(sample=3, full=1)

BODIES: Mapping[str, tuple[bytes, dict[str, str]]] = {
    "deep lists": (b"[" * DEEP + b"]" * DEEP, {}),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, {}),
    "deep and open": (b"[" * DEEP, {}),
    "a deep field": (b'{"name":' + b"[" * DEEP + b"]" * DEEP + b"}", {}),
    "many keys and no end": (json.dumps(dict.fromkeys(map(str, range(KEYS)), 1)).encode()[:990_000], {}),
    "many keys": (json.dumps(dict.fromkeys(map(str, range(KEYS // 2)), 1)).encode(), {}),
    "one key often": (b"{" + b'"name":"x",' * 50_000 + b'"name":"y"}', {}),
    "a long text": (b'{"name":"' + b"x" * 900_000 + b'"}', {}),
    "a long number": (b'{"name":' + b"9" * 900_000 + b"}", {}),
    "a long exponent": (b'{"name":1e' + b"9" * 1_000 + b"}", {}),
    "larger than allowed": (b'{"name":"' + b"x" * 10_000_000 + b'"}', {}),
    "half a character": (b'{"name":"\\ud800"}', {}),
    "half a character in a name": (b'{"\\ud800":"x"}', {}),
    "NUL": (b'{"name":"a\\u0000b","\\u0000":1}', {}),
    "not a number": (b'{"name":NaN}', {}),
    "no UTF-8": ('{"name":"王"}'.encode("gb18030"), {}),
    "UTF-16": ('{"name":"x"}'.encode("utf-16"), {}),
    "UTF-16, and says so": ('{"name":"x"}'.encode("utf-16"), {"Content-Type": f"{JSON}; charset=utf-16"}),
    "a mark before it": (b'\xef\xbb\xbf{"name":"x"}', {}),
    "packed": (gzip.compress(b'{"name":"' + b"x" * 50_000_000 + b'"}'), {"Content-Encoding": "gzip"}),
    "a list": (b"[1,2,3]", {}),
    "null": (b"null", {}),
    "nothing": (b"", {}),
    "two objects": (b'{"name":"x"}{"name":"y"}', {}),
    "a comment": (b'{"name":"x"/**/}', {}),
    "a form": (b"name=x", {"Content-Type": "application/x-www-form-urlencoded"}),
    "text": (b'{"name":"x"}', {"Content-Type": "text/plain"}),
    "no type": (b'{"name":"x"}', {"Content-Type": ""}),
    "another method": (b'{"name":"x"}', {"X-HTTP-Method-Override": "DELETE", "Content-Type": "text/plain"}),
}  # fmt: skip


HONEST = {"one key often"}
"""Read by one parser alone, which takes the last; nobody is deceived."""


def taking(scene: Scene) -> list[Found]:
    """Every operation that reads a body."""
    return [target for target in scene.found if any(each.place == "body" for each in target.inputs)]


def turned(names: Iterable[str], number: int) -> list[str]:
    """All of them, or in a sample every third, others for the next operation."""
    return list(names)[number % THIRD :: THIRD]


async def test_bodies_that_are_no_honest_json_are_refused(scene: Scene) -> None:
    wrong: list[str] = []
    before, slowest = memory_of(), 0.0
    for target in taking(scene):
        for name in turned(BODIES, taking(scene).index(target)):
            body, headers = BODIES[name]
            client = (await scene.visitor(target.role)).client
            given = {
                "Authorization": f"Bearer {await scene.token(target.role)}",
                "Idempotency-Key": str(new_id()),
                "Content-Type": JSON,
            }
            started = time.process_time()
            answer = await requested(
                client, target.method, target.path, headers=given | headers, content=body
            )
            slowest = max(slowest, time.process_time() - started)
            if name in HONEST:
                wrong += [f"{target} {name}: {answer.status_code}"] if answer.status_code >= 500 else []
            elif not 400 <= answer.status_code < 500:
                wrong.append(f"{target} {name}: {answer.status_code}")
            elif answer.headers["Content-Type"] != "application/problem+json":
                wrong.append(f"{target} {name}: {answer.headers['Content-Type']}")
    print(f"JSON: {len(BODIES)} bodies to {len(taking(scene))} operations, slowest {slowest:.2f} s")  # noqa: T201
    assert taking(scene)
    assert not wrong, "\n".join(wrong)
    assert slowest < MOST_SECONDS
    assert memory_of() - before < MOST_GROWTH
