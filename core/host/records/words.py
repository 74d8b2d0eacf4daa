"""The words of the records: a sentence for each act, a word for each kind of thing.

A new act of the platform is one more line here, and its Chinese in a catalogue; a service module words its own
acts in its `plugin.py`. `tests/style/test_acts.py` fails on an act without words.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.kernel.i18n import gettext_noop as _

__all__ = ["EXPORTED", "MODES", "OTHERWISE", "SENTENCES", "THINGS"]

SENTENCES: Mapping[str, str] = {
    "identity.account.add": _("added the account of %(account)s"),
    "identity.account.close": _("closed the account of %(account)s"),
    "identity.account.rename": _("changed the name of the account of %(account)s"),
    "identity.account.reopen": _("opened the account of %(account)s again"),
    "identity.invitation.issue": _("made a one-time link for %(account)s"),
    "identity.invitation.use": _("chose a password with a one-time link"),
    "identity.invitation.withdraw": _("ended the open link of %(account)s"),
    "identity.password.set": _("set the password of %(account)s"),
    "identity.role.grant": _("gave %(account)s the role “%(role)s”"),
    "identity.role.revoke": _("took the role “%(role)s” from %(account)s"),
    "identity.staff.leave": _("noted that %(account)s no longer works here"),
    "identity.town-role.grant": _("gave %(account)s the role “%(role)s” in the town"),
    "identity.town-role.revoke": _("took the role “%(role)s” in the town from %(account)s"),
    "identity.token.issue": _("issued %(account)s a key for programs, for %(days)s days"),
    "identity.token.revoke": _("revoked a key for programs of %(account)s"),
    "kernel.job.redrive": _("had a failed task tried again"),
    "kernel.backup.restore": _("restored the database from a backup; %(ended_sessions)s sessions were ended"),
    "people.erasure.ask": _("asked for a person to be erased"),
    "people.erasure.end": _("finished erasing a person"),
    "people.merge.ask": _("asked for two records of one person to be put together"),
    "people.merge.ask-undo": _("asked for two records to be taken apart again"),
    "people.person.copy": _("gave a person a copy of all that is kept of her"),
    "people.person.erase": _("erased a person's record"),
    "people.person.merge": _("merged two records of one person"),
    "people.person.unmerge": _("took two records apart again"),
    "reports.report.prepare": _("prepared the report of %(unit)s for %(period)s"),
    "reports.report.take-back": _("took the report of %(unit)s for %(period)s back to go on with it"),
    "reports.report.submit": _("submitted the report of %(unit)s for %(period)s"),
    "reports.report.return": _("returned the report of %(unit)s for %(period)s"),
    "reports.report.approve": _("approved the report of %(unit)s for %(period)s"),
    "reports.report.lock": _("locked the report of %(unit)s for %(period)s"),
    "reports.report.reopen": _("reopened the report of %(unit)s for %(period)s"),
    "people.consent.give": _("noted a consent"),
    "people.consent.withdraw": _("noted that a consent was withdrawn"),
    "people.elsewhere.ask": _("asked whether somebody is registered elsewhere"),
    "people.movement.record": _("recorded a movement"),
    "people.movement.write": _("recorded %(count)s movements from a file"),
    "people.person.edit": _("corrected a person's record"),
    "people.person.register": _("registered a person"),
    "people.person.take-back": _(
        "took back what a file wrote: %(removed)s people removed, %(restored)s as before"
    ),
    "people.person.upsert": _("took over people from a file"),
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

MODES: Mapping[str, str] = {
    "offered": _("offered the service module “%(plugin)s”"),
    "required": _("required the service module “%(plugin)s”"),
}

THINGS: Mapping[str, str] = {
    "account": _("accounts"),
    "activation": _("service modules of a unit"),
    "api_token": _("keys for programs"),
    "firm": _("member firms"),
    "job": _("tasks"),
    "export": _("files written"),
    "membership": _("roles in a unit"),
    "movement": _("movements"),
    "person": _("people looked after"),
    "plugin": _("service modules"),
    "deployment": _("the whole installation"),
    "region": _("the town"),
    "report": _("reports"),
    "settings": _("settings"),
    "tenant": _("association units"),
    "town_role": _("roles in the town"),
    "unit": _("workshops and groups"),
    "notice": _("notices"),
}

EXPORTED = _("wrote a file of the service module “%(plugin)s”")
"""For the act `<service module>.export.write` of every one."""

OTHERWISE = _("did something that this version has no words for")
