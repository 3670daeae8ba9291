"""The tables of a collection: columns, types, allowed values, keys and references, said once.

The reader's messages, ``datapackage.json`` and the data dictionary all come from these classes.
"""

from __future__ import annotations

from pandera.typing import Series

from cgutils.data.fields import (
    DATE,
    NUMBER,
    PAGES,
    UNSIGNED,
    Table,
    TableSpec,
    column,
    id_list,
    identifier,
    locator,
    rated_level,
    rated_phase,
    text,
)
from cgutils.data.fingerprint import FINGERPRINT

DIRECTIONS = ("enabling", "hindering", "mixed", "overruled")
KINDS = ("figure", "fact", "judgement", "recommendation")
CONFIDENCES = ("low", "medium", "high")
ACTOR_TYPES = (
    "state",
    "election_body",
    "security",
    "civil_society",
    "media",
    "community",
    "private",
    "beneficiary",
)
JUDGED_VERDICTS = ("exact", "within_stated_approximation", "inconsistent", "not_checkable", "missing_input")
STRENGTHS = ("arithmetic", "hard", "tension", "wording")
FACT_STATUSES = ("stated", "missing", "counted", "observed", "derived")
NAMED_STATUSES = ("named", "none_named")


class Evidence(Table):
    """One finding about one indicator of one case, in the project's own words.

    Direction, kind and summaries may be blank in a draft (such as an import leaves); `cgutils check` lists
    them, and no rating may cite the item before they are filled in.
    """

    evidence_id: Series[str] = identifier("Id of the evidence item, unique in the whole collection.")
    indicator_id: Series[str] = identifier("Indicator that the finding is about.", references="indicators")
    direction: Series[str] = column(
        "Whether the finding speaks for the condition (enabling), against it (hindering), both (mixed), or "
        "is a summary judgement that a figure of the same source contradicts (overruled; ignored in rating).",
        values=DIRECTIONS,
        draft=True,
    )
    kind: Series[str] = column("Figure, fact, judgement or recommendation.", values=KINDS, draft=True)
    source_id: Series[str] = identifier("Source in which the finding stands.", references="sources")
    section: Series[str] = text("Section of the source.", required=False)
    page: Series[str] = column(
        "Printed page, where the text shows it.",
        pattern=PAGES,
        allowed="page numbers, separated by semicolons",
        required=False,
    )
    locator: Series[str] = locator()
    summary_en: Series[str] = text("The finding in the project's own words, English.", draft=True)
    summary_id: Series[str] = text("The finding in the project's own words, Indonesian.", draft=True)
    actors: Series[str] = id_list("Actors named in the finding.", "actors", required=False)
    fingerprint: Series[str] = column(
        "Fingerprint of the passage, by which `cgutils locate` finds it in a reader's own copy; blank where "
        "none was made.",
        pattern=FINGERPRINT,
        allowed="what `cgutils fingerprint` writes, none where it is withheld on purpose, or blank",
        required=False,
    )


class Ratings(Table):
    """One coder's level for one indicator of one case. A blank level is not assessed, never 0."""

    indicator_id: Series[str] = identifier("Indicator that is rated.", references="indicators")
    coder_id: Series[str] = identifier("Who rated.", references="coders")
    phase: Series[str] = rated_phase()
    level: Series[str] = rated_level("Level 0 to 3 after the codebook; blank means not assessed.")
    confidence: Series[str] = column(
        "The coder's confidence in the level.", values=CONFIDENCES, required=False, heading=True
    )
    rationale: Series[str] = text("Why this level, in the coder's words.")
    evidence_ids: Series[str] = id_list(
        "Evidence on which the level rests.", "evidence", required=False, heading=True
    )


class Adjudication(Table):
    """One disagreement between coders, settled with its reason."""

    indicator_id: Series[str] = identifier("Indicator on which the coders disagree.", references="indicators")
    phase: Series[str] = rated_phase()
    level: Series[str] = rated_level("Level that is settled on; blank means settled as not assessed.")
    rationale: Series[str] = text("Why, under which rule of the codebook.")
    evidence_ids: Series[str] = id_list(
        "Evidence on which the settled level rests.", "evidence", required=False, heading=True
    )


