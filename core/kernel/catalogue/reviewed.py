"""What is allowed beside the declared tables, each with its reason. A plug-in's migration adds nothing here.

Doors for the login `figures` that only read need no line: they are made for the selects of the indicators.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.kernel.catalogue.exempt import EXEMPT, LONGEST

__all__ = ["DOORS", "EXTENSIONS", "FUNCTIONS", "LISTS", "TRIGGERS"]

DOORS: Mapping[str, str] = {
    "tenancy.tenant.own": "A tenant reads its own line in the list of tenants.",
    "tenancy.tenant.region": "The town keeps the list of its tenants.",
    "tenancy.activation.region": "The town sees what its tenants have switched on.",
    "identity.membership.actor": "At sign-in somebody asks for her own workplaces, before one is chosen.",
    "people.pseudonym.elsewhere": "Whether one pseudonym exists in another tenant, yes or no.",
    "kernel.job.dispatch_scan": "The worker sees who has jobs due, not what they say.",
    "figures.figure.region": "The town reads the figures of its tenants.",
    "figures.figure.figures_all": "Only the login that computes figures writes them.",
    "figures.stale.figures_all": "The login that computes figures takes the marks of what is stale.",
    "reports.report.region": "The town reads the states of its tenants' reports.",
    "reports.report.region_decides": "The town returns or approves a report.",
    "reports.step.region": "The town reads what happened to a report.",
    "reports.step.region_decides": "The town's decision is a step of the report.",
    "reports.cell.region": "The town reads the numbers of a report.",
    "notices.notice.region_reads": "The town reads its own notices.",
    "notices.notice.region_posts": "The town posts notices.",
    "notices.notice.region_corrects": "The town corrects and withdraws its notices.",
    "notices.reading.region_reads": "The town sees who has read its notices.",
    "town.exchange_file.town_wall": "The files that a town was given are its own.",
}

FUNCTIONS: Mapping[str, str] = {
    "kernel.append_audit": "Chains the audit lines of a transaction in one round trip.",
    "kernel.refuse_change": "The audit is only added to.",
    "figures.lcm": "The common divisor of a group of cells.",
}

TRIGGERS: Mapping[str, Mapping[str, str]] = {
    "kernel.audit": {
        "only_append": (
            "CREATE TRIGGER only_append BEFORE DELETE OR UPDATE OR TRUNCATE ON kernel.audit"
            " FOR EACH STATEMENT EXECUTE FUNCTION kernel.refuse_change()"
        )
    }
}
"""As PostgreSQL writes them. Citus knows no triggers on distributed tables: there they are not expected."""

EXTENSIONS: Mapping[str, str] = {
    "plpgsql": "Comes with PostgreSQL.",
    "citus": "Distributes the tables, where a deployment has it.",
    "citus_columnar": "Comes with Citus.",
    "pg_stat_statements": "Counts statements without their values, for whoever runs the server.",
}

LISTS: Mapping[str, tuple[Mapping[str, str], int]] = {
    "tables without a wall": (EXEMPT, LONGEST),
    "doors": (DOORS, 20),
    "functions": (FUNCTIONS, 3),
    "extensions": (EXTENSIONS, 4),
}
"""Each list with the most lines that it may have; the tests hold it to that."""
