"""Residence episodes: computed from a set of people's movements in the database, never edited by hand.

A movement takes effect on its day: who departs on a day is absent at the end of it, so an episode is
`[started_on, ended_on)` and one that would begin and end on the same day is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.kernel.db import Transaction
from core.people.presence import RULES, IllegalMovement, MovementKind

__all__ = ["Episode", "away_on", "episodes_of", "present_on", "rebuild_residence", "unsound_people"]


class Episode(Struct, frozen=True, kw_only=True):
    """A time of presence; `ended_on` is the first day without her, None while she is present."""

    started_on: date
    ended_on: date | None


def _rules() -> str:
    """The rules of presence as rows, so that the database applies the very same ones."""
    rows = (
        f"('{kind}', ARRAY[{', '.join(repr(str(state)) for state in sorted(rule.needs))}], '{rule.leaves}')"
        for kind, rule in RULES.items()
    )
    return f"(VALUES {', '.join(rows)}) AS rule (kind, needs, leaves)"


_TURNS = f"""
WITH turns AS (
  SELECT m.person_id, m.id, m.day, m.sequence, m.kind, rule.needs, rule.leaves,
         lag(rule.leaves, 1, 'absent') OVER in_order AS found
  FROM people.movement m JOIN {_rules()} ON rule.kind = m.kind
  WHERE m.tenant_id = $1 AND m.person_id = ANY($2::uuid[])
  WINDOW in_order AS (PARTITION BY m.person_id ORDER BY m.day, m.sequence)
)"""  # noqa: S608 -- made of the table of rules above

_EPISODES = f"""{_TURNS}, edges AS (
  SELECT person_id, id, day, leaves <> 'absent' AS is_entry,
         lead(day) OVER (PARTITION BY person_id ORDER BY day, sequence) AS ended_on
  FROM turns WHERE (found = 'absent') <> (leaves = 'absent')
), episodes AS (
  SELECT person_id, id, day AS started_on, ended_on FROM edges
  WHERE is_entry AND (ended_on IS NULL OR ended_on > day)
)"""  # noqa: S608

# One statement, because planning it costs more than running it does; where a movement does not fit it writes nothing.
# Sorted and hashed on purpose, not joined: of tables that were just filled the planner thinks that they are empty, and
# would compare each of thousands of people with each movement.
_REBUILD = f"""{_EPISODES}, last AS (
  SELECT DISTINCT ON (person_id) person_id, kind, leaves FROM (
    SELECT person_id, kind, leaves, day, sequence FROM turns
    UNION ALL SELECT unnest($2::uuid[]), '', 'absent', '-infinity', 0
  ) AS known
  ORDER BY person_id, day DESC, sequence DESC
), illegal AS (
  SELECT kind FROM turns WHERE NOT found = ANY(needs) ORDER BY person_id, day, sequence LIMIT 1
), cleared AS (
  DELETE FROM people.residence r
  WHERE r.tenant_id = $1 AND r.person_id = ANY($2::uuid[])
    AND r.id NOT IN (SELECT id FROM episodes) AND NOT EXISTS (SELECT 1 FROM illegal)
), written AS (
  INSERT INTO people.residence AS r (tenant_id, id, person_id, started_on, ended_on)
  SELECT $1, id, person_id, started_on, ended_on FROM episodes WHERE NOT EXISTS (SELECT 1 FROM illegal)
  ON CONFLICT (tenant_id, id) DO UPDATE SET started_on = excluded.started_on, ended_on = excluded.ended_on
  WHERE (r.started_on, r.ended_on) IS DISTINCT FROM (excluded.started_on, excluded.ended_on)
), now_current AS (
  UPDATE people.pseudonym p SET is_current = last.leaves <> 'absent' FROM last
  WHERE p.tenant_id = $1 AND p.person_id = last.person_id AND p.is_current <> (last.leaves <> 'absent')
    AND NOT EXISTS (SELECT 1 FROM illegal)
), now_in_state AS (
  UPDATE people.person p SET state = CASE last.kind WHEN 'OPT_OUT' THEN 'opted_out' ELSE 'active' END
  FROM last
  WHERE p.tenant_id = $1 AND p.id = last.person_id AND p.state <> 'erased'
    AND (p.state = 'opted_out') <> (last.kind = 'OPT_OUT') AND NOT EXISTS (SELECT 1 FROM illegal)
)
SELECT kind FROM illegal
"""  # noqa: S608

# With one person in it, not a list, the plan is the same every time and the server keeps it.
_REBUILD_ONE = _REBUILD.replace("= ANY($2::uuid[])", "= $2").replace("unnest($2::uuid[])", "$2::uuid")

UNSOUND = f"""{_EPISODES}, kept AS (
  SELECT person_id, id, started_on, ended_on FROM people.residence
  WHERE tenant_id = $1 AND person_id = ANY($2::uuid[])
)
SELECT person_id FROM turns WHERE NOT found = ANY(needs)
UNION
SELECT coalesce(e.person_id, k.person_id) FROM episodes e FULL JOIN kept k USING (id)
WHERE (e.person_id, e.started_on, e.ended_on) IS DISTINCT FROM (k.person_id, k.started_on, k.ended_on)
"""  # noqa: S608

_EVERYBODY = """
SELECT array(SELECT person_id FROM people.movement WHERE tenant_id = $1
             UNION SELECT person_id FROM people.residence WHERE tenant_id = $1)
"""

_OF_PERSON = """
SELECT started_on, ended_on FROM people.residence WHERE tenant_id = $1 AND person_id = $2 ORDER BY started_on
"""

_ON_DAY = """
SELECT person_id FROM people.residence
WHERE tenant_id = $1 AND started_on <= $2 AND (ended_on IS NULL OR ended_on > $2)
"""

_LATEST_BY = """
SELECT DISTINCT ON (person_id) person_id, kind FROM people.movement
WHERE tenant_id = $1 AND day <= $2 ORDER BY person_id, day DESC, sequence DESC
"""


async def episodes_of(tx: Transaction, person: UUID) -> list[Episode]:
    """The times of presence of a person, oldest first."""
    return [Episode(**row) for row in await tx.fetch(_OF_PERSON, tx.scope.tenant, person)]


async def present_on(tx: Transaction, day: date) -> set[UUID]:
    """Everybody who was present at the end of `day`."""
    return {row["person_id"] for row in await tx.fetch(_ON_DAY, tx.scope.tenant, day)}


async def away_on(tx: Transaction, day: date) -> set[UUID]:
    """Everybody who was away for a time at the end of `day`; they are present as well."""
    rows = await tx.fetch(_LATEST_BY, tx.scope.tenant, day)
    return {row["person_id"] for row in rows if RULES[MovementKind(row["kind"])].leaves == "away"}


async def rebuild_residence(tx: Transaction, people: Sequence[UUID]) -> None:
    """Make the episodes of `people` what their movements say, or raise `IllegalMovement`."""
    statement, whose = (_REBUILD_ONE, people[0]) if len(people) == 1 else (_REBUILD, people)
    illegal = await tx.fetchval(statement, tx.scope.tenant, whose)
    if illegal is not None:
        raise IllegalMovement(RULES[MovementKind(illegal)].refusal)


async def unsound_people(tx: Transaction) -> list[UUID]:
    """The people of the tenant whose movements do not fit together, or whose episodes are not what they say."""
    everybody = await tx.fetchval(_EVERYBODY, tx.scope.tenant)
    return [row["person_id"] for row in await tx.fetch(UNSOUND, tx.scope.tenant, everybody)]
