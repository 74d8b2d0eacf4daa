"""The three operations with FastAPI and SQLAlchemy, as one writes them: `python -m tests.bench.peers.alchemy PORT`."""
# pyright: reportMissingImports=false, reportInvalidTypeForm=false
# ruff: noqa: RUF012 -- SQLAlchemy wants its table arguments so

from __future__ import annotations

import hashlib
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Annotated, Literal

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import DateTime, ForeignKey, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

from tests.bench.peers.address import ADDRESS, parts

ENTER = text("SELECT set_config('app.tenant', :tenant, true), set_config('app.scopes', 'registry', true)")
AUDIT = text("""
SELECT kernel.append_audit(:tenant, array_fill(NULL::uuid, ARRAY[4]),
  ARRAY['bench.a', 'bench.b', 'bench.c', 'bench.d'], array_fill('person'::text, ARRAY[4]),
  array_fill(CAST(:person AS uuid), ARRAY[4]), array_fill(''::text, ARRAY[4]), array_fill('{}'::text, ARRAY[4]),
  array_fill(NULL::bytea, ARRAY[4]), array_fill(''::bytea, ARRAY[4]), array_fill('\\x00'::bytea, ARRAY[4]))
""")

place = parts(ADDRESS)
engine = create_async_engine(
    f"postgresql+asyncpg://{place['USER']}@/{place['NAME']}?host={place['HOST']}&port={place['PORT']}",
    pool_size=10,
    max_overflow=0,
)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Row:
    tenant_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


class OfPerson(Row):
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.person.id"))


class Firm(Row, Base):
    __tablename__ = "firm"
    __table_args__ = {"schema": "tenancy"}
    name_zh: Mapped[str]


class Record(OfPerson, Base):
    __tablename__ = "record"
    __table_args__ = {"schema": "registration"}
    village: Mapped[str | None]
    firm_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tenancy.firm.id"))
    firm: Mapped[Firm | None] = relationship()


class Person(Row, Base):
    __tablename__ = "person"
    __table_args__ = {"schema": "people"}
    name: Mapped[str]
    pinyin: Mapped[str]
    initials: Mapped[str]
    sex: Mapped[str]
    birth_date: Mapped[date | None]
    origin: Mapped[str]
    is_floating: Mapped[bool]
    is_employee: Mapped[bool] = mapped_column(default=False)
    id_type: Mapped[str]
    document_sealed: Mapped[bytes]
    document_index: Mapped[bytes]
    document_tail_index: Mapped[bytes]
    document_mask: Mapped[str]
    phone_sealed: Mapped[bytes]
    phone_index: Mapped[bytes]
    phone_tail_index: Mapped[bytes]
    phone_mask: Mapped[str]
    source: Mapped[str] = mapped_column(default="STATION")
    registered_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="active")
    record: Mapped[Record | None] = relationship(uselist=False)


class Pseudonym(OfPerson, Base):
    __tablename__ = "pseudonym"
    __table_args__ = {"schema": "people"}
    pseudonym: Mapped[str]
    is_current: Mapped[bool]


class Movement(OfPerson, Base):
    __tablename__ = "movement"
    __table_args__ = {"schema": "people"}
    kind: Mapped[str]
    day: Mapped[date]
    sequence: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Residence(OfPerson, Base):
    __tablename__ = "residence"
    __table_args__ = {"schema": "people"}
    started_on: Mapped[date]


class Consent(OfPerson, Base):
    __tablename__ = "consent"
    __table_args__ = {"schema": "people"}
    purpose: Mapped[str]
    wording: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    way: Mapped[str]


class Confirmation(OfPerson, Base):
    __tablename__ = "confirmation"
    __table_args__ = {"schema": "registration"}
    day: Mapped[date]
    contact_verified: Mapped[bool]


class Stale(Row, Base):
    __tablename__ = "stale"
    __table_args__ = {"schema": "figures"}
    source: Mapped[str]
    first_day: Mapped[date]
    is_onward: Mapped[bool]


class Job(Row, Base):
    __tablename__ = "job"
    __table_args__ = {"schema": "kernel"}
    name: Mapped[str]
    payload: Mapped[dict[str, str]] = mapped_column(JSONB)


class Idempotency(Base):
    __tablename__ = "idempotency"
    __table_args__ = {"schema": "kernel"}
    tenant_id: Mapped[uuid.UUID]
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int]
    response: Mapped[bytes]


class Item(BaseModel):
    id: uuid.UUID
    name: str
    sex: str
    birth_year: int | None
    origin: str
    document: str | None
    firm: str | None
    presence: str | None
    is_floating: bool


class Items(BaseModel):
    people: list[Item]
    next: str | None = None


class One(BaseModel):
    id: uuid.UUID
    version: int
    name: str
    sex: str
    birth_year: int | None
    birth_date: date | None
    origin: str
    document: str | None
    phone: str | None
    presence: str | None
    is_floating: bool


