"""What `townbridge verify` asks of supplies."""

from __future__ import annotations

from core.sdk import Lifecycle
from plugins.supplies.services.proof import faults_of_stock

__all__ = ["LIFECYCLE"]

LIFECYCLE = Lifecycle(check=faults_of_stock)
