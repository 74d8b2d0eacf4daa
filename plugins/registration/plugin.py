"""Registration: who is here, since when, and how she is reached."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="registration",
    title=_("Registration"),
    description=_("Registers people who ask for it, keeps who is here, helps with residence permits."),
    requires_sdk=">=1.3,<2",
    order=10,
    acts={
        "registration.household.add": _("entered a person in a household"),
        "registration.household.head": _("changed the head of a household"),
        "registration.household.relate": _("corrected what a person is to the head of her household"),
        "registration.household.remove": _("took a person out of a household"),
        "registration.permit.help": _("noted help with a residence permit"),
        "registration.person.confirm": _("confirmed that a record is right"),
        "registration.record.edit": _("corrected the residence of a person"),
        "registration.roster.apply": _("had a roster taken over"),
        "registration.roster.cancel": _("cancelled a roster"),
        "registration.roster.download": _("downloaded %(rows)s rows of a roster"),
        "registration.roster.finish": _(
            "took over a roster: %(added)s new, %(corrected)s corrected, %(rejected)s rejected"
        ),
        "registration.roster.receive": _("uploaded a roster"),
        "registration.roster.correct": _("corrected a row of a roster"),
        "registration.roster.match": _("chose the headers of a roster by hand"),
        "registration.roster.take-back": _(
            "undid a roster: %(undone)s people are as before, %(left)s were left as they are"
        ),
        "registration.roster.undo": _("had a roster undone"),
        "registration.transfer.accept": _("accepted a person from the unit %(unit)s"),
        "registration.transfer.decline": _("declined a person from the unit %(unit)s"),
        "registration.transfer.end": _("received the answer of the unit %(unit)s to an offer"),
        "registration.transfer.expire": _("let an offer of the unit %(unit)s lapse"),
        "registration.transfer.offer": _("offered a person to the unit %(unit)s"),
        "registration.transfer.receive": _("received an offer of the unit %(unit)s"),
        "registration.transfer.withdraw": _("took back an offer to the unit %(unit)s"),
    },
    things={"roster_import": _("rosters"), "transfer": _("offers to move")},
)
