"""`townbridge user ...`: the people who sign in. There are no default accounts: the first one is made here."""

from __future__ import annotations

import sys

import click

from core.app import Platform, open_platform
from core.commands.places import account_named, tenant_named, tenants_of, town_named, town_option
from core.commands.running import Row, listing, run, settings_of
from core.identity.accounts import Account, add_account, list_accounts
from core.identity.credentials import close_account, reopen_account, set_password
from core.identity.invitations import Issued, issue
from core.identity.memberships import grant_role, list_members, revoke_role
from core.identity.roles import ROLES, TENANT_ROLES, is_town_pool
from core.identity.town_roles import grant_town_role, list_town_members, revoke_town_role
from core.kernel.errors import BadInput
from core.kernel.i18n import LANGUAGES
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.tenancy.regions import Region
from core.tenancy.tenants import Tenant

__all__ = ["command"]

COLUMNS = ("login", "name", "roles", "active", "password")

from_stdin = click.option(
    "--password-stdin", "has_password", is_flag=True, help="Read the password from standard input."
)
role_option = click.option("--role", type=click.Choice(sorted(ROLES)), required=True)
tenant_option = click.option("--tenant", metavar="CODE", help="The association unit that she works for.")
of_town = click.option("--town", "is_town", is_flag=True, help="She works for the town itself.")


@click.group("user")
def command() -> None:
    """The people who sign in, and their roles."""


@command.command("add")
@click.argument("login")
@role_option
@tenant_option
@of_town
@click.option("--name", default="", help="Her name, as others see it.")
@click.option("--language", type=click.Choice(LANGUAGES), default="zh", show_default=True)
@from_stdin
@town_option
@click.pass_context
def add(
    ctx: click.Context,
    login: str,
    role: str,
    tenant: str | None,
    is_town: bool,
    name: str,
    language: str,
    has_password: bool,
    region: str | None,
) -> None:
    """Add a user, or give her another role; without a password she cannot sign in yet."""
    _check_place(role, tenant, is_town)
    password = _password() if has_password else None

    async def work(settings: Settings) -> Account:
        async with open_platform(settings) as platform:
            town = await town_named(platform, region)
            unit = await tenant_named(platform, town, tenant) if tenant else None
            account = await _added(platform, town, login, name, language, password)
            await _granted(platform, town, unit, account, role)
            return account

    account = run(work(settings_of(ctx)))
    click.echo(f"{account.login}: {role} in {tenant or 'the town'}.")
    if not (password or account.has_password):
        click.echo(f"A link for her first password: townbridge user invite {account.login}", err=True)


@command.command("password")
@click.argument("login")
@from_stdin
@click.pass_context
def password(ctx: click.Context, login: str, has_password: bool) -> None:
    """Set a user's password and end her sessions."""
    if not has_password and not sys.stdin.isatty():
        raise click.UsageError("Give the password on standard input, with --password-stdin.")
    typed = (
        _password() if has_password else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )

    async def work(settings: Settings) -> Account:
        async with open_platform(settings) as platform:
            account = await account_named(platform, login)
            async with platform.database.transaction(Scope.town(account.region_id)) as tx:
                await set_password(tx, account.id, typed)
            return account

    click.echo(f"{run(work(settings_of(ctx))).login}: the password is set.")


