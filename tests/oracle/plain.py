"""Folders of a handful of people, for one question at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.oracle.spelling import resident, write_table
from tests.oracle.towns import MOVEMENTS

HEADER = ("姓名", "性别", "人员类别", "证件类型", "证件号码", "户籍省", "登记日期", "是否流动")


@dataclass
class Plain:
    """A year of a town; number n is the same woman in every tenant and year."""

    path: Path
    year: int
    town: str
    months: int = 12
    opened: dict[str, str] = field(default_factory=dict[str, str])
    closed: dict[str, str] = field(default_factory=dict[str, str])
    name: str = "协会"
    without: Sequence[str] = ()
    """Tenants that have no registration."""
    services: Mapping[str, str] = field(default_factory=dict[str, str])
    """The plug-ins of a tenant, where they are others."""

    def __post_init__(self) -> None:
        (self.path / "rosters").mkdir(parents=True)
        self._moves: list[tuple[str, ...]] = [MOVEMENTS]
        (self.path / "town.toml").write_text(
            f'format = "town-exchange/1"\ncode = "{self.town}"\nname_zh = "镇"\nname_en = "Town"\n'
            f"year = {self.year}\nmonths = {self.months}\nexported_on = {self.year + 1}-02-01\n"
            'time_zone = "Asia/Shanghai"\nsynthetic_ids = true\nknown_id_prefixes = ["000000"]\n'
            "[reporting]\ndue_working_day = 5\n[calendar]\nholidays = []\nworked_weekend_days = []\n"
            "[disclosure]\nk_normal = 5\nk_high = 10\nmin_unit_population = 30\n",
            encoding="utf-8",
        )
        tenants = [("code", "name_zh", "name_en", "kind", "opened_on", "closed_on", "plugins")]
        for code in ("A1", "A2"):
            plugins = self.services.get(code, "reporting" if code in self.without else "registration")
            days = self.opened.get(code, "2020-01-01"), self.closed.get(code, "")
            tenants.append((code, f"{self.name}{code}", code, "joint_branch", *days, plugins))
        write_table(self.path / "tenants.csv", tenants)
        header = ("uscc", "name_zh", "short_zh", "name_en", "former_zh", "industry", "tenant")
        write_table(self.path / "enterprises.csv", [header])
        write_table(self.path / "staff.csv", [("login", "tenant", "name", "role")])
        write_table(self.path / "movements.csv", self._moves)

    def roster(self, tenant: str, **people: str) -> Plain:
        """`p1="2020-01-01"`: number 1 has been registered since; with `/湖南` she comes from there."""
        rows: list[tuple[str, ...]] = [HEADER]
        for name, told in people.items():
            registered, _, origin = told.partition("/")
            number = resident("000000", "19900501", 2 * int(name[1:]))
            rows.append(("王" + name, "女", "职工", "01", number, origin or "湖南", registered, "是"))
        write_table(self.path / "rosters" / f"{tenant}.csv", rows)
        return self

    def move(self, day: str, tenant: str, kind: str, person: int, to: str = "", ref: str = "") -> Plain:
        number = resident("000000", "19900501", 2 * person)
        self._moves.append((ref or f"MV-{len(self._moves)}", day, tenant, kind, "01", number, to, ""))
        write_table(self.path / "movements.csv", self._moves)
        return self
