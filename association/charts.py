"""Geometry of charts drawn by the server: percentages of a plot, so that words keep their size on any screen.

Nothing here knows of templates or colours; `association.templatetags.charts` draws what comes out.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = int | float | Decimal
# More words than this collide along the axis of a phone (about 300 px wide).
PHONE_LABELS = 6
DESK_LABELS = 12
MOST_SERIES = 4


@dataclass(frozen=True)
class Series:
    """A named row of values, one for each label of the chart; None where there is none."""

    label: str
    values: Sequence[Number | None]


@dataclass(frozen=True)
class Scale:
    """A value axis with round ticks; `at` gives the height of a value in percent from the top."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + i * self.step for i in range(count + 1)]

    def at(self, value: Number) -> float:
        return 100 * (self.high - float(value)) / (self.high - self.low)


def scale(values: Sequence[Number | None], *, from_zero: bool = True, ticks: int = 4) -> Scale:
    """An axis that holds all `values` with about `ticks` round steps (1, 2 or 5 times a power of ten)."""
    known = [float(v) for v in values if v is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1
    rough = (high - low) / ticks
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999999)
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step, step)


def percent(value: float) -> str:
    """A length for an SVG attribute: 12.5%."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def written(value: Number) -> str:
    """A value as a chart writes it: 1,234 or 92.4, without needless zeros."""
    number = round(float(value), 6)
    return f"{int(number):,}" if number == int(number) else f"{number:,.2f}".rstrip("0").rstrip(".")


def axis(chosen: Scale) -> list[dict]:
    """Grid lines: where, and what is written beside them; the zero line is marked."""
    return [
        {"y": percent(chosen.at(t)), "text": written(t), "zero": abs(t) < chosen.step / 1e6}
        for t in chosen.ticks
    ]


def words_below(labels: Sequence[str]) -> list[dict]:
    """Labels under the plot, in the middle of their share; `thin` ones give way on a phone, and of very many
    some are left out everywhere."""
    wide = math.ceil(len(labels) / DESK_LABELS) or 1
    every = wide * (math.ceil(len(labels) / PHONE_LABELS / wide) or 1)
    band = 100 / max(len(labels), 1)
    return [
        {"x": percent((i + 0.5) * band), "text": t, "thin": i % every != 0}
        for i, t in enumerate(labels)
        if i % wide == 0
    ]


def columns(labels: Sequence[str], series: Sequence[Series], chosen: Scale) -> list[dict]:
    """One upright bar for each known value, grouped by label."""
    band, zero = 100 / max(len(labels), 1), chosen.at(0)
    width = band * 0.68 / len(series)
    found = []
    for number, row in enumerate(series):
        for place, value in enumerate(row.values):
            if value is None:
                continue
            top, x = chosen.at(value), place * band + band * 0.16 + number * width
            found.append(
                {
                    "series": number + 1,
                    "x": percent(x),
                    "y": percent(min(top, zero)),
                    "width": percent(width * 0.94),
                    "height": percent(abs(top - zero)),
                    "middle": percent(x + width * 0.47),
                    "text": written(value),
                    "title": f"{labels[place]}　{row.label}　{written(value)}",
                    "below": float(value) < 0,
                }
            )
    return found


def points(labels: Sequence[str], row: Series, number: int, chosen: Scale) -> list[dict]:
    """The known points of one line."""
    band = 100 / max(len(labels), 1)
    return [
        {
            "series": number,
            "place": place,
            "x": percent((place + 0.5) * band),
            "y": percent(chosen.at(value)),
            "title": f"{labels[place]}　{row.label}　{written(value)}",
            "text": written(value),
        }
        for place, value in enumerate(row.values)
        if value is not None
    ]


def segments(line: Sequence[dict]) -> list[dict]:
    """Strokes between neighbouring points; a missing value leaves a gap."""
    return [
        {"series": a["series"], "x1": a["x"], "y1": a["y"], "x2": b["x"], "y2": b["y"]}
        for a, b in itertools.pairwise(line)
        if b["place"] == a["place"] + 1
    ]


def bars(rows: Sequence[tuple]) -> list[dict]:
    """Lying bars beside their words: label, value in words, length as a share of the largest.

    Each row is (label, value), or (label, value, address) where the number opens what it counts.
    """
    most = max((float(v) for _, v, *_ in rows if v is not None), default=0.0)
    return [
        {
            "label": label,
            "text": "—" if value is None else written(value),
            "width": percent(100 * max(float(value), 0) / most if value is not None and most > 0 else 0),
        }
        | ({"url": url[0]} if url else {})
        for label, value, *url in rows
    ]