class New(BaseModel):
    name: Annotated[str, Field(max_length=50)]
    id_type: Literal["01", "02", "03", "04", "99"]
    number: Annotated[str, Field(max_length=40)]
    sex: Literal["0", "1", "2", "9"]
    birth_date: date
    origin: Annotated[str, Field(pattern=r"^([0-9]{2}|FOR|NS)$")]
    phone: Annotated[str, Field(pattern=r"^1[0-9]{10}$")]
    village: Annotated[str, Field(max_length=200)]
    is_acknowledged: bool


class Done(BaseModel):
    id: uuid.UUID


app = FastAPI(openapi_url=None)


async def in_tenant(tenant: uuid.UUID) -> AsyncIterator[AsyncSession]:
    async with sessions() as session, session.begin():
        await session.execute(ENTER, {"tenant": str(tenant)})
        yield session


Session = Annotated[AsyncSession, Depends(in_tenant, scope="function")]
presence = (
    select(Movement.kind)
    .where(Movement.tenant_id == Person.tenant_id, Movement.person_id == Person.id)
    .order_by(Movement.day.desc(), Movement.sequence.desc())
    .limit(1)
    .correlate(Person)
    .scalar_subquery()
)


@app.get("/t/{tenant}/people")
async def people(tenant: uuid.UUID, session: Session) -> Items:
    found = await session.execute(
        select(Person, presence)
        .where(Person.tenant_id == tenant, Person.state == "active")
        .options(joinedload(Person.record).joinedload(Record.firm))
        .order_by(Person.pinyin, Person.id)
        .limit(51)
    )
    return Items(
        people=[
            Item(
                id=person.id,
                name=person.name,
                sex=person.sex,
                birth_year=person.birth_date.year if person.birth_date else None,
                origin=person.origin,
                document=person.document_mask,
                firm=person.record.firm.name_zh if person.record and person.record.firm else None,
                presence=last,
                is_floating=person.is_floating,
            )
            for person, last in found.all()[:50]
        ]
    )


@app.get("/t/{tenant}/people/{wanted}")
async def person(tenant: uuid.UUID, wanted: uuid.UUID, session: Session) -> One:
    found = await session.execute(
        select(Person, presence).where(Person.tenant_id == tenant, Person.id == wanted)
    )
    row = found.one_or_none()
    if row is None:
        raise HTTPException(404)
    her, last = row
    return One(
        id=her.id,
        version=her.version,
        name=her.name,
        sex=her.sex,
        birth_year=her.birth_date.year if her.birth_date else None,
        birth_date=her.birth_date,
        origin=her.origin,
        document=her.document_mask,
        phone=her.phone_mask,
        presence=last,
        is_floating=her.is_floating,
    )


@app.post("/t/{tenant}/people", status_code=201)
async def register(
    tenant: uuid.UUID, new: New, session: Session, idempotency_key: Annotated[str, Header()]
) -> Done:
    now = datetime.now(UTC)
    today = now.date()
    number, phone = new.number.encode(), new.phone.encode()
    her = Person(
        tenant_id=tenant, name=new.name, pinyin=new.name, initials=new.name, sex=new.sex,
        birth_date=new.birth_date, origin=new.origin, is_floating=True, id_type=new.id_type,
        document_sealed=number, document_index=number, document_tail_index=number[-4:],
        document_mask=new.number[-4:], phone_sealed=phone, phone_index=phone, phone_tail_index=phone[-4:],
        phone_mask=new.phone[-4:], registered_on=today,
    )  # fmt: skip
    session.add(her)
    await session.flush()
    of_her = {"tenant_id": tenant, "person_id": her.id}
    sources = ("people.movement", "people.residence", "registration.confirmation")
    session.add_all(
        [
            Pseudonym(**of_her, pseudonym=hashlib.sha256(number).hexdigest(), is_current=True),
            Record(**of_her, village=new.village),
            Movement(**of_her, kind="ARRIVE", day=today, sequence=1, recorded_at=now),
            Residence(**of_her, started_on=today),
            Consent(**of_her, purpose="RECORD", wording=1, given_at=now, way="COUNTER"),
            Confirmation(**of_her, day=today, contact_verified=False),
            *(
                Stale(tenant_id=tenant, source=source, first_day=today.replace(day=1), is_onward=True)
                for source in sources
            ),
            Job(tenant_id=tenant, name="bench", payload={}),
            Idempotency(
                tenant_id=tenant,
                key=idempotency_key,
                request_hash=number,
                status=201,
                response=her.id.bytes,
            ),
        ]
    )
    await session.flush()
    await session.execute(AUDIT, {"tenant": tenant, "person": her.id})
    return Done(id=her.id)


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
