"""The catalogue before a town publishes its own: products that the free list of the country is made of.

What is done in an operating theatre is not here. `UNCONFIRMED` names what no source settles: a town looks at it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from plugins.supplies.services.catalogue import Product
from plugins.supplies.services.factors import FACTOR_SET, PUBLISHED

__all__ = ["FACTOR_SET", "PRODUCTS", "UNCONFIRMED"]

CONDOMS = ("CON-M", "CON-F")
PILLS = ("COC-LNG21", "COC-LNG28", "COC-TRI", "COC-NET", "COC-MEG")
SPERMICIDES = ("SPE-SUP", "SPE-FILM", "SPE-GEL")
COPPER = ("IUD-CU380A", "IUD-CU375", "IUD-YG220", "IUD-FIX", "IUD-GAM")
INJECTABLES = ("INJ-1M", "INJ-3M")


def _product(sku: str, name_zh: str, name_en: str, method: str, **facts: Any) -> Product:
    unit_zh, unit_en = facts.pop("unit", ("个", "piece"))
    siblings = facts.pop("siblings", ())
    return Product(
        sku=sku,
        name_zh=name_zh,
        name_en=name_en,
        method=method,
        unit_zh=unit_zh,
        unit_en=unit_en,
        cyp=facts.pop("cyp", _factor(method)),
        substitutes=tuple(each for each in siblings if each != sku),
        **facts,
    )


def _factor(method: str) -> str:
    factor = PUBLISHED.get(method, Fraction())
    return str(factor) if factor else ""


def _condom(sku: str, name_zh: str, name_en: str, method: str, **facts: Any) -> Product:
    return _product(
        sku,
        name_zh,
        name_en,
        method,
        unit=("只", "piece"),
        pack=10,
        shelf_life_months=60,
        figure="SUP-01",
        is_anonymous_allowed=True,
        storage="COOL_DRY_DARK",
        siblings=CONDOMS,
        **facts,
    )


def _pill(sku: str, name_zh: str, name_en: str, method: str = "COC", **facts: Any) -> Product:
    return _product(
        sku,
        name_zh,
        name_en,
        method,
        **{
            "unit": ("板", "cycle"),
            "max_per_year": 13,
            "shelf_life_months": 36,
            "figure": "SUP-02",
            "gate": "clinician_first",
            "storage": "DRY_DARK",
            "days_per_unit": 28,
            "siblings": PILLS,
        }
        | facts,
    )


def _injectable(sku: str, name_zh: str, name_en: str, method: str, **facts: Any) -> Product:
    return _product(
        sku,
        name_zh,
        name_en,
        method,
        unit=("支", "ampoule"),
        shelf_life_months=60,
        figure="SUP-03",
        gate="clinician_each",
        storage="UPRIGHT",
        siblings=INJECTABLES,
        **facts,
    )


def _spermicide(sku: str, name_zh: str, name_en: str, unit: tuple[str, str]) -> Product:
    return _product(
        sku,
        name_zh,
        name_en,
        "SPERMICIDE",
        unit=unit,
        pack=10,
        max_per_year=120,
        shelf_life_months=36,
        figure="SUP-03",
        gate="counsel",
        storage="ROOM",
        siblings=SPERMICIDES,
    )


def _device(sku: str, name_zh: str, name_en: str, method: str, **facts: Any) -> Product:
    return _product(
        sku,
        name_zh,
        name_en,
        method,
        **{"shelf_life_months": 60, "gate": "facility", "storage": "BELOW_40"} | facts,
    )


def _copper(sku: str, name_zh: str, name_en: str, **facts: Any) -> Product:
    return _device(sku, name_zh, name_en, "CU_IUD", siblings=COPPER, **facts)


def _kit(sku: str, name_zh: str, name_en: str) -> Product:
    return _product(
        sku,
        name_zh,
        name_en,
        "",
        unit=("份", "kit"),
        shelf_life_months=24,
        gate="counsel",
        storage="COOL",
        is_anonymous_allowed=True,
    )


PRODUCTS: tuple[Product, ...] = (
    _condom("CON-M", "男用避孕套", "Male condom", "MALE_CONDOM", max_per_year=120, is_tracer=True),
    _condom("CON-F", "女用避孕套", "Female condom", "FEMALE_CONDOM"),
    _pill("COC-LNG21", "复方左炔诺孕酮片(21)", "Combined pill LNG/EE 21", is_tracer=True),
    _pill("COC-LNG28", "复方左炔诺孕酮片(21+7)", "Combined pill LNG/EE 28"),
    _pill("COC-TRI", "左炔诺孕酮炔雌醇(三相)片", "Combined pill, triphasic"),
    _pill("COC-NET", "复方炔诺酮片", "Combined pill, norethisterone"),
    _pill("COC-MEG", "复方醋酸甲地孕酮片", "Combined pill, megestrol"),
    _pill("POP", "单纯孕激素片", "Progestogen-only pill", "POP", siblings=()),
    _pill(
        "LOP",
        "左炔诺孕酮炔雌醚片",
        "Monthly long-acting pill",
        "LONG_PILL",
        unit=("片", "tablet"),
        cyp="1/13",
        max_per_year=12,
        figure="SUP-03",
        gate="clinician_each",
        days_per_unit=30,
        siblings=(),
    ),
    _pill(
        "VIS",
        "探亲避孕药",
        "Visiting pill",
        "VISIT_PILL",
        unit=("盒", "box"),
        max_per_year=None,
        shelf_life_months=24,
        figure="SUP-03",
        gate="clinician_each",
        days_per_unit=0,
        siblings=(),
    ),
    _pill(
        "EC-LNG",
        "左炔诺孕酮肠溶胶囊1.5mg",
        "Emergency pill LNG 1.5 mg",
        "ECP",
        unit=("次", "dose"),
        max_per_year=2,
        shelf_life_months=24,
        figure="SUP-03",
        gate="counsel",
        days_per_unit=0,
        is_tracer=True,
        siblings=(),
    ),
    _injectable(
        "INJ-1M",
        "复方庚酸炔诺酮注射液",
        "Monthly combined injectable",
        "INJ_1M",
        max_per_year=13,
        days_per_unit=28,
    ),
    _injectable(
        "INJ-3M",
        "醋酸甲羟孕酮注射液150mg",
        "Three-monthly injectable DMPA",
        "DMPA_IM",
        max_per_year=4,
        days_per_unit=91,
    ),
    _spermicide("SPE-SUP", "壬苯醇醚栓", "Nonoxinol suppository", ("粒", "piece")),
    _spermicide("SPE-FILM", "壬苯醇醚膜", "Nonoxinol film", ("张", "piece")),
    _spermicide("SPE-GEL", "壬苯醇醚凝胶", "Nonoxinol gel", ("支", "piece")),
    _copper("IUD-CU380A", "TCu380A宫内节育器", "Copper IUD TCu380A", shelf_life_months=84),
    _copper("IUD-CU375", "MCu375宫内节育器", "Copper IUD MCu375", shelf_life_months=36),
    _copper("IUD-YG220", "元宫药铜220宫内节育器", "Copper IUD Yuangong 220"),
    _copper("IUD-FIX", "固定式铜宫内节育器", "Copper IUD, frameless"),
    _copper("IUD-GAM", "活性γ形宫内节育器", "Copper IUD, gamma-shaped"),
    _device("IUS-LNG", "左炔诺孕酮宫内缓释系统", "Hormonal IUD", "LNG_IUD"),
    _device(
        "IMP-2R",
        "左炔诺孕酮硅胶棒(Ⅱ)",
        "Two-rod implant, three years",
        "IMPLANT_LNG2",
        unit=("套", "set"),
        storage="BELOW_30",
    ),
    _device("IMP-1R", "依托孕烯植入剂", "One-rod implant", "IMPLANT_ETG"),
    _kit("KIT-HPT", "早孕试纸", "Home test strip (hCG)"),
    _kit("KIT-HIV", "HIV自检试剂", "HIV self-test"),
)

UNCONFIRMED: Mapping[str, tuple[str, ...]] = {
    "CON-M": ("pack",),
    "CON-F": ("pack", "shelf_life_months"),
    "COC-LNG21": ("shelf_life_months",),
    "COC-LNG28": ("shelf_life_months",),
    "COC-TRI": ("shelf_life_months",),
    "COC-NET": ("unit_zh", "shelf_life_months"),
    "COC-MEG": ("unit_zh", "shelf_life_months"),
    "POP": ("shelf_life_months",),
    "LOP": ("cyp", "shelf_life_months"),
    "VIS": ("cyp", "shelf_life_months"),
    "EC-LNG": ("shelf_life_months",),
    "INJ-1M": ("cyp",),
    "SPE-SUP": ("cyp", "pack"),
    "SPE-FILM": ("cyp", "pack"),
    "SPE-GEL": ("cyp", "pack"),
    "IUD-YG220": ("shelf_life_months",),
    "IUD-FIX": ("shelf_life_months",),
    "IUD-GAM": ("shelf_life_months",),
    "IUS-LNG": ("shelf_life_months",),
    "IMP-2R": ("cyp",),
    "IMP-1R": ("shelf_life_months",),
    "KIT-HPT": ("shelf_life_months",),
    "KIT-HIV": ("shelf_life_months",),
}
"""By sku the fields that follow common practice or were decided here, and need local confirmation."""
