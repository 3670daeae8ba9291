"""The register of this project against the source texts, where they are at hand."""

from __future__ import annotations

import re

import numpy as np
import pytest
from attack import covered, reachable
from exchange_support import typeset

from cgutils.data.project import find_project
from cgutils.exchange.documents import read_document
from cgutils.exchange.fingerprints import kept_grams, mixed, normalise, read_fingerprint
from cgutils.exchange.locating import FOUND, NOT_FOUND, VERBATIM, locate_passages
from cgutils.exchange.register import read_evidence
from support import ROOT

CASE_SOURCES = ("banjar_2025", "sako", "sampang")
ALL_SOURCES = (*CASE_SOURCES, "idn_times_2023", "saga_2023")


@pytest.fixture(scope="module")
def register():
    return read_evidence(find_project(ROOT))


def test_every_item_has_a_fingerprint_of_a_passage_that_can_be_told_apart(register) -> None:
    made = [read_fingerprint(cell) for cell in register["fingerprint"]]
    assert None not in made
    assert min(one.n_words for one in made) >= 20
    assert len({one.whole for one in made}) == len(made)


@pytest.mark.parametrize("name", ALL_SOURCES)
def test_a_source_holds_all_its_own_passages_and_no_other(name, register, source) -> None:
    results = locate_passages(read_document(source(name)), register)
    own = [result for result in results if result.source_id == name]
    assert len(own) == sum(register["source_id"] == name)
    assert {result.verdict for result in own} <= {VERBATIM, FOUND}
    assert {result.verdict for result in results if result.source_id != name} == {NOT_FOUND}


@pytest.mark.parametrize("name", CASE_SOURCES)
def test_the_passage_stands_near_the_stored_lines(name, register, source) -> None:
    own = register[register["source_id"] == name].set_index("evidence_id")
    far = []
    for result in locate_passages(read_document(source(name)), own.reset_index()):
        lines = list(map(int, re.findall(r"\d+", own.loc[result.evidence_id, "locator"])))
        place = result.places[0]
        distance = min(max(place.first - line, line - place.last, 0) for line in lines)
        far += [result.evidence_id] if distance > 12 else []
    assert far == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASE_SOURCES)
def test_a_source_that_was_typeset_again_is_found_as_a_pdf(name, register, source, tmp_path) -> None:
    lines = [" ".join(line.split()) for line in source(name).read_text(encoding="utf-8").split("\n")]
    # One of the texts has a line for each printed line: set as one paragraph it gets other line ends.
    long = max(map(len, lines)) > 300
    paragraphs = [line for line in lines if line] if long else [" ".join(line for line in lines if line)]
    results = locate_passages(read_document(typeset(tmp_path / "copy.pdf", paragraphs)), register)
    verdicts = [result.verdict for result in results if result.source_id == name]
    assert sum(verdict in {VERBATIM, FOUND} for verdict in verdicts) >= 0.98 * len(verdicts)
    assert {result.verdict for result in results if result.source_id != name} == {NOT_FOUND}


@pytest.mark.parametrize("name", CASE_SOURCES)
def test_at_most_a_tenth_of_a_passage_can_be_rebuilt_from_all_that_is_published(
    name, register, source
) -> None:
    text = normalise(source(name).read_text(encoding="utf-8"))
    positions, hashes = kept_grams(text)
    own = register[register["source_id"] == name]
    published = {
        item: read_fingerprint(cell)
        for item, cell in own[["evidence_id", "fingerprint"]].itertuples(index=False, name=None)
    }
    ours = {item: positions[np.isin(mixed(hashes, item), one.grams)] for item, one in published.items()}
    # Whatever the hashes of any item confirm may help with the passage of another.
    kept = {int(at) for hits in ours.values() for at in hits}
    shares = {0: [], 2: []}
    for item, hits in ours.items():
        known = {int(hits[len(hits) // 2])}
        for bridge, found in shares.items():
            rebuilt = covered(reachable(known, kept, bridge), len(text)) * len(text)
            found.append(rebuilt / published[item].n_characters)
    assert max(shares[0]) <= 0.1
    assert np.median(shares[2]) <= 0.1
