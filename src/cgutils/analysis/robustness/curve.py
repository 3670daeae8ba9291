"""Specification curves: the distance of two cases under every specification, in order."""

from __future__ import annotations

from math import prod

import numpy as np
import pandas as pd

from cgutils.analysis.alike import taking_part
from cgutils.analysis.hierarchy import INDEX
from cgutils.analysis.robustness.evaluation import evaluate
from cgutils.analysis.robustness.grid import NOTHING, Grid
from cgutils.analysis.robustness.specifications import framework_of_all
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError


def specification_curve(
    collection: Collection,
    grid: Grid,
    case_a: str,
    case_b: str,
    *,
    dimension_id: str = INDEX,
    framework_id: str | None = None,
) -> pd.DataFrame:
    """Order the specifications by the distance of two cases.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    grid : Grid
        The specifications; a sample of some hundreds shows the shape (see ``Grid.sample``).
    case_a, case_b : str
        The two cases.
    dimension_id : str
        A dimension or ``index``.
    framework_id : str, optional
        The framework whose cases are compared, where they have several.

    Returns
    -------
    DataFrame
        One row a specification, from the smallest ``difference`` (score of a minus score of b; those without
        a value last) to the largest: ``dimension_id, case_a, case_b``, the factors of `Grid.table`,
        ``left_out_dimension``, the dimension of the indicator that is left out (``none``: nothing is),
        ``n_grid``, the number of combinations that the grid is of, whether these are all or a sample, and
        ``score_a, score_b, difference``. The positions are those of the rows.

    Raises
    ------
    CgutilsError
        For a case that is unknown or has no level, an unknown dimension, or the same case twice.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Specification curve analysis. Nature Human Behaviour 4.
    """
    framework = collection.frameworks[framework_of_all(collection, framework_id)]
    known = taking_part(collection, framework.framework_id)
    unknown = [name for name in (case_a, case_b) if name not in known]
    if unknown or case_a == case_b:
        found = f"no case {', '.join(unknown)}" if unknown else f"{case_a} twice"
        raise CgutilsError(
            f"specification_curve: found {found}; choose two different ones of {', '.join(known)}."
        )
    scored = evaluate(collection, grid, dimension_id=dimension_id, framework_id=framework_id)
    a, b = (scored.loc[scored["case_id"] == name, "score"].to_numpy() for name in (case_a, case_b))
    made = grid.table()
    of = {i.indicator_id: d.dimension_id for d in framework.dimensions for i in d.indicators}
    gone = made["leave_out"].astype(str).map(lambda name: of.get(name, NOTHING))
    made["left_out_dimension"] = pd.Categorical(gone, [NOTHING, *dict.fromkeys(of.values())])
    made = made.assign(n_grid=prod(grid.shape), score_a=a, score_b=b, difference=a - b)
    for place, (name, value) in enumerate(
        {"dimension_id": dimension_id, "case_a": case_a, "case_b": case_b}.items()
    ):
        made.insert(place, name, value)
    # Rounded, so that the order of equals is that of the grid and not of the last bit.
    order = np.argsort(made["difference"].round(9).to_numpy(), kind="stable")
    return made.iloc[order].reset_index(drop=True)
