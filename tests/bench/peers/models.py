"""The product's tables as Django sees them."""
# pyright: reportMissingImports=false, reportIncompatibleVariableOverride=false

from __future__ import annotations

import uuid

from django.db import models

__all__ = [
    "Cell",
    "Confirmation",
    "Consent",
    "Firm",
    "Idempotency",
    "Job",
    "Movement",
    "Person",
    "Pseudonym",
    "Record",
    "Residence",
    "Stale",
    "event_table",
    "of",
]


def of(table: str) -> type:
    return type("Meta", (), {"app_label": "peers", "managed": False, "db_table": table.replace(".", '"."')})


class Row(models.Model):
    tenant_id = models.UUIDField()
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)

    class Meta:
        abstract = True


class Firm(Row):
    name_zh = models.TextField()
    Meta = of("tenancy.firm")


class Person(Row):
    name = models.TextField()
    pinyin = models.TextField()
    initials = models.TextField()
    sex = models.TextField()
    birth_date = models.DateField(null=True)
    origin = models.TextField()
    is_floating = models.BooleanField()
    is_employee = models.BooleanField(default=False)
    id_type = models.TextField()
    document_sealed = models.BinaryField()
    document_index = models.BinaryField()
    document_tail_index = models.BinaryField()
    document_mask = models.TextField()
    phone_sealed = models.BinaryField()
    phone_index = models.BinaryField()
    phone_tail_index = models.BinaryField()
    phone_mask = models.TextField()
    source = models.TextField(default="STATION")
    registered_on = models.DateField()
    version = models.IntegerField(default=1)
    state = models.TextField(default="active")
    Meta = of("people.person")


class OfPerson(Row):
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING)

    class Meta:
        abstract = True


class Pseudonym(OfPerson):
    pseudonym = models.TextField()
    is_current = models.BooleanField()
    Meta = of("people.pseudonym")


class Record(Row):
    person = models.OneToOneField(Person, on_delete=models.DO_NOTHING)
    village = models.TextField()
    firm = models.ForeignKey(Firm, null=True, on_delete=models.DO_NOTHING)
    Meta = of("registration.record")


class Movement(OfPerson):
    kind = models.TextField()
    day = models.DateField()
    sequence = models.IntegerField()
    recorded_at = models.DateTimeField()
    Meta = of("people.movement")


class Residence(OfPerson):
    started_on = models.DateField()
    Meta = of("people.residence")


class Consent(OfPerson):
    purpose = models.TextField()
    wording = models.IntegerField()
    given_at = models.DateTimeField()
    way = models.TextField()
    Meta = of("people.consent")


class Confirmation(OfPerson):
    day = models.DateField()
    contact_verified = models.BooleanField()
    Meta = of("registration.confirmation")


class Stale(Row):
    source = models.TextField()
    first_day = models.DateField()
    is_onward = models.BooleanField()
    Meta = of("figures.stale")


class Job(Row):
    name = models.TextField()
    payload = models.JSONField()
    Meta = of("kernel.job")


class Idempotency(models.Model):
    tenant_id = models.UUIDField()
    key = models.TextField(primary_key=True)
    request_hash = models.BinaryField()
    status = models.IntegerField()
    response = models.BinaryField()
    Meta = of("kernel.idempotency")


class Cell(models.Model):
    tenant_id = models.UUIDField()
    period = models.TextField()
    indicator = models.TextField()
    num = models.DecimalField(max_digits=30, decimal_places=0)
    key = models.TextField(primary_key=True)
    Meta = of("bench.peer_cell")


def event_table(number: int) -> type[models.Model]:
    """One of the tables of events of the roll-up."""
    columns = {
        "id": models.BigIntegerField(primary_key=True),
        "tenant_id": models.UUIDField(),
        "day": models.DateField(),
        "kind": models.SmallIntegerField(),
        "quantity": models.IntegerField(),
    }
    return type(
        f"Event{number}",
        (models.Model,),
        {**columns, "__module__": __name__, "Meta": of(f"bench.event_{number}")},
    )
