"""Charts for plug-ins: the Structs that `chart` of `web/charts.html` shows as a table and draws."""

from __future__ import annotations

from core.web.charts import Chart, Link, Series, Value

__all__ = ["Chart", "Link", "Series", "Value"]
