"""`townbridge doctor`: what is in order, and what an administrator would have to know."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from core.app import Platform
from core.commands.doctor_settings import settings_faults
from core.kernel.embedded import Services
from core.kernel.settings import Settings
from core.testing import Server, passing_folder
from tests.core.commands.conftest import Command, Said

# The server that these tests are given may run without fsync.
GIVEN = "The server runs with "


def found(said: Said) -> list[tuple[str, str]]:
    """The findings, those about the given server apart."""
    lines = [(line["check"], line["text"], line["state"]) for line in said.json["lines"]]
    return [
        (check, text) for check, text, state in lines if state == "finding" and not text.startswith(GIVEN)
    ]


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


@pytest.fixture(scope="module")
async def embedded_home() -> AsyncIterator[Path]:
    with passing_folder() as folder:
        home = folder / "home"
        home.mkdir()
        yield home
        Services(home).discard()


@pytest.fixture
async def platform(platform: Platform, database_server: Server) -> Platform:
    """Without the watch of `core.testing` over marks, which is no part of the product."""
    name = urlsplit(platform.settings.database_url).path.removeprefix("/")
    await database_server.run("DROP SCHEMA testing CASCADE", database=name)
    return platform


@pytest.fixture
def changed(platform: Platform, command_with: Callable[[Settings], Command]) -> Callable[..., Command]:
    """The command with some settings of the external database changed."""
    return lambda **changes: command_with(msgspec.structs.replace(platform.settings, **changes))


@pytest.mark.requirement("R48")
@pytest.mark.slow
async def test_an_embedded_home_is_in_order_once_it_is_migrated(
    embedded_home: Path, command_with: Callable[[Settings], Command]
):
    townbridge = command_with(Settings(home=embedded_home))
    said = await townbridge("doctor", "--json")
    assert said.status == 1
    assert found(said) == [
        (
            "services",
            f"There is nothing in {embedded_home} yet; run `townbridge migrate`, or name another --home.",
        )
    ]
    assert is_empty(embedded_home)
    assert (await townbridge("migrate")).status == 0
    said = await townbridge("doctor")
    assert (said.status, said.starting("finding")) == (0, [])
    assert said.starting("ok", "redis") == ["ok redis Redis answers."]
    assert said.starting("ok", "walls") == ["ok walls The walls between tenants stand as declared."]
    assert (await townbridge("verify")).status == 0
    key = next((embedded_home / "keys").glob("seal-*.key"))
    key.chmod(0o644)
    said = await townbridge("doctor", "--json")
    assert [(check, str(key) in text) for check, text in found(said)] == [("keys", True), ("keys", True)]
    key.chmod(0o600)


async def test_an_external_database_is_in_order(townbridge: Command):
    said = await townbridge("doctor", "--json")
    assert found(said) == []
    states = {line["check"]: line["state"] for line in said.json["lines"]}
    assert states["redis"] == "note"
    assert states["walls"] == "ok"


@pytest.mark.requirement("R03")
async def test_a_breach_of_the_walls_is_a_finding(
    townbridge: Command, platform: Platform, database_server: Server
):
    name = urlsplit(platform.settings.database_url).path.removeprefix("/")
    await database_server.run("ALTER TABLE people.person DISABLE ROW LEVEL SECURITY", database=name)
    said = await townbridge("doctor", "--json")
    assert said.status == 1
    assert found(said) == [("walls", "people.person has row-level security switched off.")]


async def test_a_missing_migration_is_a_finding(
    townbridge: Command, platform: Platform, database_server: Server
):
    name = urlsplit(platform.settings.database_url).path.removeprefix("/")
    await database_server.run("DELETE FROM host.migration", database=name)
    ((check, text),) = found(await townbridge("doctor", "--json"))
    assert check == "migrations"
    assert text.startswith("The migration host.")


@pytest.mark.requirement("R48")
async def test_a_login_with_the_wrong_address_is_a_finding(
    changed: Callable[..., Command], platform: Platform
):
    said = await changed(figures_url=platform.settings.database_url)("doctor", "--json")
    assert found(said) == [
        ("database", "The address of the login figures signs in as app; its walls are not those of figures.")
    ]


async def test_a_missing_address_is_a_finding(changed: Callable[..., Command]):
    said = await changed(migrator_url="")("doctor", "--json")
    assert said.status == 1
    assert [check for check, _text in found(said)] == ["settings", "database"]
    assert all("TOWNBRIDGE_MIGRATOR_URL" in text for _check, text in found(said))


async def test_a_database_that_does_not_answer_is_a_finding(changed: Callable[..., Command], tmp_path: Path):
    dead = f"postgresql://app@/town?host={tmp_path}"
    said = await changed(**{f"{part}_url": dead for part in ("database", "figures", "dispatch", "migrator")})(
        "doctor", "--json"
    )
    assert said.status == 1
    assert (
        found(said)
        == [("database", "The database does not answer. Nothing was lost. Try again in a few seconds.")] * 4
    )


async def test_a_redis_that_does_not_answer_is_a_finding(changed: Callable[..., Command], tmp_path: Path):
    said = await changed(redis_url=f"unix://{tmp_path}/redis.sock")("doctor", "--json")
    assert found(said) == [("redis", "Redis does not answer; jobs run with a delay until it does.")]


async def test_other_keys_than_those_of_the_database_are_a_finding(
    changed: Callable[..., Command], tmp_path: Path
):
    townbridge = changed(home=tmp_path)
    ((check, text),) = found(await townbridge("doctor", "--json"))
    assert (check, "Restore the folder from the backup" in text) == ("keys", True)
    assert is_empty(tmp_path)


async def test_a_misspelt_variable_is_a_finding(townbridge: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOWNBRIDGE_ORGIN", "https://town.example")
    assert found(await townbridge("doctor", "--json")) == [
        ("settings", "There is no setting TOWNBRIDGE_ORGIN; check its spelling.")
    ]


@pytest.mark.requirement("R48")
async def test_settings_that_do_not_fit_together_are_findings(
    townbridge: Command, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TOWNBRIDGE_ORIGIN", "http://town.example")
    monkeypatch.setenv("TOWNBRIDGE_INSECURE_HTTP", "1")
    monkeypatch.setenv("TOWNBRIDGE_HOST", "192.0.2.1")
    monkeypatch.setenv("TOWNBRIDGE_METRICS_TOKEN", "short")
    told = found(await townbridge("doctor", "--json"))
    assert [(check, text.split()[0]) for check, text in told] == [
        ("settings", "TOWNBRIDGE_ORIGIN"),
        ("settings", "TOWNBRIDGE_INSECURE_HTTP"),
        ("settings", "TOWNBRIDGE_METRICS_TOKEN"),
    ]


@pytest.mark.requirement("R48", "R49")
@pytest.mark.parametrize(
    ("setting", "value", "is_fine"),
    [
        ("redis_url", "redis://redis.example:6379/0", False),
        ("redis_url", "rediss://redis.example:6379/0", True),
        ("redis_url", "redis://localhost:6379/0", True),
        ("redis_url", "unix:///run/redis.sock", True),
        ("figures_url", "postgresql://figures@db.example/town", False),
        ("figures_url", "postgresql://figures@db.example/town?sslmode=require", False),
        ("figures_url", "postgresql://figures@/town?host=db.example", False),
        ("figures_url", "postgresql://figures@db.example/town?sslmode=verify-full", True),
        ("figures_url", "postgresql://figures@127.0.0.1/town", True),
        ("figures_url", "postgresql://figures@/town?host=/run/postgresql", True),
        ("forwarded_allow_ips", "*", False),
        ("forwarded_allow_ips", "10.0.0.1,10.0.0.2", True),
    ],
)
def test_a_way_that_others_can_read_or_lead_astray_is_a_finding(
    setting: str, value: str, is_fine: bool, tmp_path: Path
):
    here = "postgresql://app@localhost/town"
    urls = {f"{part}_url": here for part in ("database", "figures", "dispatch", "migrator")}
    told = list(settings_faults(Settings(**{"home": tmp_path, **urls, setting: value})))
    assert [f"TOWNBRIDGE_{setting.upper()}" in each for each in told] == ([] if is_fine else [True])


async def test_an_unreadable_setting_is_wrong_usage(townbridge: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOWNBRIDGE_LOG_LEVEL", "loud")
    said = await townbridge("doctor")
    assert (said.status, said.err) == (
        2,
        "There is no log level loud. Set TOWNBRIDGE_LOG_LEVEL to debug, info, warning or error.\n",
    )


async def test_a_refused_plugin_is_a_finding_with_its_reason(
    townbridge: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    folder = tmp_path / "careless-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: careless\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(
        "[townbridge.plugins]\ncareless = careless_that_is_not_there.plugin\n"
    )
    monkeypatch.syspath_prepend(os.fspath(tmp_path))
    ((check, text),) = found(await townbridge("doctor", "--json"))
    assert check == "plug-ins"
    assert text.startswith("careless is refused: ")
