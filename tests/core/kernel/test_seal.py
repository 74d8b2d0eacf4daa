"""Sealed fields: they open in their place alone, and their keys outlive rotation but not loss."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.db import Database
from core.kernel.errors import Broken, Misconfigured
from core.kernel.ids import new_id
from core.kernel.keys import add_seal_key, load_keys
from core.kernel.scope import Scope
from core.kernel.seal import Keyring, same_keys

A, B, ROW = new_id(), new_id(), new_id()
PLACE, NUMBER = "people.person.document", "110101199003070011"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.load(tmp_path)


def test_what_was_sealed_opens_in_its_place(keyring: Keyring) -> None:
    sealed = keyring.seal(A, PLACE, ROW, NUMBER)

    assert keyring.open(A, PLACE, ROW, sealed) == NUMBER
    assert NUMBER.encode() not in sealed
    assert keyring.seal(A, PLACE, ROW, NUMBER) != sealed


@pytest.mark.requirement("R39")
@pytest.mark.parametrize(
    ("tenant", "place", "row"),
    [
        (B, PLACE, ROW),
        (A, "people.person.phone", ROW),
        (A, "health.person.document", ROW),
        (A, PLACE, new_id()),
    ],
)
def test_what_was_moved_to_another_place_does_not_open(
    keyring: Keyring, tenant: UUID, place: str, row: UUID
) -> None:
    sealed = keyring.seal(A, PLACE, ROW, NUMBER)
    with pytest.raises(Broken):
        keyring.open(tenant, place, row, sealed)


@pytest.mark.requirement("R39")
def test_what_was_changed_or_cut_does_not_open(keyring: Keyring) -> None:
    sealed = keyring.seal(A, PLACE, ROW, NUMBER)
    changed = [sealed[:n] + bytes((sealed[n] ^ 1,)) + sealed[n + 1 :] for n in range(len(sealed))]
    for wrong in (*changed, *(sealed[:n] for n in range(len(sealed))), sealed + b"\0"):
        with pytest.raises(Broken):
            keyring.open(A, PLACE, ROW, wrong)


@pytest.mark.requirement("R39")
def test_no_nonce_is_used_twice(keyring: Keyring) -> None:
    assert len({keyring.seal(A, PLACE, ROW, NUMBER)[6:18] for _ in range(20_000)}) == 20_000


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_opens_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    keyring = Keyring.load(tmp_path_factory.getbasetemp() / "home")
    assert keyring.open(A, PLACE, ROW, keyring.seal(A, PLACE, ROW, text)) == text


@pytest.mark.requirement("R40")
def test_an_index_is_equal_within_a_field_of_a_tenant_only(keyring: Keyring) -> None:
    found = keyring.blind(A, "document", NUMBER)

    assert found == keyring.blind(A, "document", NUMBER)
    others = (
        keyring.blind(B, "document", NUMBER),
        keyring.blind(A, "phone", NUMBER),
        keyring.blind(A, "document", "110101199003070012"),
        keyring.digest_key(A)[:16],
    )
    assert len({found, *others}) == 5
    assert len(found) == 16


def test_a_pseudonym_is_the_same_in_every_tenant_and_hides_the_number(
    keyring: Keyring, tmp_path: Path
) -> None:
    pseudonym = keyring.pseudonym("43", NUMBER)

    assert pseudonym == Keyring.load(tmp_path).pseudonym("43", NUMBER)
    assert pseudonym != keyring.pseudonym("passport", NUMBER)
    assert pseudonym != Keyring.load(tmp_path / "other").pseudonym("43", NUMBER)
    assert len(bytes.fromhex(pseudonym)) == 32


@pytest.mark.requirement("R39")
def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens(
    keyring: Keyring, tmp_path: Path
) -> None:
    old = keyring.seal(A, PLACE, ROW, NUMBER)
    index = keyring.blind(A, "document", NUMBER)

    add_seal_key(tmp_path)
    rotated = Keyring.load(tmp_path)

    assert rotated.open(A, PLACE, ROW, old) == NUMBER
    assert not rotated.is_current(old)
    new = rotated.seal(A, PLACE, ROW, NUMBER)
    assert rotated.is_current(new)
    assert rotated.blind(A, "document", NUMBER) == index
    assert rotated.fingerprint() == keyring.fingerprint()
    with pytest.raises(Broken, match="missing"):
        keyring.open(A, PLACE, ROW, new)


@pytest.mark.requirement("R48")
def test_keys_are_for_the_owner_alone(keyring: Keyring, tmp_path: Path) -> None:
    files = list((tmp_path / "keys").iterdir())

    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    files[0].chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        load_keys(tmp_path)


@pytest.mark.requirement("R45", "R48")
def test_nothing_of_a_key_shows(keyring: Keyring, tmp_path: Path) -> None:
    roots = load_keys(tmp_path)
    shown = repr((keyring, roots, vars(keyring)))
    for key in (*roots.seals, roots.index, roots.pseudonym):
        assert repr(key.secret)[2:-1] not in shown
        assert key.secret.hex() not in shown


@pytest.mark.parametrize("lost", ["index.key", "pseudonym.key", "seal-*.key"])
def test_a_lost_key_is_not_silently_made_anew(keyring: Keyring, tmp_path: Path, lost: str) -> None:
    for path in (tmp_path / "keys").glob(lost):
        path.unlink()
    with pytest.raises(Misconfigured, match="backup"):
        Keyring.load(tmp_path)


def test_a_damaged_key_is_refused(keyring: Keyring, tmp_path: Path) -> None:
    os.truncate(tmp_path / "keys" / "index.key", 31)
    with pytest.raises(Misconfigured, match="damaged"):
        Keyring.load(tmp_path)


async def test_keys_made_anew_after_a_loss_are_refused_by_the_filled_database(
    database: Database, keyring: Keyring, tmp_path: Path
) -> None:
    add_seal_key(tmp_path)
    for ring in (keyring, Keyring.load(tmp_path)):
        async with database.transaction(Scope.nobody()) as tx:
            await same_keys(tx, ring)
    async with database.transaction(Scope.nobody()) as tx:
        with pytest.raises(Misconfigured, match="not those of this database"):
            await same_keys(tx, Keyring.load(tmp_path / "other"))


def test_processes_that_start_together_agree_on_the_keys(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from core.kernel.seal import Keyring;"
        "print(Keyring.load(pathlib.Path(sys.argv[1])).fingerprint().hex())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "home")], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    printed = {process.communicate(timeout=30)[0] for process in started}
    assert len(printed) == 1
    assert len(printed.pop().strip()) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["keys"]
