"""`townbridge demo`."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import click
from msgspec import Struct, structs

from core.app import Platform, open_platform
from core.commands.load import Progress
from core.commands.running import run, settings_of
from core.commands.serve import serve
from core.demo import generate
from core.figures.loop import settle
from core.identity.accounts import list_accounts
from core.identity.credentials import set_password
from core.identity.memberships import grant_role, list_members
from core.identity.town_roles import list_town_members
from core.kernel import clock
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.notices.posting import Draft, post_notice
from core.reports.month import waiting_reports
from core.reports.report import decide
from core.reports.states import Act
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.town.exchange import load_folder

__all__ = ["command"]

CONSULTANT = "ws.rights"
DONE, FOLDER = "demo.done", "demo-exchange"


class SignIn(Struct, frozen=True, kw_only=True):
    """A line of the table that the command prints."""

    place: str
    login: str
    role: str


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Set the town up and stop.")
@click.pass_context
def command(ctx: click.Context, port: int, no_serve: bool) -> None:
    """Set up the demonstration town, which the project invents itself, and serve it.

    The town is loaded once; a start that was interrupted is completed by the next one.
    """
    settings = settings_of(ctx)
    begun = time.monotonic()
    password, table = run(_set_up(settings))
    click.echo(f"The demonstration town is ready after {time.monotonic() - begun:.0f} s.\n")
    _say(port, password, table)
    if not no_serve:
        click.echo("Ctrl-C stops it; the next `make demo` continues where you were.")
        run(serve(structs.replace(settings, demo=True), port, has_worker=True))


async def _set_up(settings: Settings) -> tuple[str, list[SignIn]]:
    async with open_platform(settings, ("app", "figures")) as platform:
        password = _password(settings.home)
        if not (settings.home / DONE).exists():
            folder = settings.home / FOLDER
            generate(folder, today=clock.today())
            with Progress(is_quiet=False) as progress:
                report = await load_folder(platform.server, folder, progress.tell)
            await _furnish(platform, report.town, password)
            await _answer_reports(platform, report.town)
            await _post_notice(platform, report.town)
            await settle(platform.database, platform.catalogue)
            (settings.home / DONE).write_text(report.town, encoding="utf-8")
        return password, await _sign_ins(platform, (settings.home / DONE).read_text(encoding="utf-8"))


def _password(home: Path) -> str:
    """One for all accounts of this demonstration, made up on its first start: there is no default password."""
    file = home / "demo.password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"demo-{secrets.token_hex(4)}", encoding="utf-8")
    return file.read_text(encoding="utf-8")


async def _furnish(platform: Platform, code: str, password: str) -> None:
    """What an exchange folder does not carry: passwords, and the town's consultant in every unit."""
    database = platform.database
    async with database.transaction(Scope.nobody()) as transaction:
        region = await region_by_code(transaction, code)
    assert region is not None  # noqa: S101 -- it was loaded a moment ago
    async with database.transaction(Scope.town(region.id)) as transaction:
        accounts = await list_accounts(transaction)
        for account in accounts:
            await set_password(transaction, account.id, password)
        tenants = await list_tenants(transaction)
    consultants = [account for account in accounts if account.login == CONSULTANT]
    for tenant in tenants:
        async with database.transaction(Scope.of_tenant(tenant.id)) as transaction:
            for consultant in consultants:
                await grant_role(transaction, consultant.id, "rights_consultant")


async def _answer_reports(platform: Platform, code: str) -> None:
    """As a town has it late in a month: the old reports locked, those of last month waiting, one of them returned."""
    async with platform.database.transaction(Scope.nobody()) as transaction:
        region = await region_by_code(transaction, code)
    assert region is not None  # noqa: S101 -- it was loaded a moment ago
    async with platform.database.transaction(await _as_town_admin(platform, region.id)) as transaction:
        found = [unit.report for unit in await waiting_reports(transaction, region.id) if unit.report]
        newest = max((report.first_day for report in found), default=None)
        for report in found:
            if report.first_day < (newest or report.first_day):
                for act in (Act.APPROVE, Act.LOCK):
                    await decide(transaction, report.tenant_id, report.id, act, submission=1)
        for report in [report for report in found if report.first_day == newest][:1]:
            await decide(
                transaction,
                report.tenant_id,
                report.id,
                Act.RETURN,
                submission=1,
                reason="活动场次与上月相差较大，请核对。",
                cell=("COM-02", ""),
            )


async def _as_town_admin(platform: Platform, region_id: UUID) -> Scope:
    async with platform.database.transaction(Scope.town(region_id)) as transaction:
        members = await list_town_members(transaction)
    return Scope.town(region_id, next(member.account_id for member in members if member.role == "town_admin"))


async def _post_notice(platform: Platform, code: str) -> None:
    """One that every unit still has to answer."""
    today = clock.today()
    async with platform.database.transaction(Scope.nobody()) as transaction:
        region = await region_by_code(transaction, code)
    assert region is not None  # noqa: S101 -- it was loaded a moment ago
    async with platform.database.transaction(await _as_town_admin(platform, region.id)) as transaction:
        draft = Draft(
            title="年底前核实登记信息",
            body="请各协会单位在截止日期前逐一核实在住人员的联系方式。\n\n核实是自愿的，不影响任何服务。",
            due_on=today + timedelta(days=14),
            needs_answer=True,
        )
        await post_notice(transaction, draft, ["all"], today)


async def _sign_ins(platform: Platform, code: str) -> list[SignIn]:
    async with platform.database.transaction(Scope.nobody()) as transaction:
        region = await region_by_code(transaction, code)
    assert region is not None  # noqa: S101 -- the file DONE says so
    async with platform.database.transaction(Scope.town(region.id)) as transaction:
        tenants = await list_tenants(transaction)
        table = [
            SignIn(place=region.name_zh, login=member.login, role=member.role)
            for member in await list_town_members(transaction)
        ]
    for tenant in tenants:
        async with platform.database.transaction(Scope.of_tenant(tenant.id)) as transaction:
            table += [
                SignIn(place=f"{tenant.code} {tenant.name_zh}", login=member.login, role=member.role)
                for member in await list_members(transaction)
            ]
    return table


def _say(port: int, password: str, table: list[SignIn]) -> None:
    click.echo(f"Address:  http://localhost:{port}/")
    click.echo(f"Password: {password}   (the same for everybody in the demonstration)\n")
    click.echo(f"{'who can sign in':<16} {'as':<18} where")
    for line in table:
        click.echo(f"{line.login:<16} {line.role:<18} {line.place}")
    click.echo("")
