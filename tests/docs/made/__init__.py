"""What each block is made from; a module for each kind of thing."""

from __future__ import annotations

from tests.docs.made import (
    access,
    api,
    commands,
    contract,
    errors,
    figures,
    imports,
    kit,
    requirements,
    sdk,
    settings,
    walls,
)
from tests.docs.marks import Makers

MAKERS: Makers = {
    **access.BLOCKS,
    **api.BLOCKS,
    **commands.BLOCKS,
    **contract.BLOCKS,
    **errors.BLOCKS,
    **figures.BLOCKS,
    **imports.BLOCKS,
    **kit.BLOCKS,
    **requirements.BLOCKS,
    **sdk.BLOCKS,
    **settings.BLOCKS,
    **walls.BLOCKS,
}
