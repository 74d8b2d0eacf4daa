"""What the balances tell: days without stock, how long it lasts, what expires, what is there.

Every balance is 0 when a book begins, so each is made from the lines of its own book.
"""

from __future__ import annotations

from core.sdk import Cut, Indicator, each_cut
from core.sdk import gettext_noop as _
from plugins.supplies.indicators.cuts import BOOKS, ENTRIES, POINT, SKU, cut

__all__ = ["STANDING"]

# For every day on which something moved: the balance at its end, and the day on which it moved next.
LEVELS = """
moved AS (
    SELECT e.tenant_id, e.book, e.point, e.sku, e.day, sum(e.change) AS change,
        sum(CASE WHEN e.kind IN ('ISSUE', 'RETURN') THEN -e.change ELSE 0 END) AS used,
        sum(CASE WHEN e.kind = 'RECEIPT' THEN e.quantity ELSE 0 END) AS received,
        max(CASE WHEN e.is_tracer THEN 1 ELSE 0 END) AS tracer
    FROM supplies.entry e WHERE e.tenant_id = ANY($1::uuid[]) AND e.day <= $3::date
    GROUP BY e.tenant_id, e.book, e.point, e.sku, e.day
),
level AS (
    SELECT m.tenant_id, m.book, m.point, m.sku, m.day, m.tracer,
        sum(m.change) OVER (PARTITION BY m.tenant_id, m.book, m.point, m.sku ORDER BY m.day) AS balance,
        min(CASE WHEN m.received > 0 THEN m.day END)
            OVER (PARTITION BY m.tenant_id, m.book, m.point, m.sku) AS since,
        lead(m.day) OVER (PARTITION BY m.tenant_id, m.book, m.point, m.sku ORDER BY m.day) AS next_day
    FROM moved m
),
span AS (
    SELECT l.tenant_id, l.point, l.sku, l.tracer, l.balance, l.since, l.day,
        least(l.next_day - 1, b.kept_to, b.ends_on, $3::date) AS last_day, least(b.kept_to, b.ends_on) AS kept_to
    FROM level l JOIN supplies.book b ON b.tenant_id = l.tenant_id AND b.starts_on = l.book
    WHERE b.tenant_id = ANY($1::uuid[])
)"""

STOCKED_OUT = f"""
WITH {LEVELS}
SELECT s.tenant_id, d.day::date AS day, c.cut, 1 AS num, NULL::numeric AS den
FROM span s
CROSS JOIN LATERAL generate_series(
    greatest(s.day, s.since, $2::date)::timestamp, s.last_day::timestamp, interval '1 day') AS d(day)
{each_cut(cut("sku", "s"), cut("point", "s"))}
WHERE s.balance = 0 AND s.tracer = 1 AND s.since IS NOT NULL
"""  # noqa: S608

# The lots of the books that are open on the last day; an expiry is what the latest line says, after a correction too.
ON_HAND = """
SELECT e.tenant_id, e.point, e.sku, e.lot,
    (array_agg(e.expiry ORDER BY e.day DESC, e.id DESC))[1] AS expiry, sum(e.change) AS balance
FROM supplies.entry e JOIN supplies.book b ON b.tenant_id = e.tenant_id AND b.starts_on = e.book
WHERE e.tenant_id = ANY($1::uuid[]) AND b.tenant_id = ANY($1::uuid[]) AND e.day <= $3::date
    AND (b.ends_on IS NULL OR b.ends_on >= $3::date)
GROUP BY e.tenant_id, e.point, e.sku, e.lot
"""

