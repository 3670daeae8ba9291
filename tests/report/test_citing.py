"""References, and what is said where a source or a project states little."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import support
from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.present.labels import labels
from cgutils.report.bibliography import parse_entries, plain, read_bibliography
from cgutils.report.citing import citation_lines, citations, library_entries


def reference(text: str, language: str = "en") -> str:
    (entry,) = parse_entries(text).values()
    return "".join(part.text for part in entry.reference(language))


def told(root, language="en", cases=(), **more):
    collection = load_collection(root)
    words = labels(collection, language)
    return list(citation_lines(citations(collection, words, cases), words, **more))


class TestReference:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "@article{a, author={Ansell, Chris and Gash, Alison}, title={T}, journal={J}, volume={18},"
                " number={4}, pages={543--571}, year={2008}, doi={10.1/x}}",
                "Ansell, C., & Gash, A. (2008). T. J, 18(4), 543–571. https://doi.org/10.1/x",
            ),
            ("@misc{a, author={{KPU Banjar}}, title={T}}", "KPU Banjar. (n.d.). T."),
            ("@misc{a, title={T {KPU}}, note={No author.}}", "T KPU. (n.d.). [No author]"),
            ("@misc{a, note={Nothing}}", "a. (n.d.). [Nothing]"),
            (
                "@book{a, author={van Dijk, Jan}, title={T}, publisher={P}, year={1999}}",
                "van Dijk, J. (1999). T. P.",
            ),
            ("@article{a, author={A, B}, title={T}, year={2000}, volume={3}}", "A, B. (2000). T. 3."),
            ("@misc{a, author={A, B}, year={2000}}", "A, B. (2000). "),
            ("@Misc{a, Author={A, B}, Title={T}, YEAR=2000, Note={N}}", "A, B. (2000). T. [N]"),
            (
                r"@misc{a, author={M{\"u}ller, {\'E}mile and {B \& N}}, title={Caf{\'e} \& 50\% t_o}}",
                "Müller, É., & B & N. (n.d.). Café & 50% t_o.",
            ),
            (
                "@misc{a, author={A, B}, title={50% of \\emph{it} costs \\$5}}",
                "A, B. (n.d.). 50% of it costs $5.",
            ),
            ("@misc{a, author={A, B}, title={Ends in \\}}", "A, B. (n.d.). Ends in \\."),
            ("@misc{a, author={A, B}, title={Why?}}", "A, B. (n.d.). Why?"),
            ("@misc{a, author={{}}, title={T}}", "T. (n.d.)."),
            ("@misc{a, author={others}, title={T}}", "T. (n.d.)."),
            ("@misc{a, title={Why?}, year=2000}", "Why? (2000)."),
            (
                "@article{a, author={A, B}, title={T}, journal={Why?}, year=2000}",
                "A, B. (2000). T. Why?",
            ),
            (
                "@misc{a, author={A, B}, title={T}, url={https://x.org/~b/a\\_c--d%20e}}",
                "A, B. (n.d.). T. https://x.org/~b/a_c--d%20e",
            ),
            ("@book{a, editor={A, B and C, D}, title={T}, year=2000}", "A, B., & C, D. (Eds.). (2000). T."),
            (
                "@incollection{a, author={A, B}, editor={van Dijk, Jan}, title={T}, booktitle={W}}",
                "A, B. (n.d.). T. In J. van Dijk (Ed.), W.",
            ),
        ],
    )
    def test_it_holds_what_is_stated_and_nothing_else(self, text, expected):
        assert reference(text).strip() == expected.strip()

    @pytest.mark.parametrize(
        ("text", "english", "indonesian"),
        [
            ("author={A, B and others}, title={T}", "A, B., et al. (n.d.). T.", "A, B., dkk. (t.t.). T."),
            ("editor={A, B and C, D}, title={T}", "A, B., & C, D. (Eds.).", "A, B., & C, D. (Ed.)."),
            (
                "author={A, B}, booktitle={W}, editor={C, D and E, F and others}",
                "In D. C, F. E, et al. (Eds.), W.",
                "Dalam D. C, F. E, dkk. (Ed.), W.",
            ),
            ("title={T}, note={One}, note_id={Satu}", "[One]", "[Satu]"),
            ("title={T}, note={One}", "[One]", "[One]"),
        ],
    )
    def test_its_own_words_are_those_of_the_language(self, text, english, indonesian):
        entry = f"@incollection{{a, {text}}}"
        assert english in reference(entry) and indonesian in reference(entry, "id")

    def test_notes_of_the_collection_are_given_in_both_languages(self):
        entries = read_bibliography(support.ROOT / "data" / "raw" / "sources.bib", "sources.bib")
        for entry in entries.values():
            assert entry.note("en") and entry.note("id") and entry.note("en") != entry.note("id"), entry.key

    @given(st.text(st.sampled_from(list("x {}\\%&$~'\"`^-.,é\n")), max_size=12))
    def test_no_text_is_too_odd_to_be_shown(self, text):
        shown = plain(text)
        assert "{" not in shown and "}" not in shown
        assert shown.count("x") == text.count("x")

    def test_no_date_has_the_words_of_the_language(self):
        assert "(t.t.)" in reference("@misc{a, title={T}}", "id")

    @pytest.mark.parametrize(
        ("authors", "english", "indonesian"),
        [
            ("A, B", "A, n.d.", "A, t.t."),
            ("A, B and C, D", "A & C, n.d.", "A & C, t.t."),
            ("A, B and C, D and E, F", "A et al., n.d.", "A dkk., t.t."),
            ("A, B and others", "A et al., n.d.", "A dkk., t.t."),
            (r"M{\"u}ller, A", "Müller, n.d.", "Müller, t.t."),
        ],
    )
    def test_a_short_name(self, authors, english, indonesian):
        (entry,) = parse_entries(f"@misc{{a, author={{{authors}}}}}").values()
        assert (entry.short("en"), entry.short("id")) == (english, indonesian)

    def test_bibtex_comes_back_as_it_was(self):
        text = (support.ROOT / "data" / "raw" / "sources.bib").read_text(encoding="utf-8")
        entries = parse_entries(text)
        again = parse_entries("\n".join(entry.bibtex() for entry in entries.values()))
        assert again == entries and len(entries) == 5

    def test_bibtex_keeps_editors_and_marks_of_tex(self):
        text = r"@Book{a, Editor={M{\"u}ller, A and others}, TITLE={Caf{\'e}}, note_id={Satu}}"
        (entry,) = parse_entries(text).values()
        (again,) = parse_entries(entry.bibtex()).values()
        assert again == entry
        assert r"editor = {M{\"u}ller, A and others}" in entry.bibtex()
        assert r"title = {Caf{\'e}}" in entry.bibtex()

    def test_a_file_that_is_no_bibtex_is_told_with_its_line(self, tmp_path):
        path = tmp_path / "sources.bib"
        path.write_text("@misc{a, title={T}}\n@misc{b, title=")
        with pytest.raises(CollectionError, match=r"data/raw/sources\.bib.*found"):
            read_bibliography(path, "data/raw/sources.bib")
        path.write_text("@misc{a, author={A, B, C, D, E}, title={T}}")
        with pytest.raises(CollectionError, match=r"sources\.bib"):
            read_bibliography(path, "sources.bib")
        path.write_bytes(b"@misc{a, title={\xff}}")
        with pytest.raises(CollectionError, match="no readable UTF-8"):
            read_bibliography(path, "sources.bib")

    def test_a_file_that_is_not_there_holds_nothing(self, tmp_path):
        assert read_bibliography(tmp_path / "sources.bib", "sources.bib") == {}

    def test_the_works_of_the_method_are_complete(self):
        for entry in library_entries().values():
            assert entry.authors and entry.text("title") and entry.text("year"), entry.key


class TestCitations:
    def test_collection_framework_and_cases_are_cited(self):
        said = told(support.ROOT)
        assert said[0] == "The collection"
        assert said[1].startswith("  The cgutils authors. (n.d.). cgutils: reproducible comparison")
        assert "\nThe framework" in said and "\nThe cases" in said and "\nSoftware" not in said
        assert any(line.startswith("  Ansell, C., & Gash, A. (2008).") for line in said)
        assert any(line.startswith("  Banjar: Achmad Daryatno, & Roufurohim. (2025).") for line in said)

    def test_what_a_source_does_not_state_is_named(self):
        said = told(support.ROOT, "id", ["sako"])
        assert "  Tidak dinyatakan: penulis, judul, tahun." in said
        assert not any("Banjar" in line for line in said)

    def test_a_project_of_ones_own_is_told_what_is_missing(self, incomplete):
        said = told(incomplete)
        assert any(line.startswith("  There is no CITATION.cff") for line in said)
        assert any("data/raw/sources.bib has no entry wawancara" in line for line in said)
        assert any(line.startswith("  cgutils: ") for line in said)

    def test_a_citation_file_of_ones_own_is_used(self, incomplete):
        (incomplete / "CITATION.cff").write_text(
            "cff-version: 1.2.0\nmessage: m\ntitle: Kota X & more\nversion: 1\ndate-released: 2026-01-02\n"
            "authors: [{family-names: Siti, given-names: Aminah}]\ndoi: 10.5/y\n"
        )
        said = told(incomplete)
        assert "  Siti, A. (2026). Kota X & more (Version 1) [Software]. https://doi.org/10.5/y" in said
        assert "\nSoftware" in said
        assert "title = {{Kota X \\& more}}" in "\n".join(told(incomplete, bibtex=True))

    def test_names_with_commas_or_the_word_between_names_stay_names(self, incomplete):
        (incomplete / "CITATION.cff").write_text(
            "cff-version: 1.2.0\nmessage: m\ntitle: Why?\ndate-released: 2026-01-02\nauthors:\n"
            "- {family-names: 'Doe, Jr., X', given-names: 'A, B, C'}\n"
            "- {family-names: Smith and Sons & Co}\n- {name: 'Balai, A, B and C'}\n"
        )
        said = told(incomplete)
        expected = "Doe, Jr., X, A., Smith and Sons & Co, & Balai, A, B and C. (2026). Why? [Software]."
        assert f"  {expected}" in said
        entry = next(iter(parse_entries("\n".join(told(incomplete, bibtex=True))).values()))
        assert len(entry.authors) == 3

    def test_a_citation_file_without_authors_needs_no_second_stop(self, incomplete):
        (incomplete / "CITATION.cff").write_text("title: Why?\ndate-released: 2026-01-02\nauthors: []\n")
        assert "  Why? (2026) [Software]." in told(incomplete)

    def test_an_edited_book_lacks_no_author(self, project):
        (project / "data" / "raw" / "sources.bib").write_text(
            "@book{alpha_2024, editor={A, B}, title={T}, year=2024}"
        )
        said = told(project, cases=["alpha"])
        assert any("A, B. (Ed.). (2024). T." in line for line in said)
        assert not any(line.startswith("  Not stated: author") for line in said)

    def test_a_citation_file_that_is_none_is_told(self, incomplete):
        (incomplete / "CITATION.cff").write_text("title: [1\n")
        with pytest.raises(CollectionError, match=r"CITATION\.cff"):
            told(incomplete)

    def test_a_framework_of_ones_own_is_cited_as_its_codebook_says(self):
        assert any("Mini framework" in line or line.strip() for line in told(support.MINIMAL))
        reference = next(iter(load_collection(support.MINIMAL).frameworks.values())).reference
        assert f"  {reference}" in told(support.MINIMAL)

    def test_bibtex_can_be_read_again(self, tmp_path):
        for root in (support.ROOT, support.MINIMAL):
            text = "\n".join(told(root, bibtex=True))
            assert parse_entries(text)
            assert text.count("@") == len(parse_entries(text))

    def test_an_unknown_case_is_refused(self):
        with pytest.raises(CgutilsError, match="case 'x' does not exist; choose one of alpha, beta"):
            told(support.MINIMAL, cases=["x"])

    def test_a_source_that_two_cases_share_stands_once(self, tmp_path):
        root = support.copy_of(support.ROOT, tmp_path / "p")
        path = root / "data" / "raw" / "cases" / "sako" / "case.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("sources: [sako]", "sources: [sako, banjar_2025]"), encoding="utf-8")
        shutil.copy(support.ROOT / "CITATION.cff", root / "CITATION.cff")
        said = told(root)
        assert sum("Roufurohim" in line for line in said) == 1
