"""The floor of the API: litestar, msgspec and asyncpg, no authentication, each request one call of one function.

The functions run with the rights of the login `app`, so the row policies hold. `python -m tests.bench.floor PORT
ADDRESS` serves it.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
import uvloop
from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct, json

from core.kernel.ids import new_id

__all__ = ["FUNCTIONS"]

_ENTER = """
  PERFORM set_config('app.tenant', for_tenant::text, true), set_config('app.scopes', 'registry', true);
"""

PEOPLE = f"""
CREATE FUNCTION bench.people(for_tenant uuid, most int) RETURNS TABLE (
  id uuid, name text, sex text, birth_year int, origin text, document text, firm text, presence text,
  is_floating boolean) LANGUAGE plpgsql AS $$
BEGIN {_ENTER}
  RETURN QUERY SELECT p.id, p.name::text, p.sex, extract(year FROM p.birth_date)::int, p.origin, p.document_mask,
    f.name_zh, (SELECT m.kind FROM people.movement m WHERE m.tenant_id = p.tenant_id AND m.person_id = p.id
      ORDER BY m.day DESC, m.sequence DESC LIMIT 1), p.is_floating
  FROM people.person p
  LEFT JOIN registration.record r ON r.tenant_id = p.tenant_id AND r.person_id = p.id
  LEFT JOIN tenancy.firm f ON f.tenant_id = r.tenant_id AND f.id = r.firm_id
  WHERE p.tenant_id = for_tenant AND p.state = 'active' ORDER BY p.pinyin, p.id LIMIT most;
END $$
"""

PERSON = f"""
CREATE FUNCTION bench.person(for_tenant uuid, person uuid) RETURNS TABLE (
  id uuid, version int, name text, sex text, birth_year int, birth_date date, origin text, document text,
  phone text, presence text, is_floating boolean) LANGUAGE plpgsql AS $$
BEGIN {_ENTER}
  RETURN QUERY SELECT p.id, p.version, p.name::text, p.sex, extract(year FROM p.birth_date)::int, p.birth_date,
    p.origin, p.document_mask, p.phone_mask, (SELECT m.kind FROM people.movement m
      WHERE m.tenant_id = p.tenant_id AND m.person_id = p.id ORDER BY m.day DESC, m.sequence DESC LIMIT 1),
    p.is_floating
  FROM people.person p WHERE p.tenant_id = for_tenant AND p.id = person AND p.state <> 'erased';
END $$
"""

# The rows that the product writes for somebody new, the numbers not sealed and nothing looked up before.
REGISTER = f"""
CREATE FUNCTION bench.register(for_tenant uuid, ids uuid[], who text, number text, born date, tel text, place text)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  person uuid := ids[1]; today date := current_date; month date := date_trunc('month', current_date);
BEGIN {_ENTER}
  INSERT INTO people.person (tenant_id, id, name, pinyin, initials, sex, birth_date, origin, is_floating, is_employee,
      id_type, document_sealed, document_index, document_tail_index, document_mask, phone_sealed, phone_index,
      phone_tail_index, phone_mask, source, registered_on)
    VALUES (for_tenant, person, who, who, who, '2', born, '43', true, false, '03', number::bytea, number::bytea,
      right(number, 4)::bytea, right(number, 4), tel::bytea, tel::bytea, right(tel, 4)::bytea, right(tel, 4),
      'STATION', today);
  INSERT INTO people.pseudonym (tenant_id, id, person_id, pseudonym, is_current)
    VALUES (for_tenant, person, person, encode(sha256(number::bytea), 'hex'), true);
  INSERT INTO registration.record (tenant_id, id, person_id, village) VALUES (for_tenant, ids[2], person, place);
  INSERT INTO people.movement (tenant_id, id, person_id, kind, day, sequence, recorded_at)
    VALUES (for_tenant, ids[3], person, 'ARRIVE', today, 1, now());
  INSERT INTO people.residence (tenant_id, id, person_id, started_on) VALUES (for_tenant, ids[3], person, today);
  INSERT INTO people.consent (tenant_id, id, person_id, purpose, wording, given_at, way)
    VALUES (for_tenant, ids[4], person, 'RECORD', 1, now(), 'COUNTER');
  INSERT INTO registration.confirmation (tenant_id, id, person_id, day, contact_verified)
    VALUES (for_tenant, ids[5], person, today, false);
  INSERT INTO figures.stale (tenant_id, id, source, first_day, is_onward)
    SELECT for_tenant, gen_random_uuid(), source, month, true
    FROM unnest(ARRAY['people.movement', 'people.residence', 'registration.confirmation']) AS source;
  INSERT INTO kernel.job (tenant_id, id, name, payload) VALUES (for_tenant, ids[6], 'bench', '{{}}');
  INSERT INTO kernel.idempotency (tenant_id, key, request_hash, status, response)
    VALUES (for_tenant, ids[7]::text, number::bytea, 201, number::bytea);
  PERFORM kernel.append_audit(for_tenant, array_fill(NULL::uuid, ARRAY[4]),
    ARRAY['bench.a', 'bench.b', 'bench.c', 'bench.d'], array_fill('person'::text, ARRAY[4]),
    array_fill(person, ARRAY[4]), array_fill(''::text, ARRAY[4]), array_fill('{{}}'::text, ARRAY[4]),
    array_fill(NULL::bytea, ARRAY[4]), array_fill(''::bytea, ARRAY[4]), array_fill('\\x00'::bytea, ARRAY[4]));
  RETURN person;