# Of the last twelve months that are over the three latest with a day of stock; what would have been handed out, had
# there been stock on all of their days, counted as thirty.
LASTING = f"""
WITH {LEVELS},
stocked AS (
    SELECT s.tenant_id, s.point, s.sku, m.day::date AS month, max(s.kept_to) AS kept_to,
        sum(CASE WHEN s.balance > 0 THEN 1 ELSE 0 END
            * (least(s.last_day, (m.day + interval '1 month')::date - 1) - greatest(s.day, m.day::date) + 1)) AS days,
        sum(CASE WHEN s.balance = 0 THEN 1 ELSE 0 END
            * (least(s.last_day, (m.day + interval '1 month')::date - 1) - greatest(s.day, m.day::date) + 1)) AS without
    FROM span s
    CROSS JOIN LATERAL generate_series(
        date_trunc('month', s.day::timestamp), s.last_day::timestamp, interval '1 month') AS m(day)
    WHERE s.last_day >= s.day
    GROUP BY s.tenant_id, s.point, s.sku, m.day::date
),
used AS (
    SELECT m.tenant_id, m.point, m.sku, date_trunc('month', m.day::timestamp)::date AS month, sum(m.used) AS units
    FROM moved m GROUP BY m.tenant_id, m.point, m.sku, date_trunc('month', m.day::timestamp)::date
),
valid AS (
    SELECT s.tenant_id, s.point, s.sku,
        CASE WHEN s.without = 0 OR s.without >= 30 THEN greatest(u.units, 0)
            ELSE ceil(greatest(u.units, 0) * 30::numeric / (30 - s.without)) END AS units,
        row_number() OVER (PARTITION BY s.tenant_id, s.point, s.sku ORDER BY s.month DESC) AS place
    FROM stocked s
    LEFT JOIN used u
        ON u.tenant_id = s.tenant_id AND u.point = s.point AND u.sku = s.sku AND u.month = s.month
    WHERE s.days > 0 AND (s.month + interval '1 month')::date - 1 <= s.kept_to
        AND s.month > ($3::date - interval '1 year')::date
),
mean AS (
    SELECT v.tenant_id, v.point, v.sku, ceil(sum(v.units) / count(*)) AS units
    FROM valid v WHERE v.place <= 3 GROUP BY v.tenant_id, v.point, v.sku
),
there AS (
    SELECT h.tenant_id, h.point, h.sku, sum(h.balance) AS balance FROM ({ON_HAND}) AS h
    GROUP BY h.tenant_id, h.point, h.sku
)
SELECT t.tenant_id, c.cut, sum(t.balance) AS num, sum(coalesce(m.units, 0)) AS den
FROM there t LEFT JOIN mean m ON m.tenant_id = t.tenant_id AND m.point = t.point AND m.sku = t.sku
{each_cut(cut("sku", "t"), cut("point", "t"))}
GROUP BY t.tenant_id, c.cut
"""  # noqa: S608


def sum_of(cuts: str, where: str) -> str:
    return f"""
SELECT h.tenant_id, c.cut, sum(h.balance) AS num, NULL::numeric AS den FROM ({ON_HAND}) AS h
{cuts}
WHERE {where}
GROUP BY h.tenant_id, c.cut
"""  # noqa: S608


DAYS = ("30", "90", "180")
WITHIN = [f"CASE WHEN h.expiry <= $3::date + {days} THEN 'within={days}' END" for days in DAYS]
EXPIRING = sum_of(
    each_cut(*WITHIN, cut("sku", "h")),
    f"c.cut IS NOT NULL AND h.expiry >= $3::date AND h.expiry <= $3::date + {DAYS[-1]}",
)
LYING = sum_of(each_cut(cut("sku", "h"), cut("point", "h")), "h.balance <> 0")

STANDING = (
    Indicator(
        code="SUP-06",
        title=_("stock-out days"),
        unit=_("days"),
        org_rule="SUM",
        time_rule="SUM",
        privacy="O",
        cuts=(SKU, POINT),
        reads=(ENTRIES, BOOKS),
        select=STOCKED_OUT,
    ),
    Indicator(
        code="SUP-07",
        title=_("months of stock"),
        unit=_("months"),
        org_rule="RATIO",
        time_rule="LAST",
        privacy="O",
        is_state=True,
        is_mean=True,
        is_exchanged=False,
        cuts=(SKU, POINT),
        reads=(ENTRIES, BOOKS),
        select=LASTING,
    ),
    Indicator(
        code="SUP-09",
        title=_("units that expire within 180 days"),
        unit=_("units"),
        org_rule="SUM",
        time_rule="LAST",
        privacy="O",
        is_state=True,
        is_exchanged=False,
        cuts=(
            Cut(
                "within",
                _("by when they expire"),
                partition=False,
                words={"30": _("within 30 days"), "90": _("within 90 days"), "180": _("within 180 days")},
            ),
            SKU,
        ),
        reads=(ENTRIES, BOOKS),
        select=EXPIRING,
    ),
    Indicator(
        code="SUP-10",
        title=_("stock on hand"),
        unit=_("units"),
        org_rule="SUM",
        time_rule="LAST",
        privacy="O",
        is_state=True,
        is_exchanged=False,
        cuts=(SKU, POINT),
        reads=(ENTRIES, BOOKS),
        select=LYING,
    ),
)
