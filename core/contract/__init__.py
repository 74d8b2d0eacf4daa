"""The contract suite: what every service module is held to, the built-in ones like yours.

One line in a file of your tests, for instance `tests/test_contract.py`, runs every check for every installed plug-in:

    from core.contract import *

`test_what_is_stated` needs no database: declarations, imports, templates, the Chinese catalogue. `test_what_is_lived`
makes a town for each check: tables, figures, jobs, a person's copy and erasure. A check that fails says which
plug-in, what is wrong, and what to do. Where a table or a job cannot be tried without help of yours, override the
fixture `contract_examples` of `core.testing`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.app import Platform, plugins
from core.contract.check import Bench, Given, Lived, Stated
from core.contract.computed import COMPUTED
from core.contract.declared import DECLARED
from core.contract.done import DONE
from core.contract.stored import STORED
from core.contract.written import WRITTEN
from core.host.discovery import Found
from core.testing import Server, Town

__all__ = ["test_what_is_lived", "test_what_is_stated"]

STATED: tuple[Stated, ...] = (*DECLARED, *WRITTEN)
LIVED: tuple[Lived, ...] = (*STORED, *COMPUTED, *DONE)


def given(installed: Sequence[Found]) -> Given:
    """What these plug-ins declare."""
    registry = plugins(installed)
    refused = tuple((refusal.name, refusal.reason) for refusal in registry.refused)
    return Given(plugins=registry.plugins, refused=refused, found=installed)


@pytest.mark.parametrize("check", STATED, ids=lambda check: check.name)
def test_what_is_stated(check: Stated, installed_plugins: Sequence[Found]) -> None:
    _tell(check, list(check.find(given(installed_plugins))))


@pytest.mark.parametrize("check", LIVED, ids=lambda check: check.name)
async def test_what_is_lived(
    check: Lived,
    platform: Platform,
    database_server: Server,
    town: Town,
    contract_examples: dict[str, object],
) -> None:
    bench = Bench(platform=platform, server=database_server, town=town, examples=contract_examples)
    _tell(check, await check.find(bench))


def _tell(check: Stated | Lived, faults: Sequence[str]) -> None:
    if faults:
        pytest.fail("\n".join([f"Not so: {check.name}.", *faults]), pytrace=False)
