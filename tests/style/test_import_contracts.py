"""The import contracts of pyproject.toml see what they forbid; `make` runs them over the real tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.style.source import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: list[dict[str, Any]] = PYPROJECT["tool"]["importlinter"]["contracts"]
LINTER = Path(sys.executable).with_name("lint-imports")
ALLOWED = {
    "core/worker.py": "import arq\nimport core.app",
    "core/kernel/queue.py": "import redis",
    "core/kernel/db.py": "import asyncpg",
    "core/host/registry.py": "import pluggy\nimport core.sdk",
    "core/app.py": "import tenants.home\nimport core.town",
    "plugins/alpha/pages.py": "import core.sdk\nimport plugins.alpha.services",
}
FORBIDDEN = {
    "layers": ("core/kernel/clock.py", "import core.web"),
    "no-plugin-by-name": ("core/app.py", "import plugins.alpha"),
    "plugins-apart": ("plugins/beta/pages.py", "import plugins.alpha"),
    "plugins-use-the-sdk": ("plugins/beta/pages.py", "import core.kernel.db"),
    "queue": ("core/host/jobs.py", "from arq import create_pool"),
    "database": ("core/people/rows.py", "import asyncpg"),
    "hooks": ("tenants/home.py", "import pluggy"),
}


def plant(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.write(text + "\n")
    for parent in {ancestor for path in files for ancestor in Path(path).parents if ancestor.name}:
        (folder / parent / "__init__.py").touch()


def every_module() -> dict[str, str]:
    """An empty file for each module that the contracts name, so that they can be checked at all."""
    named = {name for contract in CONTRACTS for name in contract.get("forbidden_modules", [])} - {
        "tenants",
        "plugins",
    }
    inner = [name for name in named if name.startswith("core.") and name not in {"core.app", "core.worker"}]
    return {f"{name.replace('.', '/')}/__init__.py": "" for name in inner} | {
        "core/worker.py": "",
        "core/sdk/__init__.py": "",
        "core/kernel/queue.py": "",
        "tenants/home.py": "",
        "plugins/alpha/services.py": "",
        "plugins/beta/pages.py": "",
    }


def lint(folder: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    only = ["--contract", contract] if contract else []
    command = [str(LINTER), "--no-cache", *only]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    plant(tmp_path, every_module())
    plant(tmp_path, ALLOWED)
    return tmp_path


def test_what_is_allowed_passes(small_tree: Path) -> None:
    result = lint(small_tree)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in result.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(FORBIDDEN)


@pytest.mark.slow
@pytest.mark.parametrize("contract", sorted(FORBIDDEN))
def test_contract_sees_its_violation(contract: str, small_tree: Path) -> None:
    plant(small_tree, dict([FORBIDDEN[contract]]))
    result = lint(small_tree, contract)
    assert result.returncode == 1
    assert "0 kept, 1 broken." in result.stdout


def test_the_list_of_what_a_plugin_may_not_import_is_complete() -> None:
    [contract] = [contract for contract in CONTRACTS if contract["id"] == "plugins-use-the-sdk"]
    existing = {f"core.{path.stem}" for path in (ROOT / "core").iterdir() if path.stem.isidentifier()}
    unlisted = (
        existing
        - {"core.__init__", "core.__pycache__", "core.sdk", "core.locale"}
        - set(contract["forbidden_modules"])
    )
    assert not unlisted, "add them to plugins-use-the-sdk in pyproject.toml"


def test_every_part_of_core_has_its_layer() -> None:
    [contract] = [contract for contract in CONTRACTS if contract["id"] == "layers"]
    layered = {
        name.strip(" ()") for layer in contract["layers"] for name in layer.replace(":", "|").split("|")
    }
    existing = {
        f"core.{path.stem}"
        for path in (ROOT / "core").glob("[a-z]*")
        if list(path.glob("*.py")) or path.suffix == ".py"
    }
    assert existing <= layered, "give each its layer in pyproject.toml"
