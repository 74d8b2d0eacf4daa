"""`townbridge token ...`: keys for programs."""

from __future__ import annotations

from uuid import UUID

import click

from core.app import Platform, open_platform
from core.commands.places import account_named, town_named, town_option
from core.commands.running import Row, listing, run, settings_of
from core.identity.accounts import list_accounts
from core.identity.tokens import ApiToken, issue_token, list_tokens, opens, revoke_token
from core.kernel import clock
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.kernel.settings import Settings

__all__ = ["command"]

SCOPES = _("docs/reference/roles.md lists the permissions.")
COLUMNS = ("id", "login", "name", "scopes", "state", "created_at", "expires_at", "used_at")


@click.group("token")
def command() -> None:
    """API tokens: keys for programs, each with its part of what its user may."""


@command.command("issue")
@click.argument("login")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 730), default=365, show_default=True)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="A permission that it opens, a star for any part: registration.person.read, '*.read', '*'. Several times.",
)
@click.pass_context
def issue(ctx: click.Context, login: str, name: str, days: int, scopes: tuple[str, ...]) -> None:
    """Make a token and print it, this once; nothing else goes to standard output."""

    async def work(settings: Settings) -> str:
        async with open_platform(settings) as platform:
            _check(platform, scopes)
            account = await account_named(platform, login)
            async with platform.database.transaction(Scope.town(account.region_id)) as tx:
                return await issue_token(tx, account.id, name, days, scopes)

    click.echo(run(work(settings_of(ctx))))
    click.echo("Keep it safe: it is stored as a hash and cannot be shown again.", err=True)


def _check(platform: Platform, scopes: tuple[str, ...]) -> None:
    for scope in scopes:
        if not any(opens(frozenset({scope}), code) for code in platform.server.gate.codes):
            raise BadInput(_("The scope %(scope)s opens nothing here."), SCOPES, scope=scope)


@command.command("list")
@click.argument("login", required=False)
@town_option
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def show(ctx: click.Context, login: str | None, region: str | None, is_json: bool) -> None:
    """The tokens of a user, or of all users of a town; never the tokens themselves."""
    listing(run(_rows(settings_of(ctx), login, region)), COLUMNS, is_json)


async def _rows(settings: Settings, login: str | None, region: str | None) -> list[Row]:
    async with open_platform(settings) as platform:
        if login is not None:
            accounts = [await account_named(platform, login)]
            town_id = accounts[0].region_id
        else:
            town_id = (await town_named(platform, region)).id
            async with platform.database.transaction(Scope.town(town_id)) as tx:
                accounts = await list_accounts(tx)
        async with platform.database.transaction(Scope.town(town_id)) as tx:
            return [
                _row(account.login, token)
                for account in accounts
                for token in await list_tokens(tx, account.id)
            ]


def _row(login: str, token: ApiToken) -> Row:
    dead = "revoked" if token.revoked_at else "expired" if token.expires_at <= clock.now() else ""
    return {
        "id": token.id,
        "login": login,
        "name": token.name,
        "scopes": " ".join(token.scopes),
        "state": dead or "valid",
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
    }


@command.command("revoke")
@click.argument("login")
@click.argument("token_id", type=click.UUID)
@click.pass_context
def revoke(ctx: click.Context, login: str, token_id: UUID) -> None:
    """End a token now; `token list` shows its id."""

    async def work(settings: Settings) -> None:
        async with open_platform(settings) as platform:
            account = await account_named(platform, login)
            async with platform.database.transaction(Scope.town(account.region_id)) as tx:
                await revoke_token(tx, account.id, token_id)

    run(work(settings_of(ctx)))
    click.echo(f"{token_id}: revoked.")
