"""Numbers and names that pages tell are those of the code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.app import plugins
from core.host.registry import FIXED_NAMES
from core.identity import sessions, throttle
from core.identity.passwords import LONGEST, SHORTEST
from core.kernel import db, i18n, jobs, keys, outbox, runner
from core.kernel.idempotency import KEPT_DAYS
from core.kernel.sheets.limits import Limits
from core.people.consent import PURPOSES
from plugins.registration.indicators import FRESH_DAYS
from plugins.registration.settings import Settings
from tests.docs.pages import DOCS, ROOT, Page

DECISIONS = DOCS / "explanation" / "decisions"
MINUTE = timedelta(minutes=1)
HALF_A_PAGE = 350
"""Words."""


def prose(name: str) -> str:
    """The page on one line."""
    return " ".join((DOCS / name).read_text(encoding="utf-8").split())


def test_limits_of_signing_in_are_told() -> None:
    text = prose("howto/administer.md")
    assert (throttle.BOTH.count, throttle.BOTH.window) == (5, 15 * MINUTE)
    assert "Five wrong tries for one login from one place within a quarter of an hour" in text
    assert (throttle.LOGIN.count, throttle.LOGIN.window) == (20, 60 * MINUTE)
    assert "twenty from anywhere within an hour" in text
    assert f"{SHORTEST} to {LONGEST} characters" in text


def test_ends_of_a_session_are_told() -> None:
    text = prose("howto/administer.md")
    idle, longest = sessions.IDLE // MINUTE, sessions.LONGEST // (60 * MINUTE)
    assert f"after {idle} minutes without a click and after {longest} hours" in text
    idle, longest = sessions.TOWN_IDLE // MINUTE, sessions.TOWN_LONGEST // (60 * MINUTE)
    assert f"after {idle} minutes and after {longest} hours" in text


def test_limits_of_jobs_are_told() -> None:
    text = prose("explanation/jobs.md")
    assert (outbox.LEASE, outbox.ATTEMPTS, runner.SHARE) == (60, 8, 4)
    assert f"A lease lasts a minute and a job at most {jobs.LONGEST:.0f} seconds" in text
    assert "tried eight times" in text
    assert "more than a quarter of a worker's slots" in text
    assert "tried eight times" in prose("howto/troubleshoot.md")
    assert f"at most {jobs.MOST_PENDING:,} waiting jobs" in prose("explanation/threat-model.md")


def test_limits_of_a_transaction_and_of_uploads_are_told() -> None:
    assert db.ACQUIRE_SECONDS == 2
    assert "Two seconds for a connection" in prose("explanation/transactions.md")
    limits = Limits()
    told = (
        f"At most {limits.file_bytes // 10**6} MB, {limits.unpacked_bytes // 10**6} MB unpacked, "
        f"{limits.rows:,} rows and {limits.columns} columns"
    )
    assert told in prose("reference/exchange-folder.md")


@pytest.mark.parametrize("path", sorted((DOCS / "howto").glob("*.md")), ids=lambda path: path.stem)
def test_sentences_of_the_screen_are_quoted_as_they_are(path) -> None:
    """In italics: `...` stands for what differs, and a number for a place to fill in."""
    plugins()
    messages = list(i18n._messages("zh"))
    for quoted in re.findall(r"(?<![*\w])\*([A-Z.][^*|]{12,})\*(?!\*)", prose(f"howto/{path.name}")):
        wanted = re.sub(r"\d+", "PLACE", quoted).replace("...", "REST")
        pattern = re.escape(wanted).replace("PLACE", r"%\(\w+\)s").replace("REST", ".*")
        assert any(re.search(pattern, message) for message in messages), quoted


def test_days_are_told() -> None:
    assert f"in the last {FRESH_DAYS} days" in prose("reference/figures.md")
    assert Settings().import_days == 7
    assert "deleted after a week" in prose("explanation/people-and-privacy.md")
    assert KEPT_DAYS == 2
    assert "for two days" in prose("reference/api.md")


def test_consents_are_told() -> None:
    necessary = [purpose.code for purpose in PURPOSES.values() if purpose.is_necessary]
    assert (necessary, len(PURPOSES)) == (["RECORD"], 3)
    assert "the one necessary purpose; being called, and her record going along when she moves" in prose(
        "explanation/people-and-privacy.md"
    )


def test_keys_are_told_by_their_names() -> None:
    text = prose("howto/back-up.md")
    assert "`seal-....key`, `index.key`, `pseudonym.key`" in text
    assert keys.SEAL.fullmatch("seal-0001-0123abcd.key")
    assert "--directory=.townbridge keys" in text
    assert "`services.where`" in text


def test_files_of_a_plug_in_are_explained() -> None:
    text = prose("explanation/plug-ins.md").partition("| file | holds |")[2].partition("## They declare")[0]
    named = {name.rstrip("/").removesuffix(".py") for name in re.findall(r"`([\w./]+)`", text)}
    assert named >= FIXED_NAMES


def test_modules_at_arm_s_length_are_imported_where_it_is_said() -> None:
    importing = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "core").rglob("*.py"))
        if re.search(r"^(?:from|import) arq\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert importing == ["core/kernel/queue.py"]
    assert "`core/kernel/queue.py` alone" in prose("explanation/decisions/0004-arq-is-a-doorbell.md")


def test_decisions_are_numbered_and_listed_with_their_titles() -> None:
    records = sorted(DECISIONS.glob("0*.md"))
    index = (DECISIONS / "index.md").read_text(encoding="utf-8")
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", index, re.MULTILINE)
    titles = [(Page(path).text.splitlines()[0].removeprefix("# "), path.name) for path in records]
    assert listed == titles


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("0*.md")), ids=lambda path: path.stem)
def test_decision_is_half_a_page(path) -> None:
    text = path.read_text(encoding="utf-8")
    assert 60 < len(text.split()) < HALF_A_PAGE
    assert int(path.name[:4]) == int(text.removeprefix("# ").partition(".")[0])
