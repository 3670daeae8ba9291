"""The two steps on plain arrays: layout, dimension, index, status, and any leading shape."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from cgutils.analysis.aggregate import AGGREGATIONS, aggregate
from cgutils.analysis.hierarchy import (
    INDEX,
    STATUSES,
    Layout,
    Part,
    dimension_part,
    in_order,
    index_part,
    stack,
)
from support import framework

NAN = float("nan")
LAYOUT = Layout.of(framework({"setting": 2, "outcomes": 1, "process": 3}))
MEAN = partial(aggregate, method="arithmetic")


def part(
    value: float = 0.5,
    lower: float = 0.2,
    upper: float = 0.8,
    coverage: float = 0.5,
    n_assessed: int = 1,
    n_indicators: int = 2,
    disputed: bool = False,
) -> Part:
    return Part(
        np.asarray([value, lower, upper]),
        np.asarray(coverage),
        np.asarray(n_assessed),
        np.asarray(n_indicators),
        np.asarray(disputed),
    )


def test_a_layout_tells_what_stands_where() -> None:
    assert LAYOUT.dimensions == ("setting", "outcomes", "process")
    assert LAYOUT.inside == (True, False, True)
    assert LAYOUT.sizes == (2, 1, 3)
    assert LAYOUT.slices == (slice(0, 2), slice(2, 3), slice(3, 6))
    assert [LAYOUT.indicators[own] for own in LAYOUT.slices] == [
        ("setting_1", "setting_2"),
        ("outcomes_1",),
        ("process_1", "process_2", "process_3"),
    ]
    assert LAYOUT.members == {"setting": 2, "process": 3}
    # Outcomes stand after the index, wherever the codebook has them.
    assert LAYOUT.order == ("setting", "process", INDEX, "outcomes")


def test_a_dimension_worked_by_hand() -> None:
    # Assessed .25; open between 0 and 1; without weight; assessed .75 with three times the weight.
    spans = np.asarray([[0.25, NAN, 0.9, 0.75], [0.25, 0, 0.9, 0.75], [0.25, 1, 0.9, 0.75]])
    disputed = np.asarray([False, False, True, False])
    found = dimension_part(spans, disputed, np.asarray([1.0, 1.0, 0.0, 3.0]), "arithmetic", 0.01)
    expected = [(0.25 + 3 * 0.75) / 4, (0.25 + 0 + 3 * 0.75) / 5, (0.25 + 1 + 3 * 0.75) / 5]
    np.testing.assert_allclose(found.spans, expected, rtol=0, atol=1e-12)
    assert found.coverage == pytest.approx(4 / 5, abs=1e-12)
    assert (found.n_assessed, found.n_indicators) == (2, 3)
    # A dispute about what has no weight is none.
    assert not found.disputed
    disputed[1] = True
    assert dimension_part(spans, disputed, np.asarray([1.0, 1.0, 0.0, 3.0]), "arithmetic", 0.01).disputed


def test_a_dimension_without_weight_or_indicators_has_nothing() -> None:
    spans = np.full((3, 2), 0.5)
    for own, weights in ((spans, np.zeros(2)), (spans[:, :0], np.zeros(0))):
        found = dimension_part(own, np.zeros(own.shape[1], dtype=bool), weights, "minimum", 0.01)
        assert np.isnan(found.spans).all() and found.coverage == 0
        assert (found.n_assessed, found.n_indicators) == (0, 0) and not found.disputed
        assert STATUSES[int(found.status(0.0))] == "not_assessed"


def test_an_index_worked_by_hand() -> None:
    setting = part(0.5, 0.2, 0.8, coverage=0.5)
    process = part(NAN, 0, 1, coverage=0, n_assessed=0, n_indicators=3)
    found = index_part(stack([setting, process]), np.asarray([0.25, 0.75]), MEAN)
    # The value of what there is; bounds and coverage of everything.
    expected = [0.5, 0.25 * 0.2 + 0.75 * 0, 0.25 * 0.8 + 0.75 * 1]
    np.testing.assert_allclose(found.spans, expected, rtol=0, atol=1e-12)
    assert found.coverage == pytest.approx(0.25 * 0.5, abs=1e-12)
    assert (found.n_assessed, found.n_indicators) == (1, 5)


def test_a_dimension_without_indicators_takes_no_part_in_the_index() -> None:
    gone = part(NAN, NAN, NAN, coverage=0, n_assessed=0, n_indicators=0)
    found = index_part(stack([part(), gone]), np.asarray([0.1, 0.9]), MEAN)
    np.testing.assert_allclose(found.spans, [0.5, 0.2, 0.8], rtol=0, atol=1e-12)
    assert found.coverage == pytest.approx(0.5, abs=1e-12) and found.n_indicators == 2
    found = index_part(stack([gone, gone]), np.asarray([0.1, 0.9]), MEAN)
    assert np.isnan(found.spans).all() and found.coverage == 0


def test_a_dimension_without_weight_neither_counts_nor_disputes() -> None:
    loud = part(0.9, 0.9, 0.9, coverage=1, n_assessed=7, n_indicators=7, disputed=True)
    for weight, disputed, count in ((0.0, False, 2), (0.5, True, 9)):
        found = index_part(stack([part(), loud]), np.asarray([0.5, weight]), MEAN)
        assert (bool(found.disputed), int(found.n_indicators)) == (disputed, count)


@pytest.mark.parametrize(
    ("given", "threshold", "expected"),
    [
        (part(coverage=0.5), 0.5, "scored"),
        # A sum of weights that rounding leaves a little below.
        (part(coverage=0.5 - 1e-15), 0.5, "scored"),
        (part(coverage=0.5 - 1e-9), 0.5, "withheld"),
        (part(coverage=0.0, n_assessed=0), 0.0, "not_assessed"),
        (part(coverage=0.1), 0.0, "scored"),
        (part(coverage=0.99), 1.0, "withheld"),
        (part(coverage=0.1, disputed=True), 0.5, "disputed"),
        (part(coverage=0.0, n_assessed=0, disputed=True), 0.5, "disputed"),
    ],
)
def test_the_status_by_its_rules_in_their_order(given: Part, threshold: float, expected: str) -> None:
    assert STATUSES[int(given.status(threshold))] == expected


def test_dimensions_and_index_stand_in_the_order_of_the_layout() -> None:
    parts = {name: part(value=n / 10) for n, name in enumerate(LAYOUT.dimensions)}
    shown = in_order(parts, part(value=0.9), LAYOUT)
    assert shown.spans[0].tolist() == [0.0, 0.2, 0.9, 0.1]
    assert shown.coverage.shape == shown.disputed.shape == (4,)


@pytest.mark.parametrize("method", AGGREGATIONS)
@pytest.mark.parametrize("shape", [(4,), (2, 3)])
def test_any_leading_shape_is_like_a_loop(method: str, shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(9)
    value = random.random((*shape, 5))
    spans = np.stack([value, value / 2, (1 + value) / 2])
    spans[0][random.random(value.shape) < 0.3] = NAN
    disputed = random.random(value.shape) < 0.2
    weights = random.integers(0, 3, value.shape).astype("float64")
    combine = partial(aggregate, method=method)
    cut = (slice(0, 2), slice(2, 5))
    dimensions = stack(
        [dimension_part(spans[..., o], disputed[..., o], weights[..., o], method, 0.01) for o in cut]
    )
    index = index_part(dimensions, np.asarray([0.4, 0.6]), combine)
    for place in np.ndindex(shape):
        at = (slice(None), *place)
        alone = [
            dimension_part(spans[(*at, own)], disputed[(*place, own)], weights[(*place, own)], method, 0.01)
            for own in cut
        ]
        one = index_part(stack(alone), np.asarray([0.4, 0.6]), combine)
        np.testing.assert_array_equal(index.spans[at], one.spans)
        np.testing.assert_array_equal(dimensions.spans[at], stack(alone).spans)
        for name in ("coverage", "n_assessed", "n_indicators", "disputed"):
            assert getattr(index, name)[place] == getattr(one, name)
            np.testing.assert_array_equal(getattr(dimensions, name)[place], getattr(stack(alone), name))
