"""Plug-ins that are each wrong in one thing, and what the contract suite must say of them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from core.host.discovery import Found

__all__ = ["BLIND", "LIVED", "STATED", "Specimen", "install"]

PLUGIN = """
from core.sdk import Plugin
plugin = Plugin(name="{name}", title="Notices", description="Notices", requires_sdk=">=1.0,<2")
"""
TABLES = """
from piccolo.columns import UUID, Date, Text
from core.sdk import TableUse, TenantTable

class Loan(TenantTable, tablename="loan", schema="{name}"):
    person_id = UUID(null=True, default=None)
    day = Date()
    returned_on = Date(null=True, default=None)
    words = Text(default="")

TABLES = (TableUse(table=Loan, compartment="benefits", person_column="person_id"),)
"""
MIGRATION = """
from core.sdk.migrations import Door, Foreign, Grant, Index, Table, migration

TABLES = (
    Table(
        schema="{name}", name="loan", compartment="benefits",
        columns=(("person_id", "uuid"), ("day", "date NOT NULL"), ("returned_on", "date"), ("words", "text NOT NULL")),
        foreign=(Foreign(("tenant_id", "person_id"), "people.person"),),
        indexes=(Index(("tenant_id", "day")),),
        doors=(Door("figures_read", "figures", "SELECT", "true"),),
        grants=(Grant("figures", "SELECT", ("tenant_id", "id", "person_id", "day", "returned_on")),),
    ),
)

async def forwards():
    return migration("{name}_1", "{name}", "loans", TABLES)
"""
PRIVACY = """
from core.sdk import PersonalData
from specimen_{name}.tables import Loan

async def told(ctx, person):
    return [{{"Lent on": str(row["day"])}} for row in await Loan.select().where(Loan.person_id == person)]

async def taken_away(ctx, person):
    gone = Loan.update({{Loan.words: ""}}).where(Loan.person_id == person)
    return len(await gone.returning(Loan.id))

PERSONAL_DATA = (PersonalData(table=Loan, title="Notices", export=told, erase=taken_away),)
"""
INDICATORS = """
from core.sdk import Cut, Indicator, Source

INDICATORS = (
    Indicator(
        code="{code}", title="people", unit="people", org_rule="SUM", time_rule="SUM", is_exchanged=False,
        {cuts}reads=(Source("{name}.loan", "day"), Source("people.person")),
        select=\"\"\"
SELECT l.tenant_id, l.{date} AS day, {cut} AS cut, 1 AS num, NULL::numeric AS den
FROM {name}.loan l JOIN people.person p ON p.tenant_id = ANY($1::uuid[]) AND p.tenant_id = l.tenant_id
AND p.id = l.person_id {more}
WHERE l.tenant_id = ANY($1::uuid[]) AND l.{date} BETWEEN $2::date AND $3::date
\"\"\",
    ),
)
"""
JOBS = """
from core.sdk import Job
from specimen_{name}.tables import Loan

async def lend(ctx, payload):
    await Loan.insert(Loan(day=ctx.today, words="again"))

JOBS = (Job(name="{name}.loan.lend", run=lend, compartments=("benefits",), every=3600),)
"""
EVENTS = """
from uuid import UUID
from msgspec import Struct
from core.sdk import Event, Listener
from specimen_{name}.tables import Loan

class Lent(Struct, frozen=True):
    person: UUID

async def hear(ctx, event):
    await Loan.insert(Loan(day=ctx.today, words="heard", person_id=event.person))

EVENTS = (Event(name="{name}.loan_lent", kind=Lent),)
LISTENERS = (Listener(event="{name}.loan_lent", run=hear, compartments=("benefits",)),)
"""
LIFECYCLE = """
from core.sdk import Lifecycle
from specimen_{name}.tables import Loan

async def forget(ctx):
    await Loan.delete().where(Loan.day < ctx.today)

async def complain(ctx):
    return ["Something is missing."]

LIFECYCLE = Lifecycle(on_pause=forget, check=complain)
"""
PERMISSIONS = """
from core.sdk import Permission
PERMISSIONS = (Permission(code="{name}.loan.read", title="people", roles=("station_staff",)),)
"""
EXPORTS = """
from core.sdk import Export
from core.sdk.values import Column

async def rows(ctx):
    yield "one", "two"

COLUMNS = (Column(title="people"),)
EXPORTS = (Export(name="loans", title="people", permission="{name}.loan.read", columns=COLUMNS, rows=rows),)
"""

STORED = {"tables.py": TABLES, "privacy.py": PRIVACY}


WIDGETS = """
from core.sdk import Hit, Moment, Widget

async def moments(ctx, person):
    return [Moment(day=ctx.today, title="lent %(what)s", address="lamps"), "a text"]

