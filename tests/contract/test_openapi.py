"""The description of the API is valid, and the product keeps it: Schemathesis asks every operation, well and badly.

In `make test` with a few examples each; `make abuse` asks a hundred.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis

from core.app import CORE_PAGES, Platform, open_platform, plugins
from core.host.openapi import REFUSALS, describe
from core.identity.accounts import account_by_login
from core.identity.memberships import grant_role
from core.identity.roles import TENANT_ROLES, TOWN_ROLES
from core.identity.tokens import issue_token
from core.identity.town_roles import grant_town_role
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.testing import TOWN, Server, platform_settings
from tests.abuse.size import of_size
from tests.serving import serving

EXAMPLES = of_size(sample="3", full="100")
PHASES = of_size(sample="fuzzing,stateful", full="coverage,fuzzing,stateful")
# A valid request may be refused for what the town's books say; all other checks hold.
WITHOUT = "positive_data_acceptance"


@pytest.fixture(scope="module")
def described(installed_plugins) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(describe(CORE_PAGES, plugins(installed_plugins))))


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_the_description_is_valid(described: dict[str, Any]) -> None:
    schema = schemathesis.openapi.from_dict(described)
    schema.validate()
    assert len(list(schema.get_all_operations())) == len(list(operations(described))) > 5


def test_every_operation_names_itself_and_every_status(described: dict[str, Any]) -> None:
    wrong: list[str] = []
    ids = Counter(operation["operationId"] for _method, _path, operation in operations(described))
    for method, path, operation in operations(described):
        statuses = set(operation["responses"])
        needed = set(REFUSALS) - (set() if "requestBody" in operation else {"413", "415"})
        if len(statuses & {"200", "201", "204"}) != 1 or not needed <= statuses:
            wrong.append(f"{method} {path}: {sorted(statuses)}")
        if not operation["summary"] or ids[operation["operationId"]] > 1:
            wrong.append(f"{method} {path}: {operation['operationId']} {operation['summary']}")
    assert not wrong, "\n".join(wrong)


async def _token(platform: Platform) -> str:
    """Of somebody with every role there is, here and in the town."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, TOWN)
        assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        t01 = (await list_tenants(tx))[0]
        account = await account_by_login(tx, "town_admin")
        assert account is not None
        for role in TOWN_ROLES:
            await grant_town_role(tx, account.id, role.name)
    async with platform.database.transaction(Scope.of_tenant(t01.id)) as tx:
        for role in TENANT_ROLES:
            await grant_role(tx, account.id, role.name, date(2025, 1, 1))
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        return await issue_token(tx, account.id, "schemathesis")


def _placed(described: dict[str, Any]) -> dict[str, Any]:
    """The description with the town's own places, so that requests come past the first door."""
    places = {"tenant_slug": "t01", "town_code": TOWN}
    for _method, _path, operation in operations(described):
        for parameter in operation["parameters"]:
            if parameter["in"] == "path" and parameter["name"] in places:
                parameter["schema"] = {"const": places[parameter["name"]]}
    return described


@pytest.fixture(scope="module")
async def place(
    database_server: Server, furnished_database: str, installed_plugins, home: Path
) -> AsyncIterator[tuple[str, str]]:
    """A database of its own, and the token."""
    database = f"described_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{database}" TEMPLATE "{furnished_database}"')
    settings = platform_settings(database_server, database, home)
    async with open_platform(settings, found=installed_plugins) as platform:
        token = await _token(platform)
    yield database, token
    await database_server.run(f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.mark.requirement("R33", "R34")
@pytest.mark.slow
def test_the_product_keeps_it(
    place: tuple[str, str], database_server: Server, home: Path, described: dict[str, Any], tmp_path: Path
) -> None:
    database, token = place
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(_placed(described)))
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(document)),
        *(
            "--checks",
            "all",
            "--exclude-checks",
            WITHOUT,
            "--phases",
            PHASES,
            "--max-examples",
            EXAMPLES,
            "--seed",
            "20250301",
        ),
        *("--header", f"Authorization: Bearer {token}", "--continue-on-failure", "--no-shrink"),
        *("--warnings", "off", "--report", "json", "--report-json-path", str(tmp_path / "report.json")),
    ]
    with serving(database_server, database, home, tmp_path / "log", TOWNBRIDGE_API_RATE="10000000") as url:
        done = subprocess.run(
            [*command, "--url", url], capture_output=True, text=True, cwd=tmp_path, check=False
        )
    said = "\n".join(line[:300] for line in done.stdout.splitlines())
    print(said[-4000:])  # noqa: T201 -- the figures, for `make abuse`
    assert done.returncode == 0, said[-8000:] + done.stderr[-2000:]
