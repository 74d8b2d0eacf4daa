"""What is installed is pinned, what is vendored is what the manifest says, no wheel lacks a file."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.style.source import PACKAGES, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements.dev.lock"
VENDOR = ROOT / "core" / "web" / "static" / "vendor"
FREE_LICENCES = {"MIT", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Apache-2.0"}


def locked(name: str) -> dict[str, str]:
    """package -> version, after refusing any line of a lock file that is not a pin with hashes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]
    pins: dict[str, str] = {}
    for entry in entries:
        head, *hashes = [part.strip() for part in entry.split("\\\n")]
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)( ; .+)?", head)
        assert match, f"{name}: {head!r} is not a pin"
        assert hashes, f"{name}: {head!r} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), head
        pins[canonicalize_name(match[1])] = match[2]
    return pins


@pytest.mark.requirement("R50")
@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (RUNTIME, PROJECT["dependencies"]),
        (DEVELOPMENT, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_lock_holds_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    pins = locked(lock)
    for requirement in map(Requirement, wanted):
        version = pins.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {lock}: run make lock"
        assert requirement.specifier.contains(version), (
            f"{requirement} but {lock} has {version}: run make lock"
        )


def test_both_locks_agree() -> None:
    assert locked(RUNTIME).items() <= locked(DEVELOPMENT).items()


@pytest.mark.requirement("R50")
def test_vendored_files_are_the_ones_of_the_manifest() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    listed = {file["to"]: file["sha256"] for package in manifest["packages"] for file in package["files"]}
    present = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    del present["manifest.json"]
    assert present == listed


def test_vendored_packages_are_free_and_bring_their_licence() -> None:
    for package in json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]:
        assert package["licence"] in FREE_LICENCES, package["name"]
        assert any("LICENSE" in file["from"].upper() for file in package["files"]), package["name"]


@pytest.mark.slow
def test_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    junk = shutil.ignore_patterns("__pycache__", "*.pyc")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=junk)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    options = [
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path / "wheels"),
    ]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(tmp_path)], check=True, capture_output=True
    )
    [wheel] = (tmp_path / "wheels").iterdir()
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(tmp_path).as_posix()
        for package in PACKAGES
        for path in (tmp_path / package).rglob("*")
        if path.is_file()
    }
    assert wanted <= packed, sorted(wanted - packed)
    assert not [name for name in packed if name.startswith("tests/")]


@pytest.mark.parametrize("python", ["/nowhere/python3.11", "false"])
def test_setup_without_a_fit_python_says_so_in_one_line(python: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for name in ("pyproject.toml", DEVELOPMENT):
        shutil.copy(ROOT / name, tmp_path)
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": python}
    result = subprocess.run(
        ["sh", ".ci/setup"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr.startswith("make setup: ")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / ".venv").exists()


def test_ci_runs_the_checks_of_make_and_every_test_once() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-2:] == ["make lint", "make test"]
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    checks = re.search(r"^lint: setup .*\n((?:\t.*\n)+)", made, re.MULTILINE)
    assert checks is not None
    for tool in ("ruff format --check", "ruff check", "basedpyright --warnings", "lint-imports"):
        assert tool in checks[1]
    assert re.search(r"^check: lint ", made, re.MULTILINE), "make does what CI does, and more"
    tests = re.search(r"^test: setup .*\n((?:\t.*\n)+)", made, re.MULTILINE)
    assert tests is not None
    assert " -m " not in tests[1]
    assert " -k " not in tests[1]
