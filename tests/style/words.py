"""Rules on words: no address of a machine or a package index, none of what the platform refuses to model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.style.rule import Rule
from tests.style.source import Source

OWN_WORDS = "tests/style/words.py"
LEFT_OUT = "docs/explanation/what-we-left-out.md"
ADDRESSES = re.compile(
    r"(?<![\w.-])/(root|work/(main|shared|[.])|home/\w+|Users/\w+|tmp/tb)\b"
    r"|pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)|npmmirror[.]com|deb[.]debian[.]org|pypi[.]tuna"
)
ENFORCEMENT = re.compile(
    r"罚款|社会抚养费|计划外|计划内生育|超生|孕检|环检|查环|结扎|绝育|引产|堕胎|人工流产|准生证|生育指标"
    r"|\bsterili[sz](e|ed|ation|ations)\b|\babortions?\b|\bbirth (quota|permit|licen[cs]e)s?\b"
    r"|\b(out[- ]of|outside)[- ](the )?plan births?\b|\bunplanned births?\b"
    r"|\bpregnancy (inspection|test|check)s?\b|\biud (inspection|check)s?\b"
    r"|\bsocial maintenance fees?\b|\bover[- ]quota births?\b|\bviolators?\b",
    re.IGNORECASE,
)


SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bxox[abprs]-[\w-]{10}"
    r"|\beyJ[\w-]{10,}\.eyJ|\btb_[\w-]{40}"
    r"|\b(postgres(ql)?|rediss?|https?)://[^\s:/@\"'{}<>]*:[^\s:/@\"'{}<>]+@"
)


def secrets(source: Source) -> Iterator[str]:
    yield from _matches(source, SECRETS)


def addresses(source: Source) -> Iterator[str]:
    yield from _matches(source, ADDRESSES)


def enforcement_words(source: Source) -> Iterator[str]:
    yield from _matches(source, ENFORCEMENT)


def _matches(source: Source, pattern: re.Pattern[str]) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines() if not source.is_vendored else [], 1):
        if match := pattern.search(line):
            yield f"{source.path}:{number} {match.group()!r}"


WORDS = (
    Rule(
        "no address of a machine or a package index",
        "the repository works in any folder and with any mirror",
        addresses,
        broken=Source("docs/howto/run.md", "Look into {}.\n".format("/" + "root/data")),
        kept=Source("docs/howto/run.md", "Look into the home folder, /t/T01/people.\n"),
    ),
    Rule(
        "no secret stands in the repository",
        "whoever reads it would have it; secrets come from the environment and the home folder",
        secrets,
        broken=Source(
            "docs/howto/run.md", "Set it to postgresql://app:{}@db.example/town.\n".format("s3same")
        ),
        kept=Source(
            "docs/howto/run.md", "Set it to postgresql://app@db.example/town, at https://a.example:8000.\n"
        ),
    ),
    Rule(
        "no word of what the platform refuses to model",
        "a voluntary service keeps no such thing, not even as an option",
        enforcement_words,
        broken=Source("plugins/health/forms.py", 'TITLE = "孕检登记"\n'),
        kept=Source("plugins/health/forms.py", 'TITLE = "孕前优生健康检查"\n'),
        excepted={OWN_WORDS: "the list itself", LEFT_OUT: "says what is left out, and why"},
    ),
)
