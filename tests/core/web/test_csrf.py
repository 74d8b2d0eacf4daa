"""The token of a session as a page shows it."""

from __future__ import annotations

import hashlib

import pytest

from core.kernel.errors import Forbidden
from core.web.csrf import check_token, masked


def test_a_token_is_never_shown_twice_alike_and_opens_its_own_session_alone() -> None:
    own, other = hashlib.sha256(b"own").hexdigest(), hashlib.sha256(b"other").hexdigest()
    shown = {masked(own) for _ in range(20)}
    assert len(shown) == 20
    assert not any(own in each for each in shown)
    for each in (*shown, own):
        check_token(own, each)
        for wrong in (other, masked(other), each[:-1], each.replace(each[0], "x"), "", "0" * 128, "é" * 128):
            with pytest.raises(Forbidden):
                check_token(own, wrong)
