"""Figures for plug-ins: periods, cells as they are read and shown, the people behind them."""

from __future__ import annotations

from core.figures.behind import Behind
from core.figures.display import Shown, change_of, exact
from core.figures.periods import Period, month, months_between, parse_period
from core.figures.read import Figure, Figures
from core.figures.shapes import FigureBreakdown, FigureCell, figure_breakdowns, figure_cell
from core.figures.units import UnitFigures
from core.figures.words import part_words, period_words, short_period, value_words

__all__ = [
    "Behind",
    "Figure",
    "FigureBreakdown",
    "FigureCell",
    "Figures",
    "Period",
    "Shown",
    "UnitFigures",
    "change_of",
    "exact",
    "figure_breakdowns",
    "figure_cell",
    "month",
    "months_between",
    "parse_period",
    "part_words",
    "period_words",
    "short_period",
    "value_words",
]
