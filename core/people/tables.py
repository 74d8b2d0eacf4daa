"""The tables of people; rows are had through `access` and `find`, which know what a role may see."""

from __future__ import annotations

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    Integer,
    Text,
    Timestamptz,
)

from core.kernel.tables import TenantTable

__all__ = [
    "AccessLog",
    "Consent",
    "Erasure",
    "FieldCorrection",
    "Merge",
    "MergeRow",
    "Movement",
    "MovementCorrection",
    "Person",
    "Pseudonym",
    "Refusal",
    "Residence",
    "SetAside",
]


class Person(TenantTable, tablename="person", schema="people"):
    """One person in one tenant; after an erasure sex, birth month, origin and dates remain, unlinkable."""

    name = Text(null=True, default=None)
    alias = Text(null=True, default=None)
    name_former = Text(null=True, default=None)
    name_latin = Text(null=True, default=None)
    latin = Text(null=True, default=None)
    pinyin = Text(default="")
    initials = Text(default="")
    sex = Text(default="9")
    birth_date = Date(null=True, default=None)
    origin = Text(default="NS")
    origin_division = Text(null=True, default=None)
    is_floating = Boolean(default=False)
    is_employee = Boolean(default=False)
    id_type = Text(null=True, default=None)
    document_sealed = Bytea(null=True, default=None)
    document_index = Bytea(null=True, default=None)
    document_tail_index = Bytea(null=True, default=None)
    document_mask = Text(null=True, default=None)
    phone_sealed = Bytea(null=True, default=None)
    phone_index = Bytea(null=True, default=None)
    phone_tail_index = Bytea(null=True, default=None)
    phone_mask = Text(null=True, default=None)
    contact_sealed = Bytea(null=True, default=None)
    source = Text(default="STATION")
    registered_on = Date()
    registered_by = UUID(null=True, default=None)
    version = Integer(default=1)
    state = Text(default="active")
    merged_into = UUID(null=True, default=None)
    """The record that is kept, where this one turned out to be the same person."""


class Pseudonym(TenantTable, tablename="pseudonym", schema="people"):
    """A person under the name that is the same in every tenant; `is_current`: she is present in this one."""

    person_id = UUID(default=None)
    pseudonym = Text()
    is_current = Boolean(default=False)


class Consent(TenantTable, tablename="consent", schema="people"):
    """One giving of consent to one purpose, and its withdrawal; given again is a new row."""

    person_id = UUID(default=None)
    purpose = Text()
    wording = Integer()
    given_at = Timestamptz()
    given_by = UUID(null=True, default=None)
    way = Text()
    withdrawn_at = Timestamptz(null=True, default=None)
    withdrawn_by = UUID(null=True, default=None)


class AccessLog(TenantTable, tablename="access_log", schema="people"):
    """Who looked at which fields of a person, and what for; one row for each page shown."""

    person_id = UUID(default=None)
    at = Timestamptz()
    actor = UUID(null=True, default=None)
    purpose = Text()
    fields = Array(base_column=Text())


class Movement(TenantTable, tablename="movement", schema="people"):
    """Something that happened to a person's presence; in order of `day`, then `sequence`."""

    person_id = UUID(default=None)
    kind = Text()
    day = Date()
    sequence = Integer()
    reason = Text(default="")
    reference = Text(null=True, default=None, db_column_name="ref")
    transfer_id = UUID(null=True, default=None)
    recorded_at = Timestamptz()
    recorded_by = UUID(null=True, default=None)


class Residence(TenantTable, tablename="residence", schema="people"):
    """A time of presence, `[started_on, ended_on)`; its id is that of the movement that opened it."""

    person_id = UUID(default=None)
    started_on = Date()
    ended_on = Date(null=True, default=None)


class MovementCorrection(TenantTable, tablename="movement_correction", schema="people"):
    """A movement as it was and as it became; nothing new where it was cancelled, and is a movement no more."""

    person_id = UUID(default=None)
    movement_id = UUID(default=None)
    reference = Text(null=True, default=None, db_column_name="ref")
    old_kind = Text()
    old_day = Date()
    old_reason = Text()
    new_kind = Text(null=True, default=None)
    new_day = Date(null=True, default=None)
    new_reason = Text(null=True, default=None)
    why = Text()
    corrected_at = Timestamptz()
    corrected_by = UUID(null=True, default=None)


class FieldCorrection(TenantTable, tablename="field_correction", schema="people"):
    """A field by which she is counted, as it was and as it became."""

    person_id = UUID(default=None)
    field = Text()
    old_value = Text(null=True, default=None)
    new_value = Text(null=True, default=None)
    why = Text()
    corrected_at = Timestamptz()
    corrected_by = UUID(null=True, default=None)


class Erasure(TenantTable, tablename="erasure", schema="people"):
    """That a person was to be erased, and since when she is; `reason` is a code of `erasure.REASONS`."""

    person_id = UUID(default=None)
    reason = Text()
    asked_at = Timestamptz()
    asked_by = UUID(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)


class Refusal(TenantTable, tablename="refusal", schema="people"):
    """The number of somebody who was erased, as a keyed hash: files pass over it, the counter does not."""

    number_index = Bytea()
    at = Timestamptz()


class Merge(TenantTable, tablename="merge", schema="people"):
    """Two records that are one person: asked -> merged -> undoing -> undone; void where it could not be done."""

    kept_id = UUID(default=None)
    gone_id = UUID(default=None)
    reason = Text()
    state = Text(default="asked")
    filled = Array(base_column=Text())
    """The fields of the kept record that were empty and are the other one's."""
    asked_at = Timestamptz()
    asked_by = UUID(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class MergeRow(TenantTable, tablename="merge_row", schema="people"):
    """A row of a service module that a merge gave to the kept record."""

    merge_id = UUID(default=None)
    table_name = Text()
    row_id = UUID(default=None)


class SetAside(TenantTable, tablename="set_aside", schema="people"):
    """A movement of the record that went: kept for undoing, counted nowhere. Its id is that of the movement."""

    merge_id = UUID(default=None)
    person_id = UUID(default=None)
    kind = Text()
    day = Date()
    sequence = Integer()
    reason = Text(default="")
    reference = Text(null=True, default=None, db_column_name="ref")
    transfer_id = UUID(null=True, default=None)
    recorded_at = Timestamptz()
    recorded_by = UUID(null=True, default=None)
