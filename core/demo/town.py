"""The invented town: its tenants, the firms they serve and the staff who sign in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from core.demo.almanac import calendar_lines
from core.demo.names import han_name

__all__ = [
    "DIVISION",
    "TENANTS",
    "Firm",
    "Tenant",
    "enterprise_rows",
    "staff_rows",
    "tenant_rows",
    "town_station",
    "town_toml",
]

CODE = "000002201"
DIVISION = CODE[:6]
NAME_ZH = "望舒镇"
NAME_EN = "Wangshu Town"
PLUGINS = "registration;supplies;reporting"
FAVOURABLE = (
    "AWARD_PART",
    "AWARD_WON",
    "CONTRACT_SIGNED",
    "INSURANCE_FIXED",
    "PAID_FULL",
    "PAID_PART",
    "RECOGNISED_INJURY",
    "REINSTATED",
)
TOWN_STAFF = (
    ("ws.admin", "town_admin"),
    ("ws.data", "town_analyst"),
    ("ws.audit", "auditor"),
    ("ws.rights", "rights_consultant"),
)
STATION = "W00"
STATION_STAFF = (("desk", "station_staff"), ("report", "tenant_reporter"))
TENANT_STAFF = (
    ("officer", "tenant_officer"),
    ("desk", "station_staff"),
    ("clinic", "medical_staff"),
    ("report", "tenant_reporter"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """One enterprise; the code is valid, its division 000002 does not exist."""

    uscc: str
    short: str
    english: str
    trade: str
    industry: str
    former: str = ""

    @property
    def name(self) -> str:
        return f"{NAME_ZH}{self.short}{self.trade}有限公司"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One tenant and what its people are like; `people` is the number at size 1, `fixed` ignores the size."""

    code: str
    name: str
    english: str
    kind: str
    opened: date
    people: int
    women: float
    firms: tuple[Firm, ...]
    fixed: bool = False
    opens_this_year: bool = False

    def opened_on(self, today: date) -> date:
        """The branch that opens in March opened a year earlier when this March is still to come."""
        if not self.opens_this_year:
            return self.opened
        this_year = self.opened.replace(year=today.year)
        return this_year if this_year <= today else self.opened.replace(year=today.year - 1)

    def start(self, today: date) -> date:
        """The first day of the year on which the tenant has people."""
        return max(date(today.year, 1, 1), self.opened_on(today))

    def count(self, size: float) -> int:
        """How many people the year brings to this tenant."""
        return self.people if self.fixed else max(12, round(self.people * size))


def firm(uscc: str, short: str, english: str, trade: str, industry: str = "C", former: str = "") -> Firm:
    """A firm on one line."""
    return Firm(uscc=uscc, short=short, english=english, trade=trade, industry=industry, former=former)


JINHE = firm("91000002MAGCL8W07Y", "锦荷纺织", "Jinhe Textile", "", former="望舒锦荷织布厂")
SHIGUANG = firm("91000002MA5CY7CB8L", "拾光电子", "Shiguang Electronics", "")
MUHE = firm("91000002MA55X0F495", "木禾家居", "Muhe Furnishings", "制造")
EAST = (
    firm("91000002MA4W51UN2Q", "南枝包装", "Nanzhi Packaging", ""),
    firm("91000002MA7FYJQC41", "砺石五金", "Lishi Hardware", "制品", former="望舒砺石五金厂"),
    firm("91000002MA4QU4UA5B", "远渡物流", "Yuandu Logistics", "", "G"),
    firm("91000002MACE5P8160", "谷雨食品", "Guyu Foods", ""),
)
SOUTH = (
    firm("91000002MAEBN92EXM", "听泉餐饮", "Tingquan Catering", "管理", "H"),
    firm("91000002MA8FKU4524", "向晚照明", "Xiangwan Lighting", "科技"),
    firm("91000002MA154L15XT", "青瓷建材", "Qingci Building Materials", "", "E", "望舒青瓷砖瓦厂"),
)
HILL = (
    firm("91000002MA18T7601F", "芒种园艺", "Mangzhong Gardening", "", "A"),
    firm("91000002MAF25RG25D", "半山修理", "Banshan Repairs", "服务", "O"),
)
ASSOCIATION, BRANCH = "enterprise_association", "joint_branch"
TENANTS = (
    Tenant(
        code="W01",
        name="锦荷纺织职工服务协会",
        english="Jinhe Textile Workers' Service Association",
        kind=ASSOCIATION,
        opened=date(2021, 5, 17),
        people=430,
        women=0.64,
        firms=(JINHE,),
    ),
    Tenant(
        code="W02",
        name="拾光电子职工服务协会",
        english="Shiguang Electronics Workers' Service Association",
        kind=ASSOCIATION,
        opened=date(2022, 3, 21),
        people=340,
        women=0.55,
        firms=(SHIGUANG,),
    ),
    Tenant(
        code="W03",
        name="木禾家居职工服务协会",
        english="Muhe Furnishings Workers' Service Association",
        kind=ASSOCIATION,
        opened=date(2023, 9, 4),
        people=250,
        women=0.38,
        firms=(MUHE,),
    ),
    Tenant(
        code="W04",
        name="望舒镇东片联合分会",
        english="Wangshu East Joint Branch",
        kind=BRANCH,
        opened=date(2020, 6, 8),
        people=240,
        women=0.45,
        firms=EAST,
    ),
    Tenant(
        code="W05",
        name="望舒镇南片联合分会",
        english="Wangshu South Joint Branch",
        kind=BRANCH,
        opened=date(2024, 3, 9),
        people=200,
        women=0.48,
        firms=SOUTH,
        opens_this_year=True,
    ),
    Tenant(
        code="W06",
        name="望舒镇山前联合分会",
        english="Wangshu Hillside Joint Branch",
        kind=BRANCH,
        opened=date(2023, 10, 16),
        people=21,
        women=0.3,
        firms=HILL,
        fixed=True,
    ),
)


