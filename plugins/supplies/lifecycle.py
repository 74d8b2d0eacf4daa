"""What `townbridge verify` asks of supplies."""

from __future__ import annotations

from core.sdk import Lifecycle, TenantCtx
from plugins.supplies.services.evidence import faults_of_evidence
from plugins.supplies.services.pairs import faults_of_transfers, halves_of_shipments
from plugins.supplies.services.proof import faults_of_stock

__all__ = ["LIFECYCLE"]


async def check(ctx: TenantCtx) -> list[str]:
    return [
        *await faults_of_stock(ctx),
        *await faults_of_transfers(ctx),
        *await faults_of_evidence(ctx),
    ]


LIFECYCLE = Lifecycle(check=check, halves=halves_of_shipments)
