"""`/town/kit` in the demonstration: the kit of pages, live, with invented things."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from core.host.doorstep import Doorstep
from core.host.tasks import Waiting
from core.kernel import clock
from core.kernel.i18n import Translate, translator
from core.kernel.i18n import gettext_noop as _
from core.kernel.sound import sound_of
from core.web.charts import Chart, Link, Series, Value
from core.web.forms import asks, parse_form
from core.web.kit import icons, pieces
from core.web.language import language_of
from core.web.listings import Cell, ListColumn, Listing, ListQuery, Picking, Row, arranged, order_of
from core.web.pages import Moment, Task, TimelineEntry, TimelineYear

__all__ = ["Kit"]


class SampleForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As a plug-in declares what a page asks for."""

    name: Annotated[str, asks(_("Name"), max_length=100)]
    kind: Annotated[Literal["a", "b"], asks(_("Kind"))] = "a"
    packs: Annotated[int, asks(_("How many"), unit=_("boxes"), ge=1, le=100)]
    note: Annotated[str, asks(_("Remark"), hint=_("What the next one should know."), max_length=500)] = ""
    agrees: Annotated[bool, asks(_("She agrees"))] = False


COLUMNS = (
    ListColumn(name="name", title=_("Name"), can_sort=True),
    ListColumn(name="born", title=_("Birth year"), is_number=True, can_sort=True),
    ListColumn(name="state", title=_("State")),
)
MONTHS = ("3", "4", "5", "6")
PEOPLE = (("阿依古丽", 1990), ("陈素荷", 1979), ("吕一", None))


class Kit(Doorstep):
    """For whoever writes a page; it shows nothing of any town."""

    def handlers(self) -> list[HTTPRouteHandler]:
        return [get("/town/kit", include_in_schema=False)(self.look)]

    async def look(self, request: Request[Any, Any, Any]) -> Response[Any]:
        query = ListQuery(sort=str(request.query_params.get("sort", ""))[:40])
        tell = translator(language_of(request))
        sample = {
            "tasks": _tasks(),
            "form": parse_form(SampleForm, {"name": "王小明", "packs": "0", "note": "x"}),
            "kinds": [("a", "A"), ("b", "B")],
            "list": _list(query, tell),
            "chart": _chart(tell),
            "timeline": _timeline(),
        }
        return self.show(request, "web/kit.html", pieces=pieces(), icons=icons(), sample=sample)


def _timeline() -> list[TimelineYear]:
    today = clock.today()
    moments = (
        Moment(day=today, title=_("Still here"), icon="circle-check"),
        Moment(day=today - timedelta(days=3), title=_("She agrees"), icon="shield-check", address="#"),
    )
    entries = [TimelineEntry(moment=one, service=_("Register"), compartments=()) for one in moments]
    return [TimelineYear(year=today.year, entries=entries)]


def _tasks() -> list[Waiting]:
    today = clock.today()
    report = _("The report of the month is due on the third working day.")
    return [
        Waiting(
            task=Task(title=report, action=_("Open"), address="#", due=today - timedelta(days=2)),
            when="",
            tone="late",
        ),
        Waiting(
            task=Task(
                title=_("Somebody is to look at the month."),
                action=_("Open"),
                address="#",
            ),
            when="",
            tone="",
        ),
    ]


def _chart(tell: Translate) -> Chart:
    def course(name: str, numbers: tuple[int, ...]) -> Series:
        known = [Value(text=str(number), number=number) for number in numbers]
        rest = Value(text="—", reason=_("not reported yet"))
        return Series(name, (*known, *[rest] * (len(MONTHS) - len(known))))

    return Chart(
        kind="trend",
        caption=tell(_("arrivals this month")),
        period="2026",
        unit="",
        head=tell(_("Month")),
        labels=MONTHS,
        series=(course("2026", (31, 44, 38)), course("2025", (27, 30, 41, 22))),
        heard=tell(_("%(having)s of %(all)s units are in it")) % {"having": 6, "all": 7},
        behind=Link(tell(_("All figures of the period")), "#"),
    )


def _list(query: ListQuery, tell: Translate) -> Listing:
    order = order_of(COLUMNS, query)
    people = arranged(PEOPLE, order, {"name": lambda one: sound_of(one[0]), "born": lambda one: one[1]})
    rows = [
        Row(
            key=name,
            cells={
                "name": Cell(text=name, address="#"),
                "born": Cell(text=str(born or "")),
                "state": Cell(text=tell(_("on") if born else _("off")), tone="on" if born else "off"),
            },
        )
        for name, born in people
    ]
    picking = Picking(address="#", action=tell(_("Still here")))
    return Listing.of(COLUMNS, query, "/town/kit", rows=rows, picking=picking, exports={"CSV": "#"})
