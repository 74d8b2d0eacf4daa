"""The tutorial's plug-in, written out of the page, installed by its entry point, and run with its own tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.contract import LIVED, STATED
from tests.docs.pages import DOCS

PAGE = DOCS / "tutorials" / "first_plugin.md"
FILE = re.compile(r"^\*\*`([\w./-]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """path -> content, as a reader would copy them."""
    found = FILE.findall(PAGE.read_text(encoding="utf-8"))
    assert len({path for path, _content in found}) == len(found)
    return dict(found)


def run(*command: str, folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """With -P the folder itself is not importable: what is installed is what runs."""
    environment = os.environ | {"PYTHONPATH": str(site), "TOWNBRIDGE_HOME": str(folder / "home")}
    words = [sys.executable, "-P", "-m", *command]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("umbrellas-module")
    for path, content in files().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    (folder / "umbrellas" / "__init__.py").touch()
    return folder


@pytest.fixture(scope="module")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module is installed, beside the environment of the suite."""
    target = tmp_path_factory.mktemp("site")
    pip = ("pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target")
    done = run(*pip, str(target), ".", folder=project, site=target)
    assert done.returncode == 0, done.stderr
    return target


def test_the_page_writes_every_file_that_it_speaks_of() -> None:
    names = {
        path.removeprefix("umbrellas/").split("/")[0] for path in files() if path.startswith("umbrellas/")
    }
    assert {
        "plugin.py",
        "tables.py",
        "piccolo_migrations",
        "permissions.py",
        "pages.py",
        "widgets.py",
    } <= names
    assert {"templates", "indicators.py", "privacy.py", "locale"} <= names


@pytest.mark.slow
def test_the_module_is_found_by_its_entry_point(project: Path, site: Path) -> None:
    listed = run("core.cli", "plugin", "list", folder=project, site=site)
    assert re.search(r"^umbrellas +1\.0 +ready +Lends umbrellas", listed.stdout, re.MULTILINE), listed.stdout


@pytest.mark.slow
def test_a_module_without_privacy_is_refused_in_words(project: Path, site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    (copy / "umbrellas" / "privacy.py").unlink()
    listed = run("core.cli", "plugin", "list", folder=project, site=copy)
    assert listed.returncode == 1
    assert "links a person; privacy.py must answer for it." in listed.stdout


@pytest.mark.slow
def test_the_tests_of_the_page_pass(project: Path, site: Path) -> None:
    done = run("pytest", "-q", "tests", folder=project, site=site)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{5 + len(STATED) + len(LIVED)} passed" in done.stdout
