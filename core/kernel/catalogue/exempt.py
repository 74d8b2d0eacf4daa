"""The tables without a wall, each with its reason. The list is reviewed, and short on purpose.

A table of the town with policies of its own (its region's rows alone) is walled and stands not here.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXEMPT", "HISTORY", "LONGEST"]

LONGEST = 14
HISTORY = "migration"

EXEMPT: Mapping[str, str] = {
    "tenancy.region": "The tree of towns and counties is public: names and time zones.",
    "tenancy.region_setting": "What a town sets for all its tenants, which each of them must read.",
    "host.plugin_offer": "What a town offers to all its tenants, which each of them must read.",
    "identity.account": "Read at sign-in, before a tenant is known; holds staff only.",
    "identity.session": "Read at every request before a tenant is known; holds hashes of tokens.",
    "identity.throttle": "Written by people who are not signed in; holds keyed hashes.",
    "identity.sign_in_event": "Written before a tenant is known; holds no login and no plain address.",
    "identity.pepper": "One key of the deployment, not a tenant's.",
    "identity.api_token": "Read before a tenant is known; holds hashes of tokens.",
    "identity.invitation": "Opened before she is signed in; holds hashes of one-time links.",
    "identity.town_role": "Who works for a town: read at sign-in, before a region is known.",
    "kernel.key_ring": "One mark of the deployment's keys, not a tenant's.",
    f"*.{HISTORY}": "Which migrations have run; names of files.",
}
