"""Sealed fields: encrypted for their place, found by a blind index, compared between tenants by a pseudonym.

Every tenant has keys of its own, derived from the root keys by HKDF-SHA256. A sealed field is
`version | algorithm | key id | nonce | AES-256-GCM`, bound to its tenant, table, column and row; the id of
the algorithm leaves room for the national ciphers.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.kernel.db import Transaction
from core.kernel.errors import Broken, Misconfigured
from core.kernel.i18n import gettext_noop as _
from core.kernel.keys import RootKey, RootKeys, load_keys

__all__ = ["Keyring", "same_keys"]

VERSION, AES_256_GCM = 1, 1
HEADER, NONCE, TAG = 6, 12, 16
INDEX_SIZE = 16
REMEMBERED = 4096


class Keyring:
    """The keys of one deployment; nothing of them shows in a log or a traceback's repr."""

    def __init__(self, roots: RootKeys) -> None:
        self._index = roots.index
        self._pseudonym = roots.pseudonym
        self._current = roots.seals[-1].key_id
        self._seals = {key.key_id: key for key in roots.seals}
        self._key = lru_cache(maxsize=REMEMBERED)(_derived)
        self._cipher = lru_cache(maxsize=REMEMBERED)(self._made_cipher)

    @classmethod
    def load(cls, home: Path) -> Self:
        """The keys under `home`/keys, made at first use."""
        return cls(load_keys(home))

    def __repr__(self) -> str:
        return f"Keyring({len(self._seals)} seals)"

    def seal(self, tenant: UUID, place: str, row: UUID, text: str) -> bytes:
        """Encrypt `text` for one column of one row; `place` is `schema.table.column`."""
        header = bytes((VERSION, AES_256_GCM)) + self._current
        nonce = os.urandom(NONCE)
        cipher = self._cipher(self._current, tenant)
        return header + nonce + cipher.encrypt(nonce, text.encode(), _bound(header, tenant, place, row))

    def open(self, tenant: UUID, place: str, row: UUID, sealed: bytes) -> str:
        """The text; raises `Broken` when it was changed, cut, moved from its place, or its key is gone."""
        header, nonce, body = sealed[:HEADER], sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :]
        if len(body) < TAG or header[:2] != bytes((VERSION, AES_256_GCM)):
            raise _broken()
        if header[2:] not in self._seals:
            raise Broken(
                _("The key %(key)s that sealed this is missing."),
                _("Restore the folder of keys from the backup."),
                key=header[2:].hex(),
            )
        try:
            cipher = self._cipher(header[2:], tenant)
            return cipher.decrypt(nonce, body, _bound(header, tenant, place, row)).decode()
        except InvalidTag:
            raise _broken() from None

    def is_current(self, sealed: bytes) -> bool:
        """False when a rotation has made a newer key, and the field wants sealing again."""
        return sealed[2:HEADER] == self._current

    def blind(self, tenant: UUID, field: str, text: str) -> bytes:
        """16 bytes to find `text` by, different in every tenant and field; give it in canonical form."""
        key = self._key(self._index, "index", tenant, field)
        return hmac.digest(key, text.encode(), "sha256")[:INDEX_SIZE]

    def pseudonym(self, space: str, number: str) -> str:
        """64 hexadecimals, the same in every tenant; `space` is the kind of number (`resident-id`)."""
        name = f"{space}\0{number}".encode()
        return hmac.new(self._pseudonym.secret, name, hashlib.sha256).hexdigest()

    def digest_key(self, tenant: UUID) -> bytes:
        """The key of the tenant's audit digests; for `audit.use_digest_keys`."""
        return self._key(self._index, "audit", tenant, "")

    def fingerprint(self) -> bytes:
        """Tells this deployment's keys from another's; it survives rotation."""
        both = hmac.digest(self._pseudonym.secret, self._index.secret, "sha256")
        return hashlib.sha256(b"townbridge fingerprint" + both).digest()[:INDEX_SIZE]

    def _made_cipher(self, key_id: bytes, tenant: UUID) -> AESGCM:
        return AESGCM(_derived(self._seals[key_id], "seal", tenant, ""))


async def same_keys(tx: Transaction, keyring: Keyring) -> None:
    """Raise `Misconfigured` when the database was filled under other keys; the first start notes them."""
    await tx.execute(
        "INSERT INTO kernel.key_ring (id, fingerprint) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
        keyring.fingerprint(),
    )
    if await tx.fetchval("SELECT fingerprint FROM kernel.key_ring WHERE id = 1") != keyring.fingerprint():
        raise Misconfigured(
            _("The keys in the home folder are not those of this database."),
            _("Restore the folder of keys from the backup, or point to the database that belongs to them."),
        )


def _derived(root: RootKey, purpose: str, tenant: UUID, field: str) -> bytes:
    info = b"townbridge\0" + purpose.encode() + b"\0" + tenant.bytes + field.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(root.secret)


def _bound(header: bytes, tenant: UUID, place: str, row: UUID) -> bytes:
    return header + tenant.bytes + row.bytes + place.encode()


def _broken() -> Broken:
    return Broken(
        _("A sealed field cannot be opened: it was changed outside the product."),
        _("Restore it from the backup and tell the administrator."),
    )
