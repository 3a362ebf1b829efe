"""Scores by segment, with intervals: NPS as promoters minus detractors, others as mean and satisfied share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from engine.insights.asked import Asked, RangeAsked
from engine.insights.columns import Coded, Columns, Features
from engine.insights.intervals import mean_of, net_promoters
from engine.insights.kinds import Kind
from engine.insights.telling import Share, rounded
from engine.program import ScoreSpec

NPS = "nps"
PROMOTERS = 9.0
DETRACTORS = 6.0
# So many steps at the good end of a scale are satisfied: 4 and 5 of a CSAT from 1 to 5.
SATISFIED_STEPS = 1.0
MOST = 200


@dataclass(frozen=True, slots=True)
class Bands:
    """The ranges of a score that are called good and bad.

    Parameters
    ----------
    is_net
        Whether the two are told as one number, good minus bad.
    """

    good: RangeAsked
    bad: RangeAsked
    is_net: bool


def bands_of(spec: ScoreSpec) -> Bands:
    """Return the bands of a score: promoters and detractors of NPS, else the two best and the two worst steps."""
    if spec.name == NPS and (spec.min, spec.max, spec.good) == (0, 10, "high"):
        return Bands(RangeAsked(NPS, PROMOTERS, None), RangeAsked(NPS, None, DETRACTORS), is_net=True)
    low = RangeAsked(spec.name, None, spec.min + SATISFIED_STEPS)
    high = RangeAsked(spec.name, spec.max - SATISFIED_STEPS, None)
    return Bands(high, low, is_net=False) if spec.good == "high" else Bands(low, high, is_net=False)


@dataclass(frozen=True, slots=True)
class Segment:
    """The answers of a segment; its name is None for everything, and where records have none.

    Parameters
    ----------
    total, squares
        The sums of the answers, and of their squares.
    """

    name: str | None
    answers: int
    good: int
    bad: int
    total: float
    squares: float
    behind: Asked

    def as_dict(self, bands: Bands) -> dict[str, Any]:
        """Return it as plain JSON values."""
        mean, low, high = mean_of(self.total, self.squares, self.answers) if self.answers else (None, None, None)
        return {
            "name": self.name,
            "answers": self.answers,
            "good": self.good,
            "bad": self.bad,
            **_prefixed("net", net_promoters(self.good, self.bad, self.answers) if self._has_net(bands) else None),
            **_prefixed("good", _share(Share(self.good, self.answers)), digits=6),
            **_prefixed("mean", (mean, low, high)),
            "behind": self.behind.as_params(),
            "behind_good": _with(self.behind, bands.good).as_params(),
            "behind_bad": _with(self.behind, bands.bad).as_params(),
        }

    def _has_net(self, bands: Bands) -> bool:
        return bands.is_net and self.answers > 0


@dataclass(frozen=True, slots=True)
class Segments:
    """A score by segment, the largest first."""

    score: str
    bands: Bands
    total: Segment
    segments: tuple[Segment, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "score": self.score,
            "good": str(self.bands.good),
            "bad": str(self.bands.bad),
            "total": self.total.as_dict(self.bands),
            "segments": [one.as_dict(self.bands) for one in self.segments],
        }


def segments(columns: Columns, spec: ScoreSpec, kind: Kind | None, asked: Asked) -> Segments:
    """Return the answers of a score, by segment where a kind is given."""
    bands = bands_of(spec)
    answered = _with(asked, RangeAsked(spec.name, spec.min, spec.max))
    sums = _sums(columns.coded["scores"], spec, bands)
    total = _segment(None, [column.sum() for column in sums], answered)
    if kind is None:
        return Segments(spec.name, bands, total, ())
    features = kind.features(columns)
    by = _by(features, sums)
    found = [
        _segment(name, by[:, place].tolist(), kind.narrowed(answered, name))
        for place, name in enumerate(features.names)
        if by[0, place]
    ]
    found.sort(key=lambda one: (-one.answers, one.name or ""))
    return Segments(spec.name, bands, total, tuple(found[:MOST]))


def _sums(column: Coded, spec: ScoreSpec, bands: Bands) -> npt.NDArray[np.float64]:
    """Return for every record whether it answered, is good, is bad, its answer and that squared, (5, n_records)."""
    by_value = np.array([_of(value, spec, bands) for value in column.values], np.float64).reshape(-1, 5)
    found: npt.NDArray[np.float64] = by_value[column.codes].T
    return found


def _of(value: str | None, spec: ScoreSpec, bands: Bands) -> tuple[float, ...]:
    score = orjson.loads(value or "{}").get(spec.name)
    if score is None or not spec.min <= score <= spec.max:
        return (0.0,) * 5
    return 1.0, float(_inside(score, bands.good)), float(_inside(score, bands.bad)), score, score * score


def _inside(score: float, band: RangeAsked) -> bool:
    return (band.low is None or score >= band.low) and (band.high is None or score <= band.high)


def _by(features: Features, sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the sums of every name, (5, n_names)."""
    codes, many = features.column.codes, len(features.column.values)
    by_value = np.array([np.bincount(codes, weights=one, minlength=many) for one in sums])
    found: npt.NDArray[np.float64] = by_value @ features.having
    return found


def _segment(name: str | None, sums: list[float], behind: Asked) -> Segment:
    answers, good, bad, total, squares = sums
    return Segment(name, int(answers), int(good), int(bad), float(total), float(squares), behind)


def _with(asked: Asked, wanted: RangeAsked) -> Asked:
    return replace(asked, scores=tuple(dict.fromkeys((*asked.scores, wanted))))


def _share(share: Share) -> tuple[float | None, float | None, float | None]:
    told = share.as_dict()
    return told["share"], told["low"], told["high"]


def _prefixed(name: str, found: tuple[float | None, ...] | None, digits: int = 4) -> dict[str, float | None]:
    value, low, high = found or (None, None, None)
    return {
        f"{name}_value": rounded(value, digits),
        f"{name}_low": rounded(low, digits),
        f"{name}_high": rounded(high, digits),
    }
