"""Audit lines and their heads, jobs, schedule slots, answers kept for repeated requests, the keys' mark."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl
from core.kernel.db import current

ID = "kernel_2026_11_24t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "audit, jobs, schedule, idempotency, key ring"

TABLES = (
    ddl.Table(
        schema="kernel",
        name="audit",
        columns=(
            ("seq", "bigint NOT NULL"),
            ("at", "timestamptz NOT NULL"),
            ("actor", "uuid"),
            ("action", "text NOT NULL"),
            ("kind", "text NOT NULL"),
            ("object_id", "uuid"),
            ("reason", "text NOT NULL"),
            ("detail", "jsonb NOT NULL"),
            ("before_digest", "bytea"),
            ("after_digest", "bytea"),
            ("hash", "bytea NOT NULL"),
        ),
        key=("tenant_id", "seq"),
        of_a_tenant=False,
        append_only=True,
        indexes=(ddl.Index(("tenant_id", "object_id", "seq"), where="object_id IS NOT NULL"),),
    ),
    ddl.Table(
        schema="kernel",
        name="audit_head",
        columns=(("seq", "bigint NOT NULL"), ("hash", "bytea NOT NULL")),
        key=("tenant_id",),
        of_a_tenant=False,
        never_deleted=True,
    ),
    ddl.Table(
        schema="kernel",
        name="job",
        columns=(
            ("name", "text NOT NULL"),
            ("payload", "jsonb NOT NULL"),
            ("dedupe", "text"),
            ("state", "text NOT NULL DEFAULT 'pending'"),
            ("attempt", "int NOT NULL DEFAULT 0"),
            ("due_at", "timestamptz NOT NULL DEFAULT now()"),
            ("lease_token", "uuid"),
            ("error", "text NOT NULL DEFAULT ''"),
            ("created_at", "timestamptz NOT NULL DEFAULT now()"),
            ("finished_at", "timestamptz"),
        ),
        of_a_tenant=False,
        checks=("state IN ('pending', 'leased', 'done', 'dead')",),
        indexes=(
            ddl.Index(("tenant_id", "due_at"), where="state IN ('pending', 'leased')"),
            ddl.Index(("tenant_id", "finished_at"), where="state IN ('done', 'dead')"),
        ),
        doors=(ddl.Door("dispatch_scan", "dispatch", "SELECT", "state = ANY (ARRAY['pending', 'leased'])"),),
        grants=(ddl.Grant("dispatch", "SELECT", ("tenant_id", "id", "state", "due_at")),),
    ),
    ddl.Table(
        schema="kernel",
        name="schedule",
        columns=(("name", "text NOT NULL"), ("slot", "timestamptz NOT NULL")),
        key=("tenant_id", "name"),
        of_a_tenant=False,
    ),
    ddl.Table(
        schema="kernel",
        name="idempotency",
        columns=(
            ("key", "text NOT NULL"),
            ("request_hash", "bytea NOT NULL"),
            ("status", "int"),
            ("response", "bytea"),
            ("at", "timestamptz NOT NULL DEFAULT now()"),
        ),
        key=("tenant_id", "key"),
        of_a_tenant=False,
        indexes=(ddl.Index(("tenant_id", "at")),),
    ),
    ddl.Table(
        schema="kernel",
        name="key_ring",
        columns=(("id", "smallint NOT NULL CHECK (id = 1)"), ("fingerprint", "bytea NOT NULL")),
        wall="town",
        append_only=True,
    ),
)

# A job that waits absorbs its like; one that runs does not, because it may have read the old state already.
ONE_WAITING = "CREATE UNIQUE INDEX job_waiting ON kernel.job (tenant_id, dedupe) WHERE state = 'pending'"

APPEND_AUDIT = """
CREATE FUNCTION kernel.append_audit(
  for_tenant uuid, actors uuid[], actions text[], kinds text[], objects uuid[], reasons text[],
  details text[], befores bytea[], afters bytea[], digests bytea[]
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  head_seq bigint;
  head_hash bytea;
  moment timestamptz;
BEGIN
  SELECT h.seq, h.hash INTO head_seq, head_hash FROM kernel.audit_head h
    WHERE h.tenant_id = for_tenant FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO kernel.audit_head (tenant_id, seq, hash) VALUES (for_tenant, 0, '')
      ON CONFLICT (tenant_id) DO NOTHING;
    SELECT h.seq, h.hash INTO head_seq, head_hash FROM kernel.audit_head h
      WHERE h.tenant_id = for_tenant FOR UPDATE;
  END IF;
  moment := clock_timestamp();
  FOR i IN 1 .. cardinality(actions) LOOP
    head_seq := head_seq + 1;
    head_hash := sha256(head_hash || int8send(head_seq) || timestamptz_send(moment) || digests[i]);
    INSERT INTO kernel.audit (tenant_id, seq, at, actor, action, kind, object_id, reason, detail,
                              before_digest, after_digest, hash)
      VALUES (for_tenant, head_seq, moment, actors[i], actions[i], kinds[i], objects[i], reasons[i],
              details[i]::jsonb, befores[i], afters[i], head_hash);
  END LOOP;
  UPDATE kernel.audit_head h SET seq = head_seq, hash = head_hash WHERE h.tenant_id = for_tenant;
  RETURN head_seq;
END $function$
"""

REFUSE_CHANGE = """
CREATE FUNCTION kernel.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
END $function$
"""

# Citus knows no triggers on distributed tables; there the missing privilege is the one lock.
ONLY_APPEND = """
DO $guard$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
    CREATE TRIGGER only_append BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.audit
      FOR EACH STATEMENT EXECUTE FUNCTION kernel.refuse_change();
  END IF;
END $guard$
"""

FUNCTIONS = (APPEND_AUDIT, REFUSE_CHANGE)


async def make_rules() -> None:
    for statement in (ONE_WAITING, *FUNCTIONS, ONLY_APPEND):
        await current().execute(statement)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "kernel", DESCRIPTION, TABLES, make_rules)
