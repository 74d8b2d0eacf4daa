"""How commands fail: a status, a sentence of what happened, a sentence of what to do, never a traceback."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from core.app import Platform
from core.commands.running import listing
from core.testing import Server
from tests.core.commands.conftest import Command


async def test_an_error_of_ours_nobody_foresaw_is_two_sentences(
    townbridge: Command, platform: Platform, database_server: Server
):
    name = urlsplit(platform.settings.database_url).path.removeprefix("/")
    await database_server.run("DROP TABLE identity.town_role", database=name)
    said = await townbridge("user", "list")
    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "Something went wrong on our side (UndefinedTableError)."
        " Run it again with TOWNBRIDGE_LOG_LEVEL=debug and send us what it says.\n"
    )


async def test_a_database_that_is_down_is_two_sentences(
    townbridge: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("TOWNBRIDGE_DATABASE_URL", f"postgresql://app@/town?host={tmp_path}")
    said = await townbridge("tenant", "list")
    assert (said.status, said.err) == (
        1,
        "The database does not answer. Nothing was lost. Try again in a few seconds.\n",
    )


async def test_a_setting_that_cannot_be_read_is_status_2(
    townbridge: Command, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TOWNBRIDGE_POOL_SIZE", "many")
    said = await townbridge("tenant", "list")
    assert said.status == 2
    assert "pool_size" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("words", [("tenants",), ("tenant", "lst"), ("tenant", "list", "--jsn"), ("load",)])
async def test_wrong_usage_is_status_2(townbridge: Command, words: tuple[str, ...]):
    said = await townbridge(*words)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("Usage: townbridge")


async def test_help_is_status_0_and_lists_every_command(townbridge: Command):
    said = await townbridge("--help")
    assert said.status == 0
    listed = {line.split()[0] for line in said.out.partition("Commands:")[2].splitlines() if line.strip()}
    assert {"doctor", "export", "figures", "load", "migrate", "tenant", "token", "user", "verify"} <= listed


def test_a_table_keeps_its_columns_under_chinese_names(capsys: pytest.CaptureFixture[str]):
    listing([{"name": "王芳", "code": "T01"}, {"name": "Li", "code": None}], ("name", "code"), False)
    assert capsys.readouterr().out == "name  code\n王芳  T01\nLi\n"


def test_json_is_what_programs_read(capsys: pytest.CaptureFixture[str]):
    listing([{"name": "王芳"}], ("name",), True)
    assert msgspec.json.decode(capsys.readouterr().out) == [{"name": "王芳"}]