def town_station(today: date) -> Tenant:
    """The town's own station, opened this month: it keeps the store of supplies and has no roster yet."""
    return Tenant(
        code=STATION,
        name=f"{NAME_ZH}服务站",
        english=f"{NAME_EN} Service Station",
        kind="town_station",
        opened=today.replace(day=1),
        people=0,
        women=0,
        firms=(),
    )


def town_toml(today: date) -> str:
    """The master file of the year; it names the impossible division of the town's numbers."""
    lines = [
        "# Fictional town; nothing in this folder describes a real place or person.",
        'format = "town-exchange/1"',
        f'code = "{CODE}"',
        f'name_zh = "{NAME_ZH}"',
        f'name_en = "{NAME_EN}"',
        f"year = {today.year}",
        f"months = {today.month}",
        f"exported_on = {today}",
        'time_zone = "Asia/Shanghai"',
        "synthetic_ids = true",
        'known_id_prefixes = ["000000"]',
        "",
        "[reporting]",
        'due_rule = "5th working day of next month"',
        "due_working_day = 5",
        "",
        *calendar_lines(today.year),
        "",
        "[supplies]",
        'cyp_factor_set = "2022"',
        "",
        "[rights]",
        f"favourable_outcomes = [{', '.join(map(quoted, FAVOURABLE))}]",
        "",
        "[disclosure]",
        "k_normal = 5",
        "k_high = 10",
        "min_unit_population = 30",
    ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A plain word as a TOML string."""
    return f'"{text}"'


def enterprise_rows() -> Iterator[tuple[str, ...]]:
    """Lines of enterprises.csv, header first."""
    yield ("uscc", "name_zh", "short_zh", "name_en", "former_zh", "industry", "tenant")
    for tenant in TENANTS:
        for each in tenant.firms:
            english = f"{each.english} Co., Ltd."
            yield (each.uscc, each.name, each.short, english, each.former, each.industry, tenant.code)


def tenant_rows(today: date) -> Iterator[tuple[str, ...]]:
    """Lines of tenants.csv, header first."""
    yield ("code", "name_zh", "name_en", "kind", "opened_on", "closed_on", "plugins")
    for each in (town_station(today), *TENANTS):
        yield (each.code, each.name, each.english, each.kind, str(each.opened_on(today)), "", PLUGINS)


def staff_rows(rng: Random) -> Iterator[tuple[str, ...]]:
    """Lines of staff.csv, header first; logins name town or tenant, so two towns can share a home."""
    yield ("login", "tenant", "name", "role")
    for login, role in TOWN_STAFF:
        yield (login, "", han_name(rng, rng.choice("12")), role)
    for tenant in TENANTS:
        for login, role in TENANT_STAFF:
            yield (f"{tenant.code.lower()}.{login}", tenant.code, han_name(rng, rng.choice("12")), role)
    for login, role in STATION_STAFF:
        yield (f"{STATION.lower()}.{login}", STATION, han_name(rng, rng.choice("12")), role)
