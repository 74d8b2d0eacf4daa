"""The three operations with Django and the REST framework, as one writes them.

Served by `gunicorn --threads 4 tests.bench.peers.rest`.
"""
# isort: skip_file
# pyright: reportMissingImports=false, reportIncompatibleVariableOverride=false, reportAttributeAccessIssue=false

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from tests.bench.peers import project  # noqa: F401 -- before all else: it configures Django
from tests.bench.peers import models as m

from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

__all__ = ["application"]

PHONE = r"^1[0-9]{10}$"
ENTER = "SELECT set_config('app.tenant', %s, true), set_config('app.scopes', 'registry', true)"
AUDIT = """
SELECT kernel.append_audit(%s, array_fill(NULL::uuid, ARRAY[4]),
  ARRAY['bench.a', 'bench.b', 'bench.c', 'bench.d'], array_fill('person'::text, ARRAY[4]),
  array_fill(%s::uuid, ARRAY[4]), array_fill(''::text, ARRAY[4]), array_fill('{}'::text, ARRAY[4]),
  array_fill(NULL::bytea, ARRAY[4]), array_fill(''::bytea, ARRAY[4]), array_fill('\\x00'::bytea, ARRAY[4]))
"""
LAST = m.Movement.objects.filter(person_id=OuterRef("id"), tenant_id=OuterRef("tenant_id"))
PRESENCE = Subquery(LAST.order_by("-day", "-sequence").values("kind")[:1])


class Item(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    sex = serializers.CharField()
    birth_year = serializers.IntegerField(source="birth_date.year")
    origin = serializers.CharField()
    document = serializers.CharField(source="document_mask")
    firm = serializers.CharField(source="record.firm.name_zh", default="")
    presence = serializers.CharField()
    is_floating = serializers.BooleanField()


class One(serializers.Serializer):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    sex = serializers.CharField()
    birth_year = serializers.IntegerField(source="birth_date.year")
    birth_date = serializers.DateField()
    origin = serializers.CharField()
    document = serializers.CharField(source="document_mask")
    phone = serializers.CharField(source="phone_mask")
    presence = serializers.CharField()
    is_floating = serializers.BooleanField()


class New(serializers.Serializer):
    name = serializers.CharField(max_length=50)
    id_type = serializers.ChoiceField(["01", "02", "03", "04", "99"])
    number = serializers.CharField(max_length=40)
    sex = serializers.ChoiceField(["0", "1", "2", "9"])
    birth_date = serializers.DateField()
    origin = serializers.RegexField(r"^([0-9]{2}|FOR|NS)$")
    phone = serializers.RegexField(PHONE)
    village = serializers.CharField(max_length=200)
    is_acknowledged = serializers.BooleanField()


class InTenant(APIView):
    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute(ENTER, [str(kwargs["tenant"])])

    @transaction.atomic
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)


class People(InTenant):
    def get(self, request: Any, tenant: uuid.UUID) -> Response:
        found = (
            m.Person.objects.filter(tenant_id=tenant, state="active")
            .select_related("record__firm")
            .annotate(presence=PRESENCE)
            .order_by("pinyin", "id")[:51]
        )
        return Response({"people": Item(list(found)[:50], many=True).data, "next": None})

    def post(self, request: Any, tenant: uuid.UUID) -> Response:
        new = New(data=request.data)
        new.is_valid(raise_exception=True)
        key = request.headers["Idempotency-Key"]
        return Response({"id": _register(tenant, new.validated_data, key)}, status=201)


class OnePerson(InTenant):
    def get(self, request: Any, tenant: uuid.UUID, person: uuid.UUID) -> Response:
        try:
            found = m.Person.objects.annotate(presence=PRESENCE).get(tenant_id=tenant, id=person)
        except m.Person.DoesNotExist:
            raise Http404 from None
        return Response(One(found).data)


def _register(tenant: uuid.UUID, new: dict[str, Any], key: str) -> uuid.UUID:
    now = datetime.now(UTC)
    today = now.date()
    number, phone = new["number"].encode(), new["phone"].encode()
    person = m.Person.objects.create(
        tenant_id=tenant, name=new["name"], pinyin=new["name"], initials=new["name"], sex=new["sex"],
        birth_date=new["birth_date"], origin=new["origin"], is_floating=True, id_type=new["id_type"],
        document_sealed=number, document_index=number, document_tail_index=number[-4:],
        document_mask=new["number"][-4:], phone_sealed=phone, phone_index=phone, phone_tail_index=phone[-4:],
        phone_mask=new["phone"][-4:], registered_on=today,
    )  # fmt: skip
    of_her = {"tenant_id": tenant, "person": person}
    m.Pseudonym.objects.create(**of_her, pseudonym=hashlib.sha256(number).hexdigest(), is_current=True)
    m.Record.objects.create(**of_her, village=new["village"])
    m.Movement.objects.create(**of_her, kind="ARRIVE", day=today, sequence=1, recorded_at=now)
    m.Residence.objects.create(**of_her, started_on=today)
    m.Consent.objects.create(**of_her, purpose="RECORD", wording=1, given_at=now, way="COUNTER")
    m.Confirmation.objects.create(**of_her, day=today, contact_verified=False)
    sources = ("people.movement", "people.residence", "registration.confirmation")
    m.Stale.objects.bulk_create(
        m.Stale(tenant_id=tenant, source=source, first_day=today.replace(day=1), is_onward=True)
        for source in sources
    )
    m.Job.objects.create(tenant_id=tenant, name="bench", payload={})
    m.Idempotency.objects.create(
        tenant_id=tenant, key=key, request_hash=number, status=201, response=person.id.bytes
    )
    with connection.cursor() as cursor:
        cursor.execute(AUDIT, [tenant, person.id])
    return person.id


urlpatterns = [
    path("t/<uuid:tenant>/people", People.as_view()),
    path("t/<uuid:tenant>/people/<uuid:person>", OnePerson.as_view()),
]

application = get_wsgi_application()
