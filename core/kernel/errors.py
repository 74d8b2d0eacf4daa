"""The one tree of errors: what happened and what to do, in words for the person who meets it."""

from __future__ import annotations

from collections.abc import Mapping

from core.kernel.i18n import Translate
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "BadInput",
    "Broken",
    "Conflict",
    "Forbidden",
    "Misconfigured",
    "NoScope",
    "NotFound",
    "NotSignedIn",
    "TooLarge",
    "TooManyTries",
    "TownbridgeError",
    "Unavailable",
    "WrongKind",
    "WrongMethod",
]

Parameter = str | int


class TownbridgeError(Exception):
    """An error that reaches a person: `what` happened and what `todo`, as message ids with named places.

    `status` is the HTTP status; `exit_status` that of the command line (1 = the answer is no, 2 = wrong usage).
    """

    status = 500
    exit_status = 1
    code = "error"

    def __init__(self, what: str = "", todo: str = "", **params: Parameter) -> None:
        self.what = what or self.default_what
        self.todo = todo or self.default_todo
        self.params: Mapping[str, Parameter] = params
        super().__init__(self.sentence(lambda message: message))

    default_what = _("Something went wrong on our side.")
    default_todo = _("Nothing was lost. Try again; if it happens again, tell the administrator the time.")

    def sentence(self, translate: Translate) -> str:
        """Both sentences in the reader's language."""
        return " ".join(part for part in (self.told(translate), self.advice(translate)) if part)

    def told(self, translate: Translate) -> str:
        return _fill(translate(self.what), self.params)

    def advice(self, translate: Translate) -> str:
        return _fill(translate(self.todo), self.params) if self.todo else ""


def _fill(sentence: str, params: Mapping[str, Parameter]) -> str:
    return sentence % params if params else sentence


class BadInput(TownbridgeError):
    """What was sent cannot be used; `fields` maps a field to the message id of its error."""

    status = 400
    code = "bad-input"
    default_what = _("Some of what was entered cannot be used.")
    default_todo = _("Correct the marked fields and send again.")

    def __init__(
        self, what: str = "", todo: str = "", fields: Mapping[str, str] | None = None, **params: Parameter
    ) -> None:
        self.fields: Mapping[str, str] = fields or {}
        super().__init__(what, todo, **params)


class NotSignedIn(TownbridgeError):
    status = 401
    code = "not-signed-in"
    default_what = _("You are not signed in, or your session has ended.")
    default_todo = _("Sign in again.")


class Forbidden(TownbridgeError):
    status = 403
    code = "forbidden"
    default_what = _("Your role does not allow this.")
    default_todo = _("Ask the manager of your association if you need it for your work.")


class NotFound(TownbridgeError):
    """Absent, switched off, or another tenant's: the answer is the same, so that it tells nothing."""

    status = 404
    code = "not-found"
    default_what = _("There is nothing at this address.")
    default_todo = _("Check the address, or go back to the home page.")


class Conflict(TownbridgeError):
    status = 409
    code = "conflict"
    default_what = _("This cannot be done in the present state.")
    default_todo = _("Reload the page and look at what has changed.")


class TooLarge(TownbridgeError):
    status = 413
    code = "too-large"
    default_what = _("What was sent is too large.")
    default_todo = _("Send a smaller file.")


class WrongMethod(TownbridgeError):
    """`allowed` are the methods that the address takes."""

    status = 405
    code = "wrong-method"
    default_what = _("This address does not take what was sent to it.")
    default_todo = _("Check the address, or go back to the home page.")

    def __init__(self, allowed: str = "") -> None:
        self.allowed = allowed
        super().__init__()


class WrongKind(TownbridgeError):
    """A body in a form that is not read there."""

    status = 415
    code = "wrong-kind"
    default_what = _("What was sent is of a kind that is not read here.")
    default_todo = _("Send JSON with the Content-Type application/json.")


class TooManyTries(TownbridgeError):
    """Slowed down; `retry_after` is in seconds."""

    status = 429
    code = "too-many-tries"
    default_what = _("Too many tries.")
    default_todo = _("Wait a few minutes and try again.")

    def __init__(self, retry_after: int, what: str = "", todo: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(what, todo)


class Unavailable(TownbridgeError):
    """A service that is needed does not answer now; trying again is right."""

    status = 503
    code = "unavailable"
    default_what = _("The service is busy or restarting.")
    default_todo = _("Nothing was lost. Try again in a few seconds.")


class Misconfigured(TownbridgeError):
    exit_status = 2
    code = "misconfigured"


class NoScope(TownbridgeError):
    """A programming error: a query outside the transaction helper, or with no tenant."""

    code = "no-scope"


class Broken(TownbridgeError):
    """Stored data fail their own check: a tampered sealed field, a broken audit chain."""

    code = "broken"
