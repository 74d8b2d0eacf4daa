"""Fetches the browser files named in the vendor manifest with `npm pack`, checks them and writes both.

For another version: change `version` in the manifest, empty its `integrity`, run `make vendor`.
`sprite` makes one file of many icons, each a symbol named after its file.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["main"]

FOLDER = Path(__file__).resolve().parent.parent / "core" / "web" / "static" / "vendor"
MANIFEST = "manifest.json"


def main() -> int:
    if shutil.which("npm") is None:
        print(
            "make vendor: needs npm; install it (Debian: apt-get install npm) and run it again",
            file=sys.stderr,
        )
        return 2
    manifest = json.loads((FOLDER / MANIFEST).read_text(encoding="utf-8"))
    kept = {MANIFEST}
    for package in manifest["packages"]:
        try:
            kept.update(fetch(package))
        except (ValueError, KeyError, subprocess.CalledProcessError) as error:
            print(f"make vendor: {package['name']}: {error}; nothing of it was written", file=sys.stderr)
            return 1
        print(f"{package['name']} {package['version']} ({package['licence']})")
    for stray in {path.name for path in FOLDER.iterdir()} - kept:
        (FOLDER / stray).unlink()
    (FOLDER / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return 0


def fetch(package: dict[str, Any]) -> set[str]:
    """Writes the files of one package, fills its hashes in; refuses a tarball other than the pinned one."""
    tarball = _download(f"{package['name']}@{package['version']}")
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if package.get("integrity") and package["integrity"] != integrity:
        raise ValueError(f"the package changed: its hash is {integrity}")
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        about = json.loads(_member(archive, "package.json"))
        contents = {file["to"]: _content(archive, file) for file in package["files"]}
    package["integrity"] = integrity
    package["licence"] = about["license"]
    for file in package["files"]:
        content = contents[file["to"]]
        (FOLDER / file["to"]).write_bytes(content)
        file["sha256"] = hashlib.sha256(content).hexdigest()
    return set(contents)


def _content(archive: tarfile.TarFile, file: dict[str, Any]) -> bytes:
    if "sprite" not in file:
        return _member(archive, file["from"])
    symbols = [_symbol(archive, file["from"], name) for name in file["sprite"]]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""]).encode()


def _symbol(archive: tarfile.TarFile, folder: str, name: str) -> str:
    drawing = _member(archive, f"{folder}/{name}.svg").decode()
    strokes = re.findall(r'<(?:path|circle|rect|line)\b(?![^>]*stroke="none")[^>]*/>', drawing)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(strokes)}</symbol>'


def _download(spec: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, spec]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return next(Path(folder).glob("*.tgz")).read_bytes()


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(f"package/{name}")
    if stream is None:
        raise ValueError(f"{name} is not a file of the package")
    return stream.read()


if __name__ == "__main__":
    sys.exit(main())
