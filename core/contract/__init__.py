"""The contract suite: what every service module is held to, the built-in ones like yours.

One line in a file of your tests, for instance `tests/test_contract.py`, runs every check for every installed plug-in
that is not one of the platform's own:

    from core.contract import *

`test_what_is_stated` needs no database: declarations, imports, templates, the Chinese catalogue. `test_what_is_lived`
makes a town for each check: tables, figures, jobs, a person's copy and erasure. A check that fails says which
plug-in, what is wrong, and what to do. Where a table or a job cannot be tried without help of yours, override the
fixture `contract_examples` of `core.testing`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from core.app import Platform, plugins
from core.contract.check import Bench, Examples, Given, Lived, Stated
from core.contract.computed import COMPUTED
from core.contract.declared import DECLARED
from core.contract.done import DONE
from core.contract.shown import SHOWN
from core.contract.stored import STORED
from core.contract.written import WRITTEN
from core.host.discovery import Found
from core.testing import Server, Town

__all__ = ["test_what_is_lived", "test_what_is_stated"]

STATED: tuple[Stated, ...] = (*DECLARED, *WRITTEN)
LIVED: tuple[Lived, ...] = (*STORED, *COMPUTED, *DONE, *SHOWN)


def given(installed: Sequence[Found], held: Collection[str] | None = None) -> Given:
    """What these plug-ins declare, or those of them that are held to the contract."""
    registry = plugins(installed)
    names = {one.name for one in installed} if held is None else held
    return Given(
        plugins=tuple(entry for entry in registry.plugins if entry.name in names),
        refused=tuple((refusal.name, refusal.reason) for refusal in registry.refused),
    )


@pytest.mark.parametrize("check", STATED, ids=lambda check: check.name)
def test_what_is_stated(
    check: Stated, installed_plugins: Sequence[Found], contract_plugins: Collection[str]
) -> None:
    _tell(check, list(check.find(given(installed_plugins, contract_plugins))))


@pytest.mark.parametrize("check", LIVED, ids=lambda check: check.name)
async def test_what_is_lived(
    check: Lived,
    platform: Platform,
    database_server: Server,
    town: Town,
    contract_plugins: Collection[str],
    contract_examples: Examples,
) -> None:
    bench = Bench(
        platform=platform,
        server=database_server,
        town=town,
        examples=contract_examples,
        held=contract_plugins,
    )
    _tell(check, await check.find(bench))


def _tell(check: Stated | Lived, faults: Sequence[str]) -> None:
    if faults:
        pytest.fail("\n".join([f"Not so: {check.name}.", *faults]), pytrace=False)
