"""How evidence becomes a score: all choices in one frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgutils.analysis.aggregate import AGGREGATIONS, GEOMETRIC_FLOOR
from cgutils.data.errors import CgutilsError

CALIBRATIONS: Mapping[str, tuple[float, float, float, float]] = MappingProxyType(
    {
        "fuzzy": (0.0, 0.33, 0.67, 1.0),
        "linear": (0.0, 1 / 3, 2 / 3, 1.0),
        "crisp": (0.0, 0.0, 1.0, 1.0),
        "cautious": (0.0, 0.25, 0.5, 1.0),
        "generous": (0.0, 0.5, 0.75, 1.0),
    }
)
WEIGHTINGS = ("equal_dimensions", "equal_indicators")
MISSING_RULES = ("interval", "common_support")
CONSENSUS = "consensus"


@dataclass(frozen=True)
class ScoringOptions:
    """Choices from level to index; the defaults are those of the method.

    Parameters
    ----------
    calibration : {"fuzzy", "linear", "crisp", "cautious", "generous"}
        Level 0, 1, 2, 3 to membership: 0, .33, .67, 1 (four-value fuzzy set); thirds; 0, 0, 1, 1;
        0, .25, .5, 1; 0, .5, .75, 1.
    aggregation, index_aggregation : {"arithmetic", "geometric", "minimum", "median"}
        Indicators to dimension; dimensions to index.
    weights : {"equal_dimensions", "equal_indicators"} or mapping of dimension_id to float
        Weights of the dimensions in the index: all equal; by their number of indicators; or given, for every
        dimension of the index.
    indicator_weights : mapping of indicator_id to float
        Weights within a dimension; 1 for every indicator that is not named.
    missing : {"interval", "common_support"}
        An indicator that is not assessed widens the interval (all missing at 0, all at 1) beside the value of
        the available ones; or only the indicators assessed in every case enter, a case in which no coder gave
        a level aside.
    coverage_threshold : float
        Below this share of assessed weight (0 to 1) the value is withheld and only the interval shown.
    coder : str
        ``consensus`` (the agreed or adjudicated level), or the id of one coder.
    geometric_floor : float
        Lowest membership that enters a geometric mean.

    Raises
    ------
    CgutilsError
        Naming every choice that is not allowed.

    References
    ----------
    OECD/JRC (2008); Goertz (2006); Manski (2003) on bounds; Legewie (2017) and de Block and Vis (2019) on
    calibrating qualitative data.
    """

    calibration: str = "fuzzy"
    aggregation: str = "arithmetic"
    index_aggregation: str = "arithmetic"
    weights: str | Mapping[str, float] = "equal_dimensions"
    indicator_weights: Mapping[str, float] = field(default_factory=dict)
    missing: str = "interval"
    coverage_threshold: float = 0.5
    coder: str = CONSENSUS
    geometric_floor: float = GEOMETRIC_FLOOR

    def __post_init__(self) -> None:
        problems = [
            _choice("calibration", self.calibration, tuple(CALIBRATIONS)),
            _choice("aggregation", self.aggregation, AGGREGATIONS),
            _choice("index_aggregation", self.index_aggregation, AGGREGATIONS),
            _choice("missing", self.missing, MISSING_RULES),
            _range("coverage_threshold", self.coverage_threshold, 0, 1),
            _range("geometric_floor", self.geometric_floor, 1e-9, 1),
            _weights("indicator_weights", self.indicator_weights, require_positive=False),
        ]
        if isinstance(self.weights, str):
            problems.append(_choice("weights", self.weights, WEIGHTINGS))
        else:
            problems.append(_weights("weights", self.weights, require_positive=True))
        said = [problem for problem in problems if problem]
        if said:
            raise CgutilsError("ScoringOptions: " + "; ".join(said) + ".")
        # Numbers of any kind, fractions among them, are floats from here on.
        if not isinstance(self.weights, str):
            object.__setattr__(self, "weights", _floats(self.weights))
        object.__setattr__(self, "indicator_weights", _floats(self.indicator_weights))
        for name in ("coverage_threshold", "geometric_floor"):
            object.__setattr__(self, name, float(getattr(self, name)))

    def __reduce__(self) -> tuple[type[ScoringOptions], tuple[object, ...]]:
        # Read-only mappings do not travel to worker processes; plain copies do.
        values = (getattr(self, entry.name) for entry in fields(self))
        plain = (dict(value) if isinstance(value, Mapping) else value for value in values)
        return ScoringOptions, tuple(plain)

    def membership(self, levels: pd.Series) -> pd.Series:
        """Turn levels 0 to 3 (``Int64``) into memberships (``float64``); missing stays missing."""
        table = CALIBRATIONS[self.calibration]
        return levels.map(lambda level: np.nan if pd.isna(level) else table[int(level)]).astype("float64")

    def dimension_weights(self, indicators: Mapping[str, int]) -> NDArray[np.float64]:
        """Weights of the dimensions that enter the index.

        Parameters
        ----------
        indicators : mapping of str to int
            Each dimension of the index and its number of indicators, in framework order.

        Returns
        -------
        ndarray
            Summing to 1, in the same order.

        Raises
        ------
        CgutilsError
            Where given weights name other dimensions than these.
        """
        if isinstance(self.weights, str):
            counts = [1 if self.weights == "equal_dimensions" else n for n in indicators.values()]
            raw = np.asarray(counts, dtype="float64")
        else:
            if set(self.weights) != set(indicators):
                raise CgutilsError(
                    f"ScoringOptions: weights are given for {', '.join(sorted(self.weights))}; "
                    f"the index needs exactly {', '.join(indicators)}."
                )
            raw = np.asarray([self.weights[name] for name in indicators], dtype="float64")
        return np.asarray(raw / raw.sum())


def whole(name: str, value: object, least: int = 1) -> None:
    """Refuse what is no whole number of at least ``least``.

    Raises
    ------
    CgutilsError
        With ``name`` and what was found.
    """
    if not (isinstance(value, Integral) and int(value) >= least):
        raise CgutilsError(f"{name} is {value!r}, allowed: whole numbers from {least}.")


def _choice(name: str, value: object, allowed: tuple[str, ...]) -> str:
    return "" if value in allowed else f"{name} is {value!r}, allowed: {', '.join(allowed)}"


def _range(name: str, value: float, low: float, high: float) -> str:
    good = isinstance(value, Real) and low <= value <= high
    return "" if good else f"{name} is {value!r}, allowed: {low} to {high}"


def _weights(name: str, weights: Mapping[str, float], *, require_positive: bool) -> str:
    if not isinstance(weights, Mapping):
        return f"{name} is {weights!r}, allowed: a mapping of id to number"
    bad = [str(name) for name, value in weights.items() if not _finite(value)]
    if bad:
        return f"{name} of {', '.join(sorted(bad))} must be finite numbers of at least 0"
    if require_positive and not any(weights.values()):
        return f"{name} must hold at least one number above 0"
    return ""


def _finite(value: object) -> bool:
    try:
        return isinstance(value, Real) and 0 <= float(value) < np.inf
    except OverflowError:  # a whole number beyond the floats
        return False


def _floats(weights: Mapping[str, float]) -> Mapping[str, float]:
    return MappingProxyType({name: float(value) for name, value in weights.items()})
