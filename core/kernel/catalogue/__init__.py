"""The isolation lint: the live catalogue of the database against the tables that the migrations declare.

A wall that somebody has taken down by hand, a table that was made beside the migrations, a grant too many:
each is a finding, one plain sentence. `doctor` and the tests ask here; nothing is changed by asking.
"""

from __future__ import annotations

from core.kernel.catalogue.declared import declared_tables
from core.kernel.catalogue.examine import examine
from core.kernel.catalogue.exempt import EXEMPT
from core.kernel.catalogue.rules import Finding, Rule

__all__ = ["EXEMPT", "Finding", "Rule", "declared_tables", "examine"]