async def piece(ctx, person):
    return "<p>from before there were moments</p>"

async def hits(ctx, words):
    return [Hit(title="a lamp", group="Notices", address=ctx.address("lamps", q=words))]

async def fail(ctx, words):
    raise RuntimeError(words)

WIDGETS = tuple(
    Widget(slot=slot, handler=handler, permission="{name}.loan.read")
    for slot, handler in (("PERSON_TIMELINE", moments), ("PERSON_TIMELINE", piece), ("TENANT_SEARCH", hits),
                          ("TENANT_SEARCH", fail))
)
"""


class Specimen(NamedTuple):
    """`told` has for each check that finds it the words that the sentences about it must hold."""

    name: str
    files: Mapping[str, str]
    told: Mapping[str, tuple[str, ...]]


def stored(name: str, told: Mapping[str, tuple[str, ...]], **files: str) -> Specimen:
    """With a table; `files` replace or add, a dot in the name as two underlines."""
    migration = {f"piccolo_migrations/{name}_1.py": MIGRATION}
    more = {
        f"piccolo_migrations/{name}_1.py" if key == "migration" else f"{key}.py": text
        for key, text in files.items()
    }
    return Specimen(name, {**STORED, **migration, **more}, told)


def counting(name: str, code: str, *, date: str = "day", is_cut: bool = False) -> str:
    cuts = 'cuts=(Cut("sex", "people"),), ' if is_cut else ""
    more = "CROSS JOIN LATERAL unnest(ARRAY['', 'sex=' || p.sex]) AS c(cut)" if is_cut else ""
    # Whose sex is not stated has no part.
    cut = "CASE WHEN c.cut = 'sex=9' THEN 'other=9' ELSE c.cut END" if is_cut else "''"
    return INDICATORS.format(name=name, code=code, date=date, cuts=cuts, cut=cut, more=more)


STATED = (
    Specimen("stray", {"helpers.py": ""}, {"it is accepted by the host": ("Unknown files: helpers.py",)}),
    Specimen(
        "twins",
        {
            "jobs.py": (
                "from core.sdk import Job\nasync def run(ctx, payload): ...\n"
                "JOBS = (Job(name='twins.a.run', run=run), Job(name='twins.a.run', run=run))\n"
            )
        },
        {"its names are its own": ("the job twins.a.run is declared 2 times; give each a name of its own",)},
    ),
    Specimen(
        "boundless",
        {
            "settings.py": (
                "from typing import Annotated\nfrom msgspec import Meta, Struct\n"
                "class Settings(Struct, frozen=True, kw_only=True):\n"
                "    days: int = 3\n    words: str = ''\n    few: Annotated[int, Meta(ge=1, le=3)] = 9\n"
            )
        },
        {
            "its settings have defaults and bounds": (
                "the setting days has no bounds; write Annotated",
                "the setting words has no greatest length; write Line",
                "a default of the settings is not valid itself",
            )
        },
    ),
    Specimen(
        "chatty",
        {
            "events.py": (
                "from msgspec import Struct\nfrom core.sdk import Event, Listener\n"
                "class Lent(Struct):\n    name: str\n"
                "async def hear(ctx, event): ...\n"
                "EVENTS = (Event(name='chatty.loan_lent', kind=Lent, version=0),)\n"
                "LISTENERS = (Listener(event='chatty.loan_lost', run=hear),)\n"
            )
        },
        {
            "its events and listeners carry ids only": (
                "chatty.loan_lent.name could carry personal data; use UUID",
                "the Struct of chatty.loan_lent can be changed; write frozen=True",
                "has the version 0; the first one is 1",
                "it listens to chatty.loan_lost, which it does not declare",
            )
        },
    ),
    Specimen(
        "hasty",
        {
            "jobs.py": (
                "from core.sdk import Job\ndef run(ctx, payload): ...\n"
                "JOBS = (Job(name='hasty.a.run', run=run, every=5, compartments=('attic',)),)\n"
            )
        },
        {
            "its jobs can be run": (
                "is not an asynchronous function",
                "names unknown compartments: attic",
                "runs every 5 s; a minute is the shortest schedule",
            )
        },
    ),
    Specimen(
        "leaky",
        {
            "permissions.py": PERMISSIONS,
            "imports.py": (
                "from core.sdk import Import\nasync def load(ctx, folder): return []\n"
                "IMPORTS = (Import(name='people', files=('../*.csv',), load=load),)\n"
            ),
            "exports.py": (
                "from core.sdk import Export\nasync def rows(ctx): return []\n"
                "EXPORTS = (Export(name='Bad name', title='people', permission='leaky.loan.read', columns=(),\n"
                "    rows=rows),)\n"
            ),
        },
        {
            "its files in and out are declared properly": (
                "the import people does not start with leaky",
                "takes ../*.csv, which leads out of the exchange folder",
                "cannot be an address; use small letters",
                "has no columns",
                "does not stream; write `async def rows(ctx)` with yield",
            )
        },
    ),
    Specimen(
        "endless",
        {
            "permissions.py": PERMISSIONS,
            "pages.py": (
                "from core.sdk import Nav, Page\nasync def show(ctx): ...\n"
                "PAGES = (Page(path='a', handler=show, permission='endless.loan.read', method='POST', time_limit=600,\n"
                "              max_body=10**9, nav=Nav(title='people')),)\n"
            ),
        },
        {
            "its pages, widgets and exports have limits": (
                "may take 600 s; between 0 and 45 is allowed",
                "takes 1000000000 bytes; 20,000,000 are the most",
                "stands in the navigation, where only GET can be",
            )
        },
    ),
    Specimen(
        "curious",
        {"services.py": "from core.kernel import db\nimport asyncpg\n"},
        {
            "it imports the SDK alone": (
                "services.py:1 imports core.kernel; of this project use core.sdk alone",
                "services.py:2 imports asyncpg",
            )
        },
    ),
    Specimen(
        "raw",
        {
            "services.py": "SQL = 'SELECT name FROM people.person'\nasync def read(tx): return await tx.fetch(SQL)\n"
        },
        {
            "it writes SQL for figures and migrations alone": (
                "services.py:1 writes SQL; ask with the Piccolo class",
                "services.py:2 sends SQL with .fetch(); ask with the Piccolo class",
            )
        },
    ),
    Specimen(
        "reckless",
        {
            "services.py": (
                "import asyncio\nimport os\nfrom datetime import date\n"
                "async def run(work): asyncio.create_task(work)\n"
                "TODAY = date.today()\nKEY = os.environ['KEY']\nTOTAL = eval('1 + 1')\n"
            )
        },
        {
            "it calls nothing that has hurt before": (
                "declare a job",
                "time comes from ctx.today",
                "what can be set is declared in settings.py",
                "it turns data into code",
            )
        },
    ),
    Specimen(
        "unescaped",
        {
            "templates/a.html": '<form method="post"><b onclick="x()">{{ name|safe }}</b></form>\n',
            "templates/b.html": "{% if %}",
            "templates/c.html": '{% extends "town/layout.html" %}',
            "templates/d.html": '<link rel="stylesheet" href="/a.css">',
            "templates/a.css": "p { color: red }",
        },
        {
            "its templates can be read and escape everything": (
                "templates/a.html has '|safe': everything is escaped",
                "templates/a.css is of its own; the kit has the scripts and styles of every page",
                "templates/a.html has 'onclick=': the kit has the scripts and styles of every page",
                "templates/d.html has '<link': the kit has the scripts and styles of every page",
                "templates/a.html has a form without its token; write {{ parts.token() }} into it",
                "templates/b.html:1 cannot be read",
                "templates/c.html uses town/layout.html; a plug-in has its own templates",
            )
        },
    ),
    Specimen(
        "foreign",
        {
            "services.py": "from core.sdk import gettext_noop as _\nTITLE = _('A word that nobody translated')\n",
            "locale/zh/messages.po": (
                'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
                'msgid "%(name)s is here"\nmsgstr "在这里"\n\nmsgid "Sign in"\nmsgstr "进去"\n'
            ),
        },
        {
            "every sentence has its Chinese": (
                "services.py:2 says 'A word that nobody translated'; add its Chinese",
                "the Chinese of '%(name)s is here' fills in other places",
                "the platform says 'Sign in' as",
            )
        },
    ),
)

LIVED = (
    stored(
        "grasping",
        {
            "its tables are made, taken away and made again": (
                "people.person is otherwise after a plug-in was taken away and made again; a migration keeps to",
            ),
            "its tables stand behind their walls": ("people.person grants SELECT to dispatch",),
        },
        migration=MIGRATION.replace("import Door", "import current, Door")
        .replace('loans", TABLES)', 'loans", TABLES, take)')
        .replace(
            "from core.sdk.migrations import current,",
            "from core.kernel.db import current\nfrom core.sdk.migrations import",
        )
        + "\n\nasync def take():\n    await current().execute('GRANT SELECT ON people.person TO dispatch')\n"
        + "    await current().execute('CREATE INDEX ON people.person (tenant_id, sex)')\n",
    ),
    stored(
        "drifting",
        {
            "its tables are as the classes say": (
                "drifting.loan.day is date NOT NULL in the database, date in the class",
                "drifting.loan is by its migration in the compartment health, by TABLES in benefits",
                "the migrations make drifting.other, which tables.TABLES does not name",
                "drifting.other.who links a person, which TABLES does not say",
            ),
            "a person can be copied and erased": ("the copy of a person says nothing of drifting.loan",),
        },
        tables=TABLES.replace("day = Date()", "day = Date(null=True, default=None)"),
        migration=MIGRATION.replace('compartment="benefits"', 'compartment="health"').replace(
            "TABLES = (\n",
            'TABLES = (\n    Table(schema="{name}", name="other", columns=(("who", "uuid"),),'
            ' foreign=(Foreign(("tenant_id", "who"), "people.person"),)),\n',
        ),
    ),
    stored(
        "ajar",
        {"its tables stand behind their walls": ("ajar.loan declares the door wide for app",)},
        migration=MIGRATION.replace("doors=(", 'doors=(Door("wide", "app", "SELECT", "true"), '),
    ),
    stored(
        "late",
        {"its figures are what a rebuild gives": ("LAT-01 has", "its select depends on more than the dates")},
        indicators=counting("late", "LAT-01", date="returned_on"),
    ),
    stored(
        "halved",
        {"the parts of its figures add up": ("and its parts by sex add up to", "write partition=False")},
        indicators=counting("halved", "HAL-01", is_cut=True),
    ),
    stored(
        "doubling",
        {
            "its jobs done twice are done once": (
                "the job doubling.loan.lend does more the second time, in doubling.loan",
            )
        },
        jobs=JOBS,
    ),
    stored(
        "silent",
        {"its jobs done twice are done once": ("the job silent.loan.lend did not end", "call ctx.changed")},
        jobs=JOBS,
        indicators=counting("silent", "SIL-01"),
    ),
    Specimen(
        "unknown",
        {
            "jobs.py": (
                "from core.sdk import Job\nasync def run(ctx, payload): ...\n"
                "JOBS = (Job(name='unknown.a.run', run=run),)\n"
            )
        },
        {"its jobs done twice are done once": ("was not run; give an example of its payload",)},
    ),
    stored(
        "echoing",
        {
            "its listeners told twice are told once": (
                "the listener of echoing.loan_lent does more the second time",
            )
        },
        events=EVENTS,
    ),
    stored(
        "forgetful",
        {
            "switching it off and on changes nothing": (
                "switching it off and on again changes forgetful.loan",
                "its own check says: Something is missing.",
            )
        },
        lifecycle=LIFECYCLE,
    ),
    stored(
        "clinging",
        {
            "a person can be copied and erased": (
                "the copy of a person says nothing of clinging.loan; see the export in privacy.py",
                "clinging.loan still says 欧阳晓岚 after her erasure",
            )
        },
        privacy=PRIVACY.replace("return [{{", "return [][:0] and [{{").replace(
            "return len(await", "return 0 and len(await"
        ),
    ),
    Specimen(
        "uneven",
        {"permissions.py": PERMISSIONS, "exports.py": EXPORTS},
        {"its files out have a cell for each column": ("declares 1 columns and gives rows of [2] cells",)},
    ),
    Specimen(
        "showy",
        {"permissions.py": PERMISSIONS, "widgets.py": WIDGETS},
        {
            "its moments and hits are what a page can show": (
                "the moment 'lent %(what)s' has places that its params do not fill",
                "lamps is no address of this site",
                "its widget in PERSON_TIMELINE gives str; give Moments",
                "the hit 'Notices' has the words in its address",
                "its widget in TENANT_SEARCH fails: RuntimeError",
            )
        },
    ),
)

# Alone in its town: no figure of the town can be computed beside it.
BLIND = stored(
    "blind",
    {
        "its figures can be computed": (
            "BLI-01 cannot be computed: permission denied for table loan; see Grant and Door",
        )
    },
    migration=MIGRATION.replace(
        '        grants=(Grant("figures", "SELECT", ("tenant_id", "id", "person_id", "day", "returned_on")),),\n',
        "",
    ),
    indicators=counting("blind", "BLI-01"),
)


def install(folder: Path, specimen: Specimen) -> Found:
    """Write the package into a folder that is on the path."""
    package = f"specimen_{specimen.name}"
    files = {"__init__.py": "", "plugin.py": PLUGIN, **specimen.files}
    for path, text in files.items():
        target = folder / package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        is_plain = path.startswith(("templates/", "locale/", "indicators")) or (
            "{{" not in text and "{name}" not in text
        )
        target.write_text(text if is_plain else text.format(name=specimen.name), encoding="utf-8")
    return Found(specimen.name, lambda: importlib.import_module(f"{package}.plugin"))
