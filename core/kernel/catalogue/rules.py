"""Every rule of the lint by name, and the sentence that tells of its breach.

Each has a fault planted for it in the tests; a rule without one fails the build.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

__all__ = ["Finding", "Rule"]


class Finding(Struct, frozen=True):
    """One breach, in a sentence."""

    rule: Rule
    text: str


class Rule(Enum):
    """The value is the sentence, with places to fill in."""

    # Tables: there, and behind a wall.
    TABLE_MISSING = "{table} is missing."
    TABLE_STRANGE = "{table} is declared by no migration of an installed plug-in."
    TABLE_OWNER = "{table} belongs to the role {role}, not to owner."
    TABLE_UNLOGGED = "{table} is not logged: a crash empties it."
    TABLE_PART = "{table} is a part of {parent}: its rows are also read there, past its own wall."
    WALL_NONE = "{table} has no wall between tenants and is not on the reviewed list of such tables."
    WALL_OFF = "{table} has row-level security switched off."
    WALL_NOT_FORCED = "{table} does not force row-level security on its owner."
    LIST_LONG = "More than {number} lines are on the reviewed list of {name}."

    # Policies: exactly those declared, and only doors that were reviewed.
    POLICY_MISSING = "{table} lacks the policy {policy}."
    POLICY_ADDED = "{table} has a door that is not declared, the policy {policy}."
    POLICY_CHANGED = "{table} has the policy {policy} otherwise than declared."
    POLICY_ASKS = "{table} has a sub-query in the policy {policy}, which Citus refuses."
    POLICY_CALLS = "{table} calls a function that is not built in from the policy {policy}."
    DOOR_NEW = "{table} declares the door {policy} for {role}, which is not on the reviewed list."
    DOOR_TO_COMPARTMENT = "{table} is in a compartment and opens it to the town by the door {policy}."

    # Grants.
    GRANT_ADDED = "{table} grants {privilege} to {role}, which is not declared."
    GRANT_MISSING = "{table} does not grant {privilege} to {role}."
    GRANT_WIDE = "{table} declares {privilege} for {role}, which no login but its own may have."

    # Columns, keys and checks.
    COLUMN_MISSING = "{table} lacks the column {column}."
    COLUMN_ADDED = "{table} has a column that is not declared, {column}."
    COLUMN_CHANGED = "{table} has the column {column} otherwise than declared."
    COLUMN_FILLED = "{table} fills the column {column} from a setting, a sequence or a function of ours."
    COLUMN_NAN = "{table} lets NaN into the column {column}; add the check {column} <> 'NaN'."
    CHECK_MISSING = "{table} lacks the check {check}."
    CHECK_ADDED = "{table} has a check that is not declared, {check}."
    KEY_MISSING = "{table} lacks the unique key ({columns})."
    KEY_WITHOUT_TENANT = (
        "{table} has the unique key {key} without tenant_id: it tells what other tenants have."
    )
    KEY_PRIMARY_NONE = "{table} has no primary key."
    INDEX_OF_TENANT_NONE = "{table} has no index that begins with tenant_id."
    TENANT_NONE = "{table} has no column tenant_id uuid NOT NULL."
    TENANT_DEFAULT = "{table} has a default for tenant_id; a row must say whose it is."
    FOREIGN_MISSING = "{table} lacks the foreign key ({columns}) to {target}."
    FOREIGN_ADDED = "{table} has a foreign key that is not declared, ({columns}) to {target}."
    FOREIGN_WITHOUT_TENANT = "{table} refers to {target} by ({columns}), without the tenant on both sides."

    # What acts by itself.
    TRIGGER_ADDED = "{table} has a trigger that is not on the reviewed list, {trigger}."
    TRIGGER_MISSING = "{table} lacks the trigger {trigger}."
    TRIGGER_CHANGED = "{table} has the trigger {trigger} otherwise than declared."
    TRIGGER_OFF = "{table} has the trigger {trigger} switched off."
    REWRITTEN = "{table} has a rewriting rule, {name}: it answers with something else than its rows."
    FUNCTION_ADDED = "The function {name} is not on the reviewed list."
    FUNCTION_CHANGED = "The function {name} does otherwise than declared."
    FUNCTION_OF_OWNER = "The function {name} runs with its owner's rights (SECURITY DEFINER)."
    EVENT_TRIGGER = "The event trigger {name} acts on every migration."

    # Ways around the tables.
    VIEW_OF_OWNER = "{table} is a view that reads with its owner's rights; make it with security_invoker."
    VIEW_STORED = "{table} is a materialized view, which keeps rows of all tenants outside their walls."
    SEQUENCE = "{table} is a sequence: it tells how much all tenants do."
    PUBLICATION = "The publication {name} sends rows to other servers, past every wall."
    SUBSCRIPTION = "The subscription {name} takes rows from another server, past every wall."
    SERVER_FOREIGN = "The foreign server {name} leads out of the database."
    EXTENSION = "The extension {name} is not on the reviewed list."
    LARGE_OBJECTS = "The database holds large objects, which have no wall."

    # Schemas, roles and defaults.
    SCHEMA_OWNER = "The schema {name} belongs to the role {role}, not to owner."
    SCHEMA_MAKER = "The role {role} may make tables in the schema {name}."
    SCHEMA_USER = "The role {role} may use the schema {name}."
    DATABASE_MAKER = "The role {role} may make schemas in the database."
    GRANTS_TO_COME = "What {role} makes from now on is open to others by default."
    ROLE_MISSING = "The role {role} is missing; run `townbridge migrate`."
    ROLE_SUPERUSER = "The role {role} is a superuser: no wall holds it."
    ROLE_BYPASSES = "The role {role} bypasses row-level security."
    ROLE_MAKES = "The role {role} may make roles or databases."
    ROLE_REPLICATES = "The role {role} may copy the whole database by replication."
    ROLE_OWNER_LOGS_IN = "The role owner may log in; only migrator becomes it."
    ROLE_MEMBER = "The role {member} is a member of {role}."
    ROLE_UNLIMITED = "The role {role} lacks its limit {setting} = {value}."
    SETTING_DEFAULT = "A default of {whose} sets {setting} outside a transaction."

    def told(self, **words: object) -> Finding:
        return Finding(self, self.value.format(**words))
