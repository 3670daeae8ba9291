"""What somebody without the source can rebuild of a passage from its published hashes.

The attacker has the hashes, the salt and the ids (all public) and a list of likely runs of 12 characters,
such as those of other texts on the subject. Hashes that match a likely run give first fragments. From there
all continuations of up to ``bridge`` + 1 unknown characters are tried, both ways, as long as a published hash
confirms one.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Collection, Iterable

import numpy as np

from cgutils.exchange.fingerprints import GRAM, kept_grams, mixed

ALPHABET = string.ascii_lowercase + string.digits


def all_grams(normalised: str) -> set[str]:
    return {normalised[at : at + GRAM] for at in range(len(normalised) - GRAM + 1)}


def confirmed(guesses: Iterable[str], evidence_id: str, published: Collection[int]) -> set[str]:
    """The guesses (runs of 12 characters) that a published hash confirms."""
    listed = list(guesses)
    # Joined, the guesses give one hash at each multiple of 12, and others that are of no interest.
    positions, hashes = kept_grams("".join(listed))
    hits = np.isin(mixed(hashes, evidence_id), np.array(sorted(published), dtype=np.uint32))
    return {listed[at // GRAM] for at in positions[hits].tolist() if at % GRAM == 0}


def try_out(first: set[str], evidence_id: str, published: Collection[int], bridge: int) -> set[str]:
    """Carry the attack out: the runs that it reaches from ``first``, 36 ** (bridge + 1) guesses a step."""
    reached, fresh = set(first), set(first)
    while fresh:
        guesses = set()
        for run in fresh:
            for size in range(1, bridge + 2):
                for more in map("".join, itertools.product(ALPHABET, repeat=size)):
                    guesses |= {run[size:] + more, more + run[:-size]}
        fresh = confirmed(guesses, evidence_id, published) - reached
        reached |= fresh
    return reached


def reachable(first: Collection[int], kept: Collection[int], bridge: int) -> set[int]:
    """The same from the outcome's side: the kept positions within reach of those that are known at first."""
    reached = set(first)
    for ordered in (sorted(kept), sorted(kept, reverse=True)):
        last = None
        for at in ordered:
            if at in first or (last is not None and abs(at - last) <= bridge + 1):
                reached.add(at)
                last = at
    return reached


def covered(positions: Iterable[int], length: int) -> float:
    """Share of the characters of a passage that runs at these positions show."""
    known = np.zeros(length, dtype=bool)
    for at in positions:
        known[at : at + GRAM] = True
    return float(known.mean())
