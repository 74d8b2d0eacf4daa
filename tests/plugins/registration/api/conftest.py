"""Programs at the counters of the two units, with tokens of the whole plug-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from core.testing import Program
from tests.plugins.registration.conftest import Counter

HERE = "/api/v1/t/t01/registration"
THERE = "/api/v1/t/t02/registration"


@pytest.fixture
async def desk(program: Callable[..., Awaitable[Program]], counter: Counter) -> Program:
    """The station of t01."""
    return await program("station_staff", "registration.*")


@pytest.fixture
async def there(program: Callable[..., Awaitable[Program]], counter: Counter) -> Program:
    """The station of t02."""
    return await program("station_staff.t02", "registration.*")


@pytest.fixture
async def officer(program: Callable[..., Awaitable[Program]], counter: Counter) -> Program:
    """Of t01: sees the basics of its employees and changes nobody."""
    return await program("tenant_officer", "registration.*")
