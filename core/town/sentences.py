"""Records in plain sentences: what was done, to what. A code that nobody has worded yet is told in general."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.identity.roles import ROLES
from core.kernel.audit import AuditLine
from core.kernel.i18n import Translate
from core.kernel.i18n import gettext_noop as _

__all__ = ["accounts_in", "sentence_of", "thing_of"]

SENTENCES = {
    "identity.account.add": _("added the account of %(account)s"),
    "identity.account.close": _("closed the account of %(account)s"),
    "identity.account.rename": _("changed the name of the account of %(account)s"),
    "identity.account.reopen": _("opened the account of %(account)s again"),
    "identity.password.set": _("set the password of %(account)s"),
    "identity.role.grant": _("gave %(account)s the role “%(role)s” in a unit"),
    "identity.role.revoke": _("took the role “%(role)s” in a unit from %(account)s"),
    "identity.town-role.grant": _("gave %(account)s the role “%(role)s” in the town"),
    "identity.town-role.revoke": _("took the role “%(role)s” in the town from %(account)s"),
    "identity.token.issue": _("issued %(account)s a key for programs, for %(days)s days"),
    "identity.token.revoke": _("revoked a key for programs of %(account)s"),
    "kernel.job.redrive": _("had a failed task tried again"),
    "tenancy.firm.add": _("entered a member firm"),
    "tenancy.firm.change": _("corrected a member firm"),
    "tenancy.firm.end": _("ended the service of a member firm"),
    "tenancy.plugin.switch-off": _("switched the service module “%(plugin)s” off"),
    "tenancy.plugin.switch-on": _("switched the service module “%(plugin)s” on"),
    "tenancy.region.add": _("opened the town"),
    "tenancy.region.change": _("changed the town's own entry"),
    "tenancy.settings.change": _("changed settings"),
    "tenancy.settings.forget": _("took settings back to their defaults"),
    "tenancy.settings.write": _("changed settings"),
    "tenancy.tenant.change": _("changed the entry of an association unit"),
    "tenancy.tenant.close": _("closed an association unit"),
    "tenancy.tenant.open": _("opened the association unit %(code)s"),
    "tenancy.unit.add": _("entered a workshop or group"),
    "tenancy.unit.change": _("changed a workshop or group"),
    "town.exchange.load": _("loaded the data folder of %(year)s: %(files)s files"),
    "town.plugin.withdraw": _("withdrew the service module “%(plugin)s”"),
    "notices.notice.post": _("sent a notice to %(units)s units"),
    "notices.notice.correct": _("corrected a notice; it is version %(version)s now"),
    "notices.notice.withdraw": _("withdrew a notice from %(units)s units"),
    "notices.notice.read": _("read version %(version)s of a notice"),
    "notices.notice.done": _("noted for the unit that what a notice asks is done"),
}

MODES = {
    "offered": _("offered the service module “%(plugin)s”"),
    "required": _("required the service module “%(plugin)s”"),
}

THINGS = {
    "account": _("accounts"),
    "activation": _("service modules of a unit"),
    "api_token": _("keys for programs"),
    "firm": _("member firms"),
    "job": _("tasks"),
    "membership": _("roles in a unit"),
    "plugin": _("service modules"),
    "region": _("the town"),
    "settings": _("settings"),
    "tenant": _("association units"),
    "town_role": _("roles in the town"),
    "unit": _("workshops and groups"),
    "notice": _("notices"),
}

OTHERWISE = _("did something that this version has no words for")


def sentence_of(
    line: AuditLine, tell: Translate, titles: Mapping[str, str], names: Mapping[UUID, str]
) -> str:
    """`titles` are those of the service modules (message ids), `names` those of the accounts."""
    detail = _detail(line)
    message = SENTENCES.get(line.action, OTHERWISE)
    if line.action == "town.plugin.offer":
        message = MODES.get(str(detail.get("mode")), OTHERWISE)
    values = {name: _told(name, value, tell, titles, names) for name, value in detail.items()}
    try:
        return tell(message) % values
    except KeyError:
        return tell(OTHERWISE)


def thing_of(kind: str) -> str:
    """The message id of a kind of thing."""
    return THINGS.get(kind, _("other things"))


def accounts_in(line: AuditLine) -> set[UUID]:
    """The accounts that a line names: who did it, and to whom."""
    found = {line.actor} if line.actor else set[UUID]()
    account = _detail(line).get("account")
    return found | {UUID(account)} if isinstance(account, str) else found


def _detail(line: AuditLine) -> dict[str, Any]:
    """With the account that an act on accounts is about."""
    about = {"account": str(line.object_id)} if line.kind == "account" and line.object_id else {}
    return {**about, **line.detail}


def _told(
    name: str, value: Any, tell: Translate, titles: Mapping[str, str], names: Mapping[UUID, str]
) -> str:
    if name == "plugin":
        return tell(titles.get(str(value), str(value)))
    if name == "role":
        return tell(ROLES[value].title) if value in ROLES else str(value)
    if name == "account":
        return names.get(UUID(str(value)), tell(_("an account")))
    return str(len(value)) if isinstance(value, list | tuple) else str(value)
