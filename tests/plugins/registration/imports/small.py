"""Exchange folders of a handful of people, made for one test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from tests.plugins.registration.conftest import resident

__all__ = ["Folder", "Worker"]

HEADER = (
    "姓名",
    "性别",
    "人员类别",
    "证件类型",
    "证件号码",
    "户籍省",
    "联系电话",
    "登记日期",
    "企业",
    "是否流动",
)
MOVEMENTS = ("ref", "date", "tenant", "type", "id_type", "id_no", "to_tenant", "reason")


class Worker(Struct, frozen=True):
    """Number n is the same person in every folder and tenant."""

    name: str
    number: int
    registered_on: str = "2020-01-01"
    phone: str = "13800138000"
    born: date = date(1990, 1, 1)

    def row(self) -> tuple[str, ...]:
        number = resident(self.number, self.born).number
        return (
            self.name,
            "女",
            "职工",
            "居民身份证",
            number,
            "湖南",
            self.phone,
            self.registered_on,
            "",
            "是",
        )


class Folder:
    """A folder with the two tenants of the tests."""

    def __init__(self, path: Path, year: int) -> None:
        self.path = path
        self.year = year
        self._moves: list[tuple[str, ...]] = []
        (path / "rosters").mkdir(parents=True)
        self._write_masters()

    def roster(self, tenant: str, workers: Sequence[Worker]) -> None:
        with (self.path / "rosters" / f"{tenant}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(HEADER)
            writer.writerows(worker.row() for worker in workers)

    def move(self, kind: str, day: str, tenant: str, number: int, to: str = "") -> None:
        ref = f"MV-{len(self._moves) + 1}"
        self._moves.append((ref, day, tenant, kind, "01", resident(number).number, to, ""))
        with (self.path / "movements.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(MOVEMENTS)
            writer.writerows(self._moves)

    def _write_masters(self) -> None:
        (self.path / "town.toml").write_text(
            f'format = "town-exchange/1"\ncode = "000001101"\nname_zh = "星河镇"\nname_en = "Xinghe Town"\n'
            f"year = {self.year}\nmonths = 12\nexported_on = {date(self.year + 1, 1, 10)}\n"
            'time_zone = "Asia/Shanghai"\nsynthetic_ids = true\nknown_id_prefixes = ["000000"]\n',
            encoding="utf-8",
        )
        lines = ["code,name_zh,name_en,kind,opened_on,closed_on,plugins"]
        lines += [
            f"{code},{code}协会,{code},enterprise_association,2020-01-01,,registration"
            for code in ("T01", "T02")
        ]
        (self.path / "tenants.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (self.path / "enterprises.csv").write_text(
            "uscc,name_zh,short_zh,name_en,former_zh,industry,tenant\n", encoding="utf-8"
        )
        (self.path / "staff.csv").write_text("login,tenant,name,role\n", encoding="utf-8")