@command.command("invite")
@click.argument("login")
@click.pass_context
def invite(ctx: click.Context, login: str) -> None:
    """Print a one-time link with which she chooses a password herself; an older one ends.

    It opens once: within 72 hours for a first password, within 30 minutes for a forgotten one.
    """

    async def work(settings: Settings) -> Issued:
        async with open_platform(settings) as platform:
            account = await account_named(platform, login)
            async with platform.database.transaction(Scope.town(account.region_id)) as tx:
                return await issue(tx, account.id, works_elsewhere=False)

    settings = settings_of(ctx)
    issued = run(work(settings))
    click.echo(f"{settings.site}/invitation/{issued.code}")
    click.echo(f"For {issued.account.login} alone, until {issued.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


@command.command("revoke")
@click.argument("login")
@role_option
@tenant_option
@of_town
@town_option
@click.pass_context
def revoke(
    ctx: click.Context, login: str, role: str, tenant: str | None, is_town: bool, region: str | None
) -> None:
    """Take a role away; at the next click it is gone."""
    _check_place(role, tenant, is_town)

    async def work(settings: Settings) -> bool:
        async with open_platform(settings) as platform:
            town = await town_named(platform, region)
            account = await account_named(platform, login)
            if tenant is None:
                async with platform.database.transaction(Scope.town(town.id)) as tx:
                    return await revoke_town_role(tx, account.id, role)
            unit = await tenant_named(platform, town, tenant)
            async with platform.database.transaction(Scope.of_tenant(unit.id)) as tx:
                return await revoke_role(tx, account.id, role)

    had = run(work(settings_of(ctx)))
    click.echo(f"{login}: no longer {role}." if had else f"{login}: was not {role}.")


@command.command("close")
@click.argument("login")
@click.option("--reopen", is_flag=True, help="Let her in again.")
@click.option("--reason", default="", help="Why, for the record.")
@click.pass_context
def close(ctx: click.Context, login: str, reopen: bool, reason: str) -> None:
    """Close an account: no sign-in, no session, no token. What it did stays its own."""

    async def work(settings: Settings) -> None:
        async with open_platform(settings) as platform:
            account = await account_named(platform, login)
            async with platform.database.transaction(Scope.town(account.region_id)) as tx:
                await (reopen_account if reopen else close_account)(tx, account.id, reason)

    run(work(settings_of(ctx)))
    click.echo(f"{login}: {'open' if reopen else 'closed'}.")


@command.command("list")
@town_option
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def show(ctx: click.Context, region: str | None, is_json: bool) -> None:
    """The users of a town, with their roles; whether they can sign in, never with what."""
    rows = run(_rows(settings_of(ctx), region))
    if not is_json:
        rows = [
            row | {"roles": " ".join(f"{each['place']}:{each['role']}" for each in row["roles"])}
            for row in rows
        ]
    listing(rows, COLUMNS, is_json)


async def _rows(settings: Settings, region: str | None) -> list[Row]:
    async with open_platform(settings) as platform:
        town = await town_named(platform, region)
        held = await _held_roles(platform, town)
        async with platform.database.transaction(Scope.town(town.id)) as tx:
            accounts = await list_accounts(tx)
    return [
        {
            "login": account.login,
            "name": account.name,
            "roles": held.get(account.login, []),
            "active": account.is_active,
            "password": account.has_password,
        }
        for account in accounts
    ]


async def _held_roles(platform: Platform, town: Region) -> dict[str, list[dict[str, str]]]:
    held: dict[str, list[dict[str, str]]] = {}
    async with platform.database.transaction(Scope.town(town.id)) as tx:
        for member in await list_town_members(tx):
            held.setdefault(member.login, []).append({"place": "town", "role": member.role})
    for tenant in await tenants_of(platform, town):
        async with platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
            for member in await list_members(tx):
                held.setdefault(member.login, []).append({"place": tenant.code, "role": member.role})
    return held


async def _added(
    platform: Platform, town: Region, login: str, name: str, language: str, password: str | None
) -> Account:
    async with platform.database.transaction(Scope.town(town.id)) as tx:
        account = await add_account(tx, login, name, language)
        if password is not None:
            await set_password(tx, account.id, password)
    return account


async def _granted(
    platform: Platform, town: Region, tenant: Tenant | None, account: Account, role: str
) -> None:
    if tenant is None:
        async with platform.database.transaction(Scope.town(town.id)) as tx:
            await grant_town_role(tx, account.id, role)
        return
    async with platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
        await grant_role(tx, account.id, role)


def _check_place(role: str, tenant: str | None, is_town: bool) -> None:
    if (tenant is None) != is_town:
        raise click.UsageError("Say where: --tenant CODE, or --town.")
    fits = is_town_pool(role) if is_town else any(role == each.name for each in TENANT_ROLES)
    if not fits:
        place = "a town" if is_town else "an association unit"
        raise click.UsageError(f"Nobody can be {role} in {place}.")


def _password() -> str:
    """One line of standard input, without its end."""
    typed = sys.stdin.readline().rstrip("\r\n")
    if not typed:
        raise BadInput(_("There is no password on standard input."), _("Write it there, in one line."))
    return typed
