"""What the town hands out and where: its catalogue, the points of every unit, how much of what a point keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.demo.town import TENANTS, Tenant, town_station

__all__ = [
    "BOX",
    "CLINIC",
    "PRODUCTS",
    "STATION",
    "Point",
    "Product",
    "catalogue_rows",
    "point_rows",
    "points",
]

STATION, CLINIC, BOX = "STATION", "CLINIC", "BOX"
COLUMNS = (
    "sku",
    "name_zh",
    "name_en",
    "method",
    "unit_zh",
    "unit_en",
    "cyp_factor",
    "cap_per_person_year",
    "shelf_life_months",
    "figure",
    "anonymous_allowed",
    "tracer",
    "gate",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A line of the catalogue; `kept` is how many of it a station keeps for a thousand people, 0 for none."""

    sku: str
    names: tuple[str, str]
    method: str
    units: tuple[str, str]
    factor: str
    cap: int | None
    months: int
    figure: str = ""
    anonymous: bool = False
    tracer: bool = False
    gate: str = "clinician_first"
    kept: int = 0
    clinics_only: bool = False

    def cells(self) -> tuple[str, ...]:
        cap = "" if self.cap is None else str(self.cap)
        flags = (str(int(self.anonymous)), str(int(self.tracer)))
        head = (self.sku, *self.names, self.method, *self.units, self.factor, cap)
        return (*head, str(self.months), self.figure, *flags, self.gate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a unit keeps supplies and hands them out."""

    tenant: Tenant
    code: str
    name: str
    kind: str


PIECE, CYCLE, AMPOULE, EACH = ("只", "piece"), ("板", "cycle"), ("支", "ampoule"), ("个", "piece")


def pill(sku: str, zh: str, en: str, kept: int, *, tracer: bool = False) -> Product:
    """Combined pills: fifteen cycles protect a couple for a year."""
    return Product(
        sku=sku,
        names=(zh, en),
        method="COC",
        units=CYCLE,
        factor="1/15",
        cap=13,
        months=36,
        figure="SUP-02",
        tracer=tracer,
        kept=kept,
    )


def spermicide(sku: str, zh: str, en: str, unit_zh: str) -> Product:
    """What is advised on rather than prescribed."""
    return Product(
        sku=sku,
        names=(zh, en),
        method="SPERMICIDE",
        units=(unit_zh, "piece"),
        factor="1/120",
        cap=120,
        months=36,
        figure="SUP-03",
        gate="counsel",
        kept=90,
    )


PRODUCTS = (
    Product(
        sku="CON-M",
        names=("男用避孕套", "Male condom"),
        method="MALE_CONDOM",
        units=PIECE,
        factor="1/120",
        cap=120,
        months=60,
        figure="SUP-01",
        anonymous=True,
        tracer=True,
        gate="none",
        kept=2200,
    ),
    Product(
        sku="CON-F",
        names=("女用避孕套", "Female condom"),
        method="FEMALE_CONDOM",
        units=PIECE,
        factor="1/120",
        cap=None,
        months=60,
        figure="SUP-01",
        anonymous=True,
        gate="none",
        kept=150,
    ),
    pill("COC-LNG21", "复方左炔诺孕酮片(21)", "Combined pill LNG/EE 21", 110, tracer=True),
    pill("COC-LNG28", "复方左炔诺孕酮片(21+7)", "Combined pill LNG/EE 28", 50),
    pill("COC-TRI", "左炔诺孕酮炔雌醇(三相)片", "Combined pill, triphasic", 30),
    Product(
        sku="POP",
        names=("单纯孕激素片", "Progestogen-only pill"),
        method="POP",
        units=CYCLE,
        factor="1/12",
        cap=13,
        months=36,
        figure="SUP-02",
        kept=40,
    ),
    Product(
        sku="EC-LNG",
        names=("左炔诺孕酮肠溶胶囊1.5mg", "Emergency pill LNG 1.5 mg"),
        method="ECP",
        units=("次", "dose"),
        factor="1/20",
        cap=2,
        months=24,
        figure="SUP-03",
        tracer=True,
        gate="counsel",
        kept=14,
    ),
    Product(
        sku="INJ-3M",
        names=("醋酸甲羟孕酮注射液150mg", "Three-monthly injectable DMPA"),
        method="DMPA_IM",
        units=AMPOULE,
        factor="1/4",
        cap=4,
        months=60,
        figure="SUP-03",
        gate="clinician_each",
        kept=40,
        clinics_only=True,
    ),
    spermicide("SPE-SUP", "壬苯醇醚栓", "Nonoxinol suppository", "粒"),
    spermicide("SPE-FILM", "壬苯醇醚膜", "Nonoxinol film", "张"),
    spermicide("SPE-GEL", "壬苯醇醚凝胶", "Nonoxinol gel", "支"),
    Product(
        sku="IUD-CU380A",
        names=("TCu380A宫内节育器", "Copper IUD TCu380A"),
        method="CU_IUD",
        units=EACH,
        factor="23/5",
        cap=None,
        months=84,
        gate="facility",
    ),
    Product(
        sku="IMP-1R",
        names=("依托孕烯植入剂", "One-rod implant"),
        method="IMPLANT_ETG",
        units=("支", "piece"),
        factor="5/2",
        cap=None,
        months=60,
        gate="facility",
    ),
)


def catalogue_rows() -> Iterator[tuple[str, ...]]:
    """Lines of catalogue.csv, header first."""
    yield COLUMNS
    for each in PRODUCTS:
        yield each.cells()


def points(today: date) -> list[Point]:
    """A counter and a box of every unit, and the store of the town's own station."""
    store = town_station(today)
    found = [Point(tenant=store, code=f"{store.code}-S", name="镇药具库房", kind=STATION)]
    for tenant in TENANTS:
        is_branch = tenant.kind == "joint_branch"
        name, kind = ("联合服务站诊室", CLINIC) if is_branch else ("药具服务点", STATION)
        found.append(Point(tenant=tenant, code=f"{tenant.code}-S", name=name, kind=kind))
        found.append(Point(tenant=tenant, code=f"{tenant.code}-B", name="宿舍自取箱", kind=BOX))
    return found


def point_rows(today: date) -> Iterator[tuple[str, ...]]:
    """Lines of points.csv, header first."""
    yield ("tenant", "point", "name_zh", "kind")
    for each in points(today):
        yield (each.tenant.code, each.code, each.name, each.kind)