class CoderItems(Table):
    """How each item of a coder's blind reading entered the evidence register."""

    coder_id: Series[str] = identifier("Who coded the item.", references="coders")
    item_id: Series[str] = identifier("Number of the item in that coder's own list.")
    evidence_id: Series[str] = identifier(
        "Item of the register that it became.", required=False, references="evidence"
    )
    change: Series[str] = column(
        "What was done on re-reading the passage.", values=("kept", "corrected", "dropped")
    )
    reason: Series[str] = text("Why it was corrected or dropped.", required=False)


class Actors(Table):
    """Actors that a source names, by type; a type without any actor has a row of its own."""

    actor_id: Series[str] = identifier("Id of the actor.")
    name_en: Series[str] = text("Name, English.")
    name_id: Series[str] = text("Name, Indonesian.")
    type: Series[str] = column("Type of actor.", values=ACTOR_TYPES)
    role_en: Series[str] = text("Role as the source reports it, English.", required=False)
    role_id: Series[str] = text("Role as the source reports it, Indonesian.", required=False)
    interviewed: Series[str] = column(
        "Whether the source's method section counts the actor among the informants.",
        values=("yes", "no", "unclear", "not_told"),
        required=False,
    )
    status: Series[str] = column(
        "none_named records that no actor of the type is named.", values=NAMED_STATUSES
    )
    remark_en: Series[str] = text("Remark, English.", required=False)
    remark_id: Series[str] = text("Remark, Indonesian.", required=False)
    locator: Series[str] = locator()


class Quantities(Table):
    """Numbers as a source prints them; whatever can be computed from them is computed, not stored."""

    quantity_id: Series[str] = column(
        "Id of the quantity, as formulas name it.",
        pattern=r"[a-z][a-z0-9_]*",
        allowed="a lower-case id without hyphens, such as voters_2024 (a formula reads - as minus)",
    )
    label_en: Series[str] = text("What is counted or measured, English.")
    label_id: Series[str] = text("What is counted or measured, Indonesian.")
    period: Series[str] = text("Year or period that the number is about.", required=False)
    value: Series[str] = column(
        "The number; blank where it is missing.",
        pattern=NUMBER,
        allowed="a number such as 154425 or 80.6",
        required=False,
        kind="number",
    )
    unit: Series[str] = text("Unit, such as persons or percent.")
    as_printed: Series[str] = text("The number exactly as the source prints it.", required=False)
    status: Series[str] = column(
        "Whether the source gives it; counted where this project counted it in the source.",
        values=("reported", "counted", "missing"),
    )
    source_id: Series[str] = identifier("Source that prints it.", references="sources")
    locator: Series[str] = locator()
    remark_en: Series[str] = text("Remark, English.", required=False)
    remark_id: Series[str] = text("Remark, Indonesian.", required=False)


class Claims(Table):
    """What a source says in figures or about itself, and how it can be checked."""

    claim_id: Series[str] = identifier("Id of the claim, unique in the whole collection.")
    statement_en: Series[str] = text("What is claimed, in the project's own words, English.")
    statement_id: Series[str] = text("What is claimed, in the project's own words, Indonesian.")
    reported: Series[str] = text("The value exactly as the source prints it.", required=False)
    reported_number: Series[str] = column(
        "The value as a plain number with the printed decimals, or `true` for a comparison.",
        pattern=rf"{NUMBER}|true",
        allowed="a number such as 80.6, or true",
        required=False,
        decimals=True,
    )
    unit: Series[str] = text("Unit of the value.", required=False)
    formula: Series[str] = column(
        "How the value follows from quantities of the same folder; blank where it cannot be computed.",
        allowed="arithmetic over quantity ids with sum, count and abs",
        required=False,
    )
    approximation: Series[str] = column(
        "Granularity that the wording itself admits; blank where the value is stated exactly.",
        pattern=UNSIGNED,
        allowed="a number such as 1000",
        required=False,
        kind="number",
    )
    basis: Series[str] = column("How it was checked.", values=("computed", "counted", "read"))
    verdict: Series[str] = column(
        "Verdict where a person must judge; blank where the formula decides.",
        values=JUDGED_VERDICTS,
        required=False,
    )
    strength: Series[str] = column("Strength of an inconsistency.", values=STRENGTHS, required=False)
    remark_en: Series[str] = text("Why, what is missing, which reading reconciles; English.", required=False)
    remark_id: Series[str] = text(
        "Why, what is missing, which reading reconciles; Indonesian.", required=False
    )
    locator: Series[str] = locator()


