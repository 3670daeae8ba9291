"""Which cases can be compared with each other: those of one codebook, and of them those with a level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.phases import RATED
from cgutils.data.schemas import CASE_TABLES


def coded_alike(collection: Collection, framework_id: str = "") -> Collection:
    """Give the collection with the cases of one codebook alone, which can be compared with each other.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    framework_id : str
        The codebook; where it is not given, that of most cases, the first by id where several have as many.

    Returns
    -------
    Collection
        With these cases and their tables; the tables of the whole collection and the context stay as they
        are. The same collection where all cases have that codebook.

    Raises
    ------
    CgutilsError
        For a codebook by which no case is coded.

    See Also
    --------
    through : All cases, read through one framework.

    Examples
    --------
    >>> import cgutils as cg
    >>> [*cg.coded_alike(cg.load_collection()).cases]
    ['banjar', 'sako', 'sampang']
    """
    counts = Counter(case.framework for case in collection.cases.values())
    if framework_id and framework_id not in counts:
        raise CgutilsError(
            f"no case is coded by the framework {framework_id!r}; choose one of {', '.join(sorted(counts))}."
        )
    chosen = framework_id or min(counts, key=lambda name: (-counts[name], name))
    return only_cases(collection, (n for n, case in collection.cases.items() if case.framework == chosen))


def left_out(collection: Collection, compared: Collection) -> dict[str, dict[str, Any]]:
    """Tell which cases a comparison leaves out, for the sentences that say so.

    Parameters
    ----------
    collection : Collection
        All cases.
    compared : Collection
        Those of one codebook, as `coded_alike` gives them.

    Returns
    -------
    dict of str to dict
        By the key of the sentence, its values; empty where nothing is left out. ``left_out``: ``compared,
        all`` (numbers of cases), ``framework`` of those that are compared, ``cases`` of other codebooks;
        ``bring_in``: ``others``, these codebooks; ``without_levels``: ``cases`` in which no coder gave a
        level.
    """
    said: dict[str, dict[str, Any]] = {}
    others = [name for name in collection.cases if name not in compared.cases]
    if others:
        said["left_out"] = {
            "compared": len(compared.cases),
            "all": len(collection.cases),
            "framework": next(iter(compared.frameworks_in_use)),
            "cases": others,
        }
        names = dict.fromkeys(collection.cases[name].framework for name in others)
        said["bring_in"] = {"others": ", ".join(names)}
    counting = taking_part(compared)
    if blank := [name for name in compared.cases if name not in counting]:
        said["without_levels"] = {"cases": blank}
    return said


def only_cases(collection: Collection, case_ids: Iterable[str]) -> Collection:
    """Give the collection with some of its cases and their tables.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    case_ids : iterable of str
        Cases of it.

    Returns
    -------
    Collection
        The same one where these are all cases.
    """
    chosen = set(case_ids)
    if chosen >= set(collection.cases):
        return collection
    # Taken as they lie there: what is read of them is known when somebody asks the new collection for it.
    parts: dict[str, Any] = dict(vars(collection))
    for name in (*(spec.name for spec in CASE_TABLES), *(f"earlier_{name}" for name in RATED)):
        frame = parts[name]
        if "case_id" in frame:  # it does not in a collection that was put together by hand
            parts[name] = frame[frame["case_id"].isin(chosen)].reset_index(drop=True)
    return Collection(**{**parts, "cases": {n: c for n, c in collection.cases.items() if n in chosen}})


def taking_part(collection: Collection, framework_id: str | None = None) -> tuple[str, ...]:
    """List the cases that are compared with others of their codebook.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    framework_id : str, optional
        Only those of this codebook.

    Returns
    -------
    tuple of str
        In the order of the collection. Of each codebook, the cases that have a level, from whichever coder;
        where none has one, all.

    Notes
    -----
    A case that nobody has rated yet says nothing about the others. It forms no pair, holds no rank, and
    neither what the other cases have in common nor who rated them all depends on it; in all scores it stands
    without a value.
    """
    rated = rated_cases(collection)
    of = {case_id: case.framework for case_id, case in collection.cases.items()}
    any_rated = {of[case_id] for case_id in of if case_id in rated}
    return tuple(
        name
        for name, framework in of.items()
        if (name in rated or framework not in any_rated) and framework_id in (None, framework)
    )


def rated_cases(collection: Collection) -> set[str]:
    """Find the cases in which any coder gave a level, or one was settled.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    set of str
        Ids; of a case with phases, its last one counts.
    """
    ratings, adjudication = collection.ratings, collection.adjudication
    known = adjudication["level"].notna()
    if "status" in adjudication:  # read through another framework, what stays open is known, too
        known |= adjudication["status"].eq("disputed")
    return {*ratings.loc[ratings["level"].notna(), "case_id"], *adjudication.loc[known, "case_id"]}