END $$
"""

FUNCTIONS = (
    "CREATE SCHEMA IF NOT EXISTS bench",
    "GRANT USAGE ON SCHEMA bench TO app",
    PEOPLE,
    PERSON,
    REGISTER,
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bench TO app",
)


class Item(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    sex: str
    birth_year: int | None
    origin: str
    document: str | None
    firm: str | None
    presence: str
    is_floating: bool


class Items(Struct, frozen=True, kw_only=True):
    people: list[Item]
    next: str | None = None


class One(Struct, frozen=True, kw_only=True):
    id: UUID
    version: int
    name: str
    sex: str
    birth_year: int | None
    birth_date: date | None
    origin: str
    document: str | None
    phone: str | None
    presence: str
    is_floating: bool


class New(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    id_type: str
    number: str
    sex: str
    birth_date: date
    origin: str
    phone: str
    village: str
    is_acknowledged: bool


Answer = Response[bytes]


def application(address: str) -> Litestar:
    """Three operations on three functions."""
    pools: list[Any] = []

    async def begin() -> None:
        pools.append(await asyncpg.create_pool(address, min_size=0, max_size=10, reset=_nothing))

    async def people(request: Request[Any, Any, Any]) -> Answer:
        tenant = UUID(request.path_params["tenant"])
        rows = await pools[0].fetch("SELECT * FROM bench.people($1, $2)", tenant, 51)
        return _json(Items(people=[Item(**row) for row in rows[:50]]), 200)

    async def person(request: Request[Any, Any, Any]) -> Answer:
        tenant, wanted = UUID(request.path_params["tenant"]), UUID(request.path_params["person"])
        row = await pools[0].fetchrow("SELECT * FROM bench.person($1, $2)", tenant, wanted)
        return _json(One(**row), 200) if row else _json({}, 404)

    async def register(request: Request[Any, Any, Any]) -> Answer:
        tenant = UUID(request.path_params["tenant"])
        new = json.decode(await request.body(), type=New)
        told = (new.name, new.number, new.birth_date, new.phone, new.village)
        ids = [new_id() for _id in range(7)]
        done = await pools[0].fetchval(
            "SELECT bench.register($1, $2, $3, $4, $5, $6, $7)", tenant, ids, *told
        )
        return _json({"id": done}, 201)

    return Litestar(
        [
            HTTPRouteHandler("/t/{tenant:str}/people", http_method="GET")(people),
            HTTPRouteHandler("/t/{tenant:str}/people/{person:str}", http_method="GET")(person),
            HTTPRouteHandler("/t/{tenant:str}/people", http_method="POST")(register),
        ],
        on_startup=[begin],
        openapi_config=None,
        logging_config=None,
    )


async def _nothing(_connection: Any) -> None:
    return None


def _json(content: object, status: int) -> Answer:
    return Response(json.encode(content), status_code=status, media_type="application/json")


def main() -> None:
    port, address = int(sys.argv[1]), sys.argv[2]
    config = uvicorn.Config(
        application(address), port=port, loop="none", lifespan="on", log_config=None, access_log=False
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