class Instruments(Table):
    """Legal instruments and agreements that a source names."""

    instrument_id: Series[str] = identifier("Id of the instrument.")
    name_en: Series[str] = text("Name, English.")
    name_id: Series[str] = text("Name, Indonesian.")
    subject_en: Series[str] = text("What it regulates as reported, English.", required=False)
    subject_id: Series[str] = text("What it regulates as reported, Indonesian.", required=False)
    status: Series[str] = column("none_named records that none is named.", values=NAMED_STATUSES)
    remark_en: Series[str] = text("Remark, English.", required=False)
    remark_id: Series[str] = text("Remark, Indonesian.", required=False)
    locator: Series[str] = locator()


class Method(Table):
    """What a source says of its own method; what it leaves out is listed as missing."""

    item_id: Series[str] = identifier("Aspect of the method.")
    label_en: Series[str] = text("Name of the aspect, English.")
    label_id: Series[str] = text("Name of the aspect, Indonesian.")
    value_en: Series[str] = text("What the source says, English.", required=False)
    value_id: Series[str] = text("What the source says, Indonesian.", required=False)
    status: Series[str] = column("How it is known.", values=FACT_STATUSES)
    remark_en: Series[str] = text("Remark, English.", required=False)
    remark_id: Series[str] = text("Remark, Indonesian.", required=False)
    locator: Series[str] = locator()


class Coders(Table):
    """Who rated."""

    coder_id: Series[str] = identifier("Id of the coder.")
    kind: Series[str] = column("What kind of coder.", values=("machine_assisted_reading", "human"))
    description_en: Series[str] = text("Who or what the coder is, English.")
    description_id: Series[str] = text("Who or what the coder is, Indonesian.")


class Sources(Table):
    """What each source states about itself, and what it leaves out."""

    source_id: Series[str] = identifier("Id of the source.")
    field: Series[str] = identifier("Bibliographic field.")
    value: Series[str] = text("Its value.", required=False)
    status: Series[str] = column("How it is known.", values=FACT_STATUSES)
    remark_en: Series[str] = text("Remark, English.", required=False)
    remark_id: Series[str] = text("Remark, Indonesian.", required=False)
    locator: Series[str] = locator()


class Timeline(Table):
    """Events that the sources date."""

    event_id: Series[str] = identifier("Id of the event.")
    date: Series[str] = column(
        "Year, month or day, or a range.", pattern=DATE, allowed="2024, 2024-11, 2024-11-27, or start/end"
    )
    label_en: Series[str] = text("The event, English.")
    label_id: Series[str] = text("The event, Indonesian.")
    source_ids: Series[str] = id_list("Sources that date it.", "sources")
    locator: Series[str] = locator()


# A thesis writer's first case needs evidence and ratings; the other tables may come later.
CASE_TABLES = (
    TableSpec("evidence", Evidence, ("evidence_id",), required=True),
    TableSpec("ratings", Ratings, ("indicator_id", "coder_id", "phase"), required=True),
    TableSpec("adjudication", Adjudication, ("indicator_id", "phase")),
    TableSpec("coder_items", CoderItems, ("coder_id", "item_id")),
    TableSpec("actors", Actors, ("actor_id",)),
    TableSpec("quantities", Quantities, ("quantity_id",)),
    TableSpec("claims", Claims, ("claim_id",)),
    TableSpec("instruments", Instruments, ("instrument_id",)),
    TableSpec("method", Method, ("item_id",)),
)
COLLECTION_TABLES = (
    TableSpec("coders", Coders, ("coder_id",), required=True),
    TableSpec("sources", Sources, ("source_id", "field")),
    TableSpec("timeline", Timeline, ("event_id",)),
)
SPECS = {spec.name: spec for spec in (*CASE_TABLES, *COLLECTION_TABLES)}
