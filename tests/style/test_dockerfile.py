"""The image is small, pinned, run by an ordinary user and says whether it is well."""

from __future__ import annotations

import json
import re

import pytest

from tests.style.source import ROOT

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def instructions(text: str) -> list[tuple[str, str]]:
    """(KEYWORD, rest) in order; comments dropped, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


def last_stage(text: str) -> list[tuple[str, str]]:
    steps = instructions(text)
    start = max(index for index, (word, _) in enumerate(steps) if word == "FROM")
    return steps[start:]


def runs_as_ordinary_user(text: str) -> bool:
    users = [rest for word, rest in last_stage(text) if word == "USER"]
    return bool(users) and users[-1].split(":")[0] not in {"root", "0"}


def is_pinned(text: str) -> bool:
    images = [rest.split()[0] for word, rest in instructions(text) if word == "FROM"]
    return all(":" in image and not image.endswith(":latest") for image in images)


def is_health_checked(text: str) -> bool:
    return any(word == "HEALTHCHECK" and "/healthz" in rest for word, rest in last_stage(text))


@pytest.mark.requirement("R48")
def test_image_runs_as_an_ordinary_user() -> None:
    assert runs_as_ordinary_user(TEXT)
    assert not runs_as_ordinary_user(TEXT.replace("USER 10001", "USER root"))
    assert not runs_as_ordinary_user(TEXT.replace("USER 10001", "# nobody"))


def test_image_comes_from_a_named_version() -> None:
    assert is_pinned(TEXT)
    assert not is_pinned(TEXT.replace("python:3.12-slim-bookworm", "python:latest"))
    assert not is_pinned(TEXT.replace("python:3.12-slim-bookworm", "python"))


def test_image_says_whether_it_is_well() -> None:
    assert is_health_checked(TEXT)
    assert not is_health_checked(TEXT.replace("HEALTHCHECK", "# "))


def test_health_check_is_python_that_compiles() -> None:
    [check] = [rest for word, rest in last_stage(TEXT) if word == "HEALTHCHECK"]
    command = json.loads(check[check.index("[") :])
    assert command[:2] == ["python", "-c"]
    assert compile(command[2], "HEALTHCHECK", "exec")


def test_last_stage_installs_nothing_and_takes_only_the_environment() -> None:
    copied = [rest for word, rest in last_stage(TEXT) if word in {"COPY", "ADD"}]
    assert copied == ["--from=build /opt/townbridge /opt/townbridge"]
    assert not [rest for word, rest in last_stage(TEXT) if word == "RUN" and ("pip" in rest or "apt" in rest)]


@pytest.mark.requirement("R50")
def test_everything_installed_has_a_hash() -> None:
    installs = re.findall(r"pip install ([^&\n]+)", TEXT)
    from_index = [options for options in installs if " ." not in f" {options.strip()}"]
    assert from_index
    assert all("--require-hashes" in options for options in from_index)
    assert all("--no-build-isolation" in options for options in set(installs) - set(from_index))


def test_image_serves_on_8000_with_its_home_on_a_volume() -> None:
    stage = dict(last_stage(TEXT))
    assert stage["EXPOSE"] == "8000"
    assert stage["VOLUME"] == "/data"
    assert "TOWNBRIDGE_HOME=/data" in stage["ENV"]
    assert json.loads(stage["ENTRYPOINT"]) + json.loads(stage["CMD"]) == [
        "townbridge",
        "serve",
        "--port",
        "8000",
    ]


def test_copied_files_exist_and_are_let_through() -> None:
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        name
        for word, rest in instructions(TEXT)
        if word == "COPY" and "--from" not in rest
        for name in rest.split()[:-1]
    }
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
