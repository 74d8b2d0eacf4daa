"""Breaches of the walls, each with the sentences that tell of it, and of nothing else."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PLANTED", "Breach"]


class Breach(NamedTuple):
    """`sql` is run by a superuser; `told` is what the lint must say, word for word."""

    name: str
    sql: tuple[str, ...]
    told: tuple[str, ...]
    second: bool = False
    """In the second round: it cannot stand beside one of the first."""


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
            "The function kernel.always is not on the reviewed list.",
        ),
    ),
    Breach(
        "town's policy dropped",
        ("DROP POLICY own ON tenancy.tenant",),
        ("tenancy.tenant lacks the policy own.",),
    ),
    Breach(
        "recall that every town may correct",
        ("ALTER POLICY town_corrects ON supplies.recall USING (true) WITH CHECK (true)",),
        ("supplies.recall has the policy town_corrects otherwise than declared.",),
    ),
    Breach(
        "catalogue that a unit may publish",
        (
            "ALTER TABLE supplies.catalogue NO FORCE ROW LEVEL SECURITY",
            "ALTER POLICY town_publishes ON supplies.catalogue TO PUBLIC",
            "CREATE POLICY units ON supplies.catalogue FOR INSERT TO app WITH CHECK (true)",
        ),
        (
            "supplies.catalogue does not force row-level security on its owner.",
            "supplies.catalogue has the policy town_publishes otherwise than declared.",
            "supplies.catalogue has a door that is not declared, the policy units.",
        ),
    ),
    Breach(
        "catalogue open to change",
        ("GRANT UPDATE, DELETE ON supplies.catalogue TO app",),
        (
            "supplies.catalogue grants UPDATE to app, which is not declared.",
            "supplies.catalogue grants DELETE to app, which is not declared.",
        ),
    ),
    Breach(
        "recall of no town",
        ("ALTER TABLE supplies.recall DROP CONSTRAINT recall_region_id_fkey",),
        ("supplies.recall lacks the foreign key (region_id) to tenancy.region.",),
    ),
    Breach(
        "archive open to a role",
        (
            (
                "ALTER POLICY tenant_wall ON supplies.past_recipient USING (tenant_id ="
                " NULLIF(current_setting('app.tenant', true), '')::uuid AND 'supplies' ="
                " ANY(string_to_array(current_setting('app.scopes', true), ',')))"
            ),
        ),
        ("supplies.past_recipient has the policy tenant_wall otherwise than declared.",),
    ),
    Breach(
        "ledger open to change",
        ("GRANT UPDATE ON supplies.entry TO app",),
        ("supplies.entry grants UPDATE to app, which is not declared.",),
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
            "tenancy.unit has a foreign key that is not declared, (parent_id) to tenancy.unit.",
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
            "host.plugin_offer has a foreign key that is not declared, (id) to tenancy.activation.",
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
        (
            "The function people.count_all is not on the reviewed list.",
            "The function people.count_all runs with its owner's rights (SECURITY DEFINER).",
        ),
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
    Breach(
        "town's door in a compartment",
        (
            (
                "CREATE POLICY region ON people.residence FOR SELECT TO app"
                " USING (tenant_id = NULLIF(current_setting('app.region', true), '')::uuid)"
            ),
        ),
        ("people.residence has a door that is not declared, the policy region.",),
    ),
    Breach(
        "town's door opened",
        ("ALTER POLICY region ON figures.figure USING (true)",),
        ("figures.figure has the policy region otherwise than declared.",),
    ),
    Breach(
        "door of sign-in opened",
        ("ALTER POLICY actor ON identity.membership USING (true)",),
        ("identity.membership has the policy actor otherwise than declared.",),
    ),
    Breach(
        "door of the one pseudonym opened",
        ("ALTER POLICY elsewhere ON people.pseudonym USING (true)",),
        ("people.pseudonym has the policy elsewhere otherwise than declared.",),
    ),
    Breach(
        "door of the jobs opened",
        (
            "ALTER POLICY dispatch_scan ON kernel.job USING (true)",
            "GRANT SELECT (payload) ON kernel.job TO dispatch",
        ),
        (
            "kernel.job has the policy dispatch_scan otherwise than declared.",
            "kernel.job grants SELECT of payload to dispatch, which is not declared.",
        ),
    ),
    Breach(
        "figures that write people",
        ("GRANT UPDATE ON people.person TO figures",),
        ("people.person grants UPDATE to figures, which is not declared.",),
    ),
    Breach(
        "backup that writes",
        ("GRANT INSERT ON people.merge TO backup",),
        ("people.merge grants INSERT to backup, which is not declared.",),
    ),
    Breach(
        "privilege that can be passed on",
        ("GRANT SELECT ON tenancy.firm TO dispatch WITH GRANT OPTION",),
        (
            "tenancy.firm grants SELECT to dispatch, which is not declared.",
            "tenancy.firm grants SELECT with the right to pass it on to dispatch, which is not declared.",
        ),
    ),
    Breach(
        "table that a crash empties",
        ("ALTER TABLE kernel.schedule SET UNLOGGED",),
        ("kernel.schedule is not logged: a crash empties it.",),
    ),
    Breach(
        "part of a table, read past its wall",
        ("CREATE TABLE people.part () INHERITS (people.access_log)",),
        (
            "people.part is declared by no migration of an installed plug-in.",
            "people.part is a part of people.access_log: its rows are also read there, past its own wall.",
        ),
    ),
    Breach(
        "no primary key, no tenant",
        (
            "ALTER TABLE kernel.idempotency DROP CONSTRAINT idempotency_pkey",
            "ALTER TABLE kernel.idempotency ALTER tenant_id DROP NOT NULL",
        ),
        (
            "kernel.idempotency lacks the unique key (tenant_id, key).",
            "kernel.idempotency has no primary key.",
            "kernel.idempotency has the column tenant_id otherwise than declared.",
            "kernel.idempotency has no column tenant_id uuid NOT NULL.",
        ),
    ),
    Breach(
        "column filled from a setting",
        ("ALTER TABLE registration.record ALTER job_title SET DEFAULT current_setting('app.actor', true)",),
        (
            "registration.record has the column job_title otherwise than declared.",
            "registration.record fills the column job_title from a setting, a sequence or a function of ours.",
        ),
    ),
    Breach(
        "column that the server fills",
        (
            (
                "ALTER TABLE registration.record DROP COLUMN workshop,"
                " ADD COLUMN workshop text GENERATED ALWAYS AS (lower(village)) STORED"
            ),
        ),
        ("registration.record has the column workshop otherwise than declared.",),
    ),
    Breach(
        "column that counts what all do",
        ("ALTER TABLE registration.roster_import ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY",),
        (
            "registration.roster_import has a column that is not declared, number.",
            (
                "registration.roster_import fills the column number"
                " from a setting, a sequence or a function of ours."
            ),
            "registration.roster_import_number_seq is a sequence: it tells how much all tenants do.",
        ),
    ),
    Breach(
        "number that may be NaN",
        ("ALTER TABLE reports.cell DROP CONSTRAINT cell_num_check",),
        (
            "reports.cell lacks the check ((num <> 'NaN'::numeric)).",
            "reports.cell lets NaN into the column num; add the check num <> 'NaN'.",
        ),
    ),
    Breach(
        "check that does not look at old rows",
        (
            "ALTER TABLE registration.permit_help DROP CONSTRAINT permit_help_kind_check",
            "ALTER TABLE registration.permit_help ADD CHECK (kind <> '') NOT VALID",
        ),
        (
            (
                "registration.permit_help lacks the check"
                " ((kind = ANY (ARRAY['APPLY'::text, 'ENDORSE'::text])))."
            ),
            "registration.permit_help has a check that is not declared, ((kind <> ''::text)) NOT VALID.",
        ),
    ),
    Breach(
        "foreign key that no longer deletes",
        (
            (
                "ALTER TABLE registration.household_member"
                " DROP CONSTRAINT household_member_tenant_id_household_id_fkey,"
                " ADD FOREIGN KEY (tenant_id, household_id) REFERENCES registration.household (tenant_id, id)"
            ),
        ),
        (
            (
                "registration.household_member lacks the foreign key"
                " (tenant_id, household_id) to registration.household."
            ),
            (
                "registration.household_member has a foreign key that is not declared,"
                " (tenant_id, household_id) to registration.household."
            ),
        ),
    ),
    Breach(
        "foreign keys switched off",
        ("ALTER TABLE people.refusal DISABLE TRIGGER ALL",),
        ("people.refusal has the trigger of a foreign key switched off.",),
    ),
    Breach(
        "trigger of a stranger",
        (
            (
                "CREATE TRIGGER spy AFTER INSERT ON people.person"
                " FOR EACH STATEMENT EXECUTE FUNCTION kernel.refuse_change()"
            ),
        ),
        ("people.person has a trigger that is not on the reviewed list, spy.",),
    ),
    Breach(
        "audit without its trigger",
        ("DROP TRIGGER only_append ON kernel.audit",),
        ("kernel.audit lacks the trigger only_append.",),
    ),
    Breach(
        "audit whose trigger does half, and is off",
        (
            "DROP TRIGGER only_append ON kernel.audit",
            (
                "CREATE TRIGGER only_append BEFORE DELETE ON kernel.audit"
                " FOR EACH STATEMENT EXECUTE FUNCTION kernel.refuse_change()"
            ),
            "ALTER TABLE kernel.audit DISABLE TRIGGER only_append",
        ),
        (
            "kernel.audit has the trigger only_append otherwise than declared.",
            "kernel.audit has the trigger only_append switched off.",
        ),
        second=True,
    ),
    Breach(
        "audit whose trigger refuses nothing",
        (
            (
                "CREATE OR REPLACE FUNCTION kernel.refuse_change() RETURNS trigger LANGUAGE plpgsql"
                " AS 'BEGIN RETURN NULL; END'"
            ),
        ),
        ("The function kernel.refuse_change does otherwise than declared.",),
        second=True,
    ),
    Breach(
        "rule that swallows a statement",
        ("CREATE RULE swallow AS ON DELETE TO tenancy.firm DO INSTEAD NOTHING",),
        ("tenancy.firm has a rewriting rule, swallow: it answers with something else than its rows.",),
    ),
    Breach(
        "event trigger",
        (
            "CREATE FUNCTION kernel.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "CREATE EVENT TRIGGER watch ON sql_drop EXECUTE FUNCTION kernel.watch()",
        ),
        (
            "The function kernel.watch is not on the reviewed list.",
            "The event trigger watch acts on every migration.",
        ),
    ),
    Breach(
        "publication",
        ("CREATE PUBLICATION leak FOR TABLE people.person",),
        ("The publication leak sends rows to other servers, past every wall.",),
    ),
    Breach(
        "subscription",
        ("CREATE SUBSCRIPTION flood CONNECTION 'dbname=elsewhere' PUBLICATION leak WITH (connect = false)",),
        ("The subscription flood takes rows from another server, past every wall.",),
    ),
    Breach(
        "way to another server",
        ("CREATE FOREIGN DATA WRAPPER away", "CREATE SERVER elsewhere FOREIGN DATA WRAPPER away"),
        ("The foreign server elsewhere leads out of the database.",),
    ),
    Breach(
        "extension that nobody reviewed",
        # Entered by hand: the embedded server brings no other extension.
        (
            "SET LOCAL allow_system_table_mods = on",
            (
                "INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)"
                " VALUES (99999, 'dblink', 10, 2200, true, '1.2')"
            ),
        ),
        ("The extension dblink is not on the reviewed list.",),
    ),
    Breach(
        "large object",
        ("SELECT lo_create(0)",),
        ("The database holds large objects, which have no wall.",),
    ),
    Breach(
        "schema open to everybody",
        ("GRANT USAGE ON SCHEMA people TO PUBLIC",),
        ("The role public may use the schema people.",),
    ),
    Breach(
        "login that makes schemas",
        ("DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO app', current_database()); END $$",),
        ("The role app may make schemas in the database.",),
    ),
    Breach(
        "privileges to come",
        ("ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON SEQUENCES TO app",),
        ("What owner makes from now on is open to others by default.",),
    ),
    Breach(
        "login that copies the database",
        ("ALTER ROLE figures REPLICATION",),
        ("The role figures may copy the whole database by replication.",),
    ),
    Breach(
        "migrator that bypasses the walls",
        ("ALTER ROLE migrator BYPASSRLS",),
        ("The role migrator bypasses row-level security.",),
    ),
    Breach(
        "login that reads everything",
        ("GRANT pg_read_all_data TO migrator",),
        ("The role migrator is a member of pg_read_all_data.",),
    ),
    Breach(
        "somebody who becomes a login",
        ("CREATE ROLE intern LOGIN", "GRANT app TO intern"),
        ("The role intern is a member of app.",),
    ),
    Breach(
        "login without its limit",
        ("ALTER ROLE dispatch RESET lock_timeout",),
        ("The role dispatch lacks its limit lock_timeout = 3s.",),
    ),
    Breach(
        "names looked up elsewhere",
        ("ALTER ROLE figures SET search_path = people, pg_catalog",),
        ("A default of the role figures sets search_path outside a transaction.",),
    ),
)
