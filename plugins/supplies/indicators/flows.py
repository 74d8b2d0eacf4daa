"""What was handed out, what was lost, and everything that came and went: sums of the lines of the ledger.

A line that takes another one back has its kind and a quantity below 0, so that every sum is what is left.
"""

from __future__ import annotations

from core.sdk import Cut, Indicator, Source, each_cut
from core.sdk import gettext_noop as _
from plugins.supplies.indicators.cuts import BOOKS, ENTRIES, METHOD, ON_A_DAY, POINT, SKU, cut
from plugins.supplies.services.names import product_names

__all__ = ["FLOWS"]

IN_PERIOD = "WHERE e.tenant_id = ANY($1::uuid[]) AND e.day BETWEEN $2::date AND $3::date"


def handed_out(figure: str, *cuts: str) -> str:
    """Issued less returned, of the products that count in this figure."""
    return f"""
SELECT e.tenant_id, e.day, c.cut, -e.change AS num, NULL::numeric AS den
FROM supplies.entry e {each_cut(*cuts)}
{IN_PERIOD} AND e.kind IN ('ISSUE', 'RETURN') AND e.figure = '{figure}'
"""  # noqa: S608


PROTECTION = f"""
SELECT e.tenant_id, e.day, c.cut, -e.change * e.cyp_num AS num, NULL::numeric AS den, e.cyp_den AS divisor
FROM supplies.entry e {each_cut(cut("method"))}
{IN_PERIOD} AND e.kind IN ('ISSUE', 'RETURN') AND e.cyp_num IS NOT NULL
"""  # noqa: S608

# What was there when a month began is handled in it, in every month of a book that has been kept so far.
WASTED = f"""
WITH month AS (
    SELECT b.tenant_id, b.starts_on AS book, m.day::date AS day
    FROM supplies.book b
    CROSS JOIN LATERAL generate_series(
        date_trunc('month', greatest(b.starts_on, $2::date)::timestamp),
        least(b.kept_to, b.ends_on, $3::date)::timestamp, interval '1 month') AS m(day)
    WHERE b.tenant_id = ANY($1::uuid[])
),
moved AS (
    SELECT e.tenant_id, e.book, e.method, date_trunc('month', e.day::timestamp)::date AS month,
        sum(e.change) AS change
    FROM supplies.entry e WHERE e.tenant_id = ANY($1::uuid[]) AND e.day <= $3::date
    GROUP BY e.tenant_id, e.book, e.method, date_trunc('month', e.day::timestamp)::date
),
handled AS (
    SELECT m.tenant_id, m.day, o.method, 0 AS num, sum(o.change) AS den
    FROM month m JOIN moved o ON o.tenant_id = m.tenant_id AND o.book = m.book AND o.month < m.day
    GROUP BY m.tenant_id, m.day, o.method
    UNION ALL
    SELECT e.tenant_id, e.day, e.method,
        CASE WHEN e.kind = 'LOSS' THEN e.quantity ELSE 0 END,
        CASE WHEN e.kind = 'LOSS' THEN 0 ELSE e.quantity END
    FROM supplies.entry e
    {IN_PERIOD} AND (e.kind IN ('RECEIPT', 'TRANSFER_IN')
        OR (e.kind = 'LOSS' AND e.reason IN ('EXPIRED', 'DAMAGED')))
)
SELECT h.tenant_id, h.day, c.cut, h.num, h.den FROM handled h {each_cut(cut("method", "h"))}
"""  # noqa: S608

# Opening stock comes into a book of files as a receipt with a reference of its own. What is lost under a transfer was
# lost on the way: whoever counted it has entered it.
MOVED = f"""
SELECT e.tenant_id, e.day, c.cut, CASE WHEN c.cut = '' THEN e.change ELSE e.quantity END AS num,
    NULL::numeric AS den
FROM supplies.entry e JOIN supplies.voucher v ON v.tenant_id = e.tenant_id AND v.id = e.voucher_id
{
    each_cut(
        "CASE WHEN e.kind = 'RECEIPT' AND starts_with(v.reference, 'OPEN-') THEN 'opening' ELSE lower(e.kind) END"
        " || '=' || e.sku",
        "CASE WHEN e.kind = 'LOSS' AND v.transfer_id IS NOT NULL THEN 'lost_on_way=' || e.sku END",
    )
}
{IN_PERIOD} AND c.cut IS NOT NULL AND v.tenant_id = ANY($1::uuid[])
"""  # noqa: S608


def moved(kind: str, title: str) -> Cut:
    return Cut(kind, title, partition=False, named=product_names)


FLOWS = (
    Indicator(
        code="SUP-01",
        title=_("condoms handed out"),
        unit=_("pieces"),
        org_rule="SUM",
        time_rule="SUM",
        cuts=(METHOD, POINT),
        reads=(ON_A_DAY,),
        select=handed_out("SUP-01", cut("method"), cut("point")),
    ),
    Indicator(
        code="SUP-02",
        title=_("pill cycles handed out"),
        unit=_("cycles"),
        org_rule="SUM",
        time_rule="SUM",
        privacy="H",
        cuts=(METHOD,),
        reads=(ON_A_DAY,),
        select=handed_out("SUP-02", cut("method")),
    ),
    Indicator(
        code="SUP-03",
        title=_("other short-acting methods handed out"),
        unit=_("units"),
        org_rule="SUM",
        time_rule="SUM",
        privacy="H",
        cuts=(SKU,),
        reads=(ON_A_DAY,),
        select=handed_out("SUP-03", cut("sku")),
    ),
    Indicator(
        code="SUP-04",
        title=_("couple-years of protection"),
        unit=_("years"),
        org_rule="SUM",
        time_rule="SUM",
        has_divisor=True,
        cuts=(METHOD,),
        reads=(ON_A_DAY,),
        select=PROTECTION,
    ),
    Indicator(
        code="SUP-08",
        title=_("wastage"),
        unit=_("%"),
        org_rule="RATIO",
        time_rule="RATIO",
        privacy="O",
        cuts=(METHOD,),
        reads=(ENTRIES, BOOKS),
        select=WASTED,
    ),
    Indicator(
        code="SUP-11",
        title=_("change of the stock"),
        unit=_("units"),
        org_rule="SUM",
        time_rule="SUM",
        privacy="O",
        is_exchanged=False,
        cuts=(
            moved("opening", _("opening stock")),
            moved("receipt", _("came in")),
            moved("transfer_in", _("came from other points")),
            moved("return", _("returned")),
            moved("issue", _("handed out")),
            moved("transfer_out", _("went to other points")),
            moved("loss", _("lost")),
            moved("lost_on_way", _("of it lost on the way")),
            moved("adjust", _("counted otherwise")),
        ),
        reads=(ON_A_DAY, Source("supplies.voucher", "day")),
        select=MOVED,
    ),
)
