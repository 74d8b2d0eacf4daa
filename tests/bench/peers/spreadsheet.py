"""The usual import: openpyxl, a serializer of the REST framework, bulk_create: `... FILE TENANT` says its seconds.

Under row-level security as ours is, into one table of plain text.
"""
# isort: skip_file
# pyright: reportMissingImports=false, reportIncompatibleVariableOverride=false

from __future__ import annotations

import sys
from datetime import datetime
from time import perf_counter
from typing import Any

from tests.bench.peers import project  # noqa: F401 -- before all else: it configures Django
from tests.bench.peers import models as m

import openpyxl
from django.db import connection, models, transaction
from rest_framework import serializers

COLUMNS = (
    "name", "sex", "kind", "id_type", "number", "birth_date", "division", "province", "phone", "registered_on",
    "purpose", "floating",
)  # fmt: skip


class Line(models.Model):
    tenant_id = models.UUIDField()
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    sex = models.TextField()
    kind = models.TextField()
    id_type = models.TextField()
    number = models.TextField()
    birth_date = models.DateField()
    division = models.TextField()
    province = models.TextField()
    phone = models.TextField()
    registered_on = models.DateField()
    purpose = models.TextField()
    floating = models.TextField()
    Meta = m.of("bench.walled_roster")


class Checked(serializers.Serializer):
    name = serializers.CharField(max_length=100)
    sex = serializers.ChoiceField(["男", "女"])
    kind = serializers.ChoiceField(["职工", "家属"])
    id_type = serializers.CharField(max_length=100)
    number = serializers.RegexField("^[A-Z0-9]{5,40}$")
    birth_date = serializers.DateField()
    division = serializers.RegexField("^[0-9]{6}$")
    province = serializers.CharField(max_length=100)
    phone = serializers.RegexField("^1[0-9]{10}$")
    registered_on = serializers.DateField()
    purpose = serializers.CharField(max_length=100)
    floating = serializers.ChoiceField(["是", "否"])


def load(file: str, tenant: str) -> None:
    good: list[Line] = []
    bad: list[tuple[int, Any]] = []
    book = openpyxl.load_workbook(file, read_only=True)
    for number, cells in enumerate(book.worksheets[0].iter_rows(min_row=2, values_only=True), start=2):
        days = [cell.date() if isinstance(cell, datetime) else cell for cell in cells]
        checked = Checked(data=dict(zip(COLUMNS, days, strict=True)))
        if checked.is_valid():
            good.append(Line(tenant_id=tenant, **checked.validated_data))
        else:
            bad.append((number, checked.errors))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [tenant])
        Line.objects.bulk_create(good, batch_size=1000)


if __name__ == "__main__":
    started = perf_counter()
    load(*sys.argv[1:])
    sys.stdout.write(f"{perf_counter() - started}\n")
    sys.stdout.flush()
