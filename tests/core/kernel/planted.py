"""Breaches of the walls, each with the sentences that tell of it, and of nothing else."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PLANTED", "Breach"]


class Breach(NamedTuple):
    """`sql` is run by a superuser; `told` is what the lint must say, word for word."""

    name: str
    sql: tuple[str, ...]
    told: tuple[str, ...]


PLANTED = (
    Breach(
        "row-level security switched off",
        ("ALTER TABLE people.person DISABLE ROW LEVEL SECURITY",),
        ("people.person has row-level security switched off.",),
    ),
    Breach(
        "row-level security not forced",
        ("ALTER TABLE people.consent NO FORCE ROW LEVEL SECURITY",),
        ("people.consent does not force row-level security on its owner.",),
    ),
    Breach(
        "policy dropped",
        ("DROP POLICY tenant_wall ON people.access_log",),
        ("people.access_log lacks the policy tenant_wall.",),
    ),
    Breach(
        "door added",
        ("CREATE POLICY backdoor ON identity.membership FOR SELECT TO app USING (role = 'x')",),
        ("identity.membership has a door that is not declared, the policy backdoor.",),
    ),
    Breach(
        "policy opened",
        ("ALTER POLICY tenant_wall ON tenancy.firm USING (true)",),
        ("tenancy.firm has the policy tenant_wall otherwise than declared.",),
    ),
    Breach(
        "compartment taken out of a policy",
        (
            (
                "ALTER POLICY tenant_wall ON people.movement USING (tenant_id ="
                " NULLIF(current_setting('app.tenant', true), '')::uuid)"
            ),
        ),
        ("people.movement has the policy tenant_wall otherwise than declared.",),
    ),
    Breach(
        "policy given to another role",
        ("ALTER POLICY figures ON people.residence TO figures, app",),
        ("people.residence has the policy figures otherwise than declared.",),
    ),
    Breach(
        "sub-query in a policy",
        (
            (
                "CREATE POLICY asks ON kernel.schedule FOR SELECT TO app"
                " USING (tenant_id IN (SELECT id FROM tenancy.tenant))"
            ),
        ),
        (
            "kernel.schedule has a door that is not declared, the policy asks.",
            "kernel.schedule has a sub-query in the policy asks, which Citus refuses.",
        ),
    ),
    Breach(
        "function of one's own in a policy",
        (
            "CREATE FUNCTION kernel.always() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "CREATE POLICY calls ON kernel.idempotency FOR SELECT TO app USING (kernel.always())",
        ),
        (
            "kernel.idempotency has a door that is not declared, the policy calls.",
            "kernel.idempotency calls a function that is not built in from the policy calls.",
        ),
    ),
    Breach(
        "town's policy dropped",
        ("DROP POLICY own ON tenancy.tenant",),
        ("tenancy.tenant lacks the policy own.",),
    ),
    Breach(
        "primary key without tenant",
        ("ALTER TABLE registration.confirmation DROP CONSTRAINT confirmation_pkey, ADD PRIMARY KEY (id)",),
        (
            "registration.confirmation lacks the unique key (tenant_id, id).",
            (
                "registration.confirmation has the unique key confirmation_pkey without tenant_id:"
                " it tells what other tenants have."
            ),
        ),
    ),
    Breach(
        "unique index across tenants",
        ("CREATE UNIQUE INDEX one_pseudonym ON people.pseudonym (pseudonym)",),
        (
            (
                "people.pseudonym has the unique key one_pseudonym without tenant_id:"
                " it tells what other tenants have."
            ),
        ),
    ),
    Breach(
        "foreign key without tenant",
        (
            "ALTER TABLE tenancy.unit ADD CONSTRAINT unit_alone UNIQUE (id)",
            "ALTER TABLE tenancy.unit ADD FOREIGN KEY (parent_id) REFERENCES tenancy.unit (id)",
        ),
        (
            "tenancy.unit has the unique key unit_alone without tenant_id: it tells what other tenants have.",
            "tenancy.unit refers to tenancy.unit by (parent_id), without the tenant on both sides.",
        ),
    ),
    Breach(
        "foreign key from a table without tenant",
        (
            "ALTER TABLE tenancy.activation ADD CONSTRAINT activation_alone UNIQUE (id)",
            "ALTER TABLE host.plugin_offer ADD FOREIGN KEY (id) REFERENCES tenancy.activation (id)",
        ),
        (
            (
                "tenancy.activation has the unique key activation_alone without tenant_id:"
                " it tells what other tenants have."
            ),
            "host.plugin_offer refers to tenancy.activation by (id), without the tenant on both sides.",
        ),
    ),
    Breach(
        "foreign key dropped",
        (
            (
                "ALTER TABLE registration.permit_help"
                " DROP CONSTRAINT permit_help_tenant_id_person_id_fkey, DROP CONSTRAINT permit_help_tenant_id_fkey"
            ),
        ),
        (
            "registration.permit_help lacks the foreign key (tenant_id) to tenancy.tenant.",
            "registration.permit_help lacks the foreign key (tenant_id, person_id) to people.person.",
        ),
    ),
    Breach(
        "no index for the tenant",
        ("ALTER TABLE figures.stale DROP CONSTRAINT stale_pkey, ADD PRIMARY KEY (id, tenant_id)",),
        (
            "figures.stale lacks the unique key (tenant_id, id).",
            "figures.stale has no index that begins with tenant_id.",
        ),
    ),
    Breach(
        "default tenant",
        ("ALTER TABLE tenancy.setting ALTER tenant_id SET DEFAULT '01000000-0000-7000-8000-000000000000'",),
        (
            "tenancy.setting has the column tenant_id otherwise than declared.",
            "tenancy.setting has a default for tenant_id; a row must say whose it is.",
        ),
    ),
    Breach(
        "table owned by a login",
        (
            "ALTER TABLE kernel.key_ring OWNER TO migrator",
            "GRANT SELECT ON kernel.key_ring TO owner",
        ),
        (
            "kernel.key_ring belongs to the role migrator, not to owner.",
            "kernel.key_ring grants SELECT to owner, which is not declared.",
        ),
    ),
    Breach(
        "privileges that no policy holds",
        ("GRANT TRUNCATE, REFERENCES, TRIGGER ON kernel.job TO app",),
        (
            "kernel.job grants REFERENCES to app, which is not declared.",
            "kernel.job grants TRUNCATE to app, which is not declared.",
            "kernel.job grants TRIGGER to app, which is not declared.",
        ),
    ),
    Breach(
        "audit open to change",
        ("GRANT UPDATE ON kernel.audit TO app",),
        ("kernel.audit grants UPDATE to app, which is not declared.",),
    ),
    Breach(
        "one column readable by the figures",
        ("GRANT SELECT (hash) ON kernel.audit_head TO figures",),
        ("kernel.audit_head grants SELECT of hash to figures, which is not declared.",),
    ),
    Breach(
        "everybody may read",
        ("GRANT SELECT ON identity.pepper TO PUBLIC",),
        ("identity.pepper grants SELECT to public, which is not declared.",),
    ),
    Breach(
        "privilege taken away",
        ("REVOKE SELECT ON tenancy.region FROM dispatch",),
        ("tenancy.region does not grant SELECT to dispatch.",),
    ),
    Breach(
        "migration history open",
        ("GRANT INSERT ON people.migration TO app",),
        ("people.migration grants INSERT to app, which is not declared.",),
    ),
    Breach(
        "column added",
        ("ALTER TABLE identity.session ADD COLUMN remark text",),
        ("identity.session has a column that is not declared, remark.",),
    ),
    Breach(
        "column dropped",
        ("ALTER TABLE identity.throttle DROP COLUMN tries",),
        ("identity.throttle lacks the column tries.",),
    ),
    Breach(
        "column changed",
        ("ALTER TABLE identity.api_token ALTER expires_at DROP NOT NULL",),
        ("identity.api_token has the column expires_at otherwise than declared.",),
    ),
    Breach(
        "table dropped",
        ("DROP TABLE town.exchange_file",),
        ("town.exchange_file is missing.",),
    ),
    Breach(
        "table beside the migrations",
        ("CREATE TABLE people.notes (tenant_id uuid NOT NULL, words text)",),
        ("people.notes is declared by no migration of an installed plug-in.",),
    ),
    Breach(
        "table in a schema of its own",
        ("CREATE SCHEMA attic", "CREATE TABLE attic.copy (words text)"),
        ("attic.copy is declared by no migration of an installed plug-in.",),
    ),
    Breach(
        "view with its owner's rights",
        ("CREATE VIEW people.names AS SELECT name FROM people.person",),
        ("people.names is a view that reads with its owner's rights; make it with security_invoker.",),
    ),
    Breach(
        "materialized view",
        ("CREATE MATERIALIZED VIEW people.frozen AS SELECT name FROM people.person",),
        ("people.frozen is a materialized view, which keeps rows of all tenants outside their walls.",),
    ),
    Breach(
        "function with its owner's rights",
        (
            "CREATE FUNCTION people.count_all() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
        ),
        ("The function people.count_all runs with its owner's rights (SECURITY DEFINER).",),
    ),
    Breach(
        "login that bypasses the walls",
        ("ALTER ROLE app BYPASSRLS",),
        ("The role app bypasses row-level security.",),
    ),
    Breach(
        "login that is a superuser",
        ("ALTER ROLE dispatch SUPERUSER",),
        ("The role dispatch is a superuser: no wall holds it.",),
    ),
    Breach(
        "login that makes roles",
        ("ALTER ROLE figures CREATEROLE",),
        ("The role figures may make roles or databases.",),
    ),
    Breach(
        "login that becomes the owner",
        ("GRANT owner TO app",),
        ("The role app is a member of owner.",),
    ),
    Breach(
        "owner that logs in",
        ("ALTER ROLE owner LOGIN",),
        ("The role owner may log in; only migrator becomes it.",),
    ),
    Breach(
        "default tenant of a role",
        ("ALTER ROLE app SET app.tenant = '01000000-0000-7000-8000-000000000000'",),
        ("A default of the role app sets app.tenant outside a transaction.",),
    ),
    Breach(
        "default region of the database",
        (
            (
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET app.region = ''x''', current_database());"
                " END $$"
            ),
        ),
        ("A default of the database sets app.region outside a transaction.",),
    ),
    Breach(
        "schema in which a login makes tables",
        ("GRANT CREATE ON SCHEMA people TO app",),
        ("The role app may make tables in the schema people.",),
    ),
    Breach(
        "schema of a login",
        ("ALTER SCHEMA figures OWNER TO migrator",),
        ("The schema figures belongs to the role migrator, not to owner.",),
    ),
)
