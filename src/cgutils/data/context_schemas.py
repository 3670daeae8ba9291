"""The tables of the context sources, which are no cases and are never rated."""

from __future__ import annotations

from pandera.typing import Series

from cgutils.data.fields import WHOLE, Table, TableSpec, column, id_list, identifier, locator, text
from cgutils.data.schemas import CONFIDENCES, Claims, Quantities


class Partners(Table):
    """Partners of the national election commission by category, as counted in the source."""

    category_id: Series[str] = identifier("Id of the category.")
    label_en: Series[str] = text("Category, English.")
    label_id: Series[str] = text("Category, Indonesian.")
    sector: Series[str] = column("Sector.", values=("government", "non_government", "not_told"))
    count: Series[str] = column(
        "Number as reported.", pattern=WHOLE, allowed="a whole number", kind="integer"
    )
    source_id: Series[str] = identifier("Source that prints it.", references="sources")
    locator: Series[str] = locator()


class Statements(Table):
    """What the source says of the evaluation of partnerships."""

    entry_id: Series[str] = identifier("Id of the statement.")
    text_en: Series[str] = text("The statement in the project's own words, English.")
    text_id: Series[str] = text("The statement in the project's own words, Indonesian.")
    status: Series[str] = identifier(
        "What kind of statement it is (event, present, absent, asserted, normative ...)."
    )
    indicator_ids: Series[str] = id_list("Indicators whose theme it touches.", "indicators", required=False)
    locator: Series[str] = locator()


class Problems(Table):
    """Problems of voter education on social media that the essay identifies."""

    problem_id: Series[str] = identifier("Id of the problem.")
    label_en: Series[str] = text("The problem, English.")
    label_id: Series[str] = text("The problem, Indonesian.")
    remedy_en: Series[str] = text("Remedy that the source mentions, English.", required=False)
    remedy_id: Series[str] = text("Remedy that the source mentions, Indonesian.", required=False)
    remedy_locator: Series[str] = locator("Where the remedy stands.")
    locator: Series[str] = locator()


class ProblemCases(Table):
    """Whether a case names the theme of a problem."""

    problem_id: Series[str] = identifier("Problem.", references="problems")
    case_id: Series[str] = identifier("Case.", references="cases")
    status: Series[str] = column("Whether the case names it.", values=("named", "partly_named", "not_named"))
    remark_en: Series[str] = text("What the case says, English.", required=False)
    remark_id: Series[str] = text("What the case says, Indonesian.", required=False)
    locator: Series[str] = locator("Lines of the case's source.")


class Recommendations(Table):
    """Recommendations of the essay, mapped to indicators by this project."""

    recommendation_id: Series[str] = identifier("Id of the recommendation.")
    number: Series[str] = column(
        "Number in the source.", pattern=WHOLE, allowed="a whole number", kind="integer"
    )
    label_en: Series[str] = text("The recommendation in short, English.")
    label_id: Series[str] = text("The recommendation in short, Indonesian.")
    primary_indicator: Series[str] = identifier(
        "Indicator that it comes closest to.", references="indicators"
    )
    secondary_indicators: Series[str] = id_list(
        "Indicators that it also touches.", "indicators", required=False
    )
    mapping_confidence: Series[str] = column("How far the wording carries the mapping.", values=CONFIDENCES)
    locator: Series[str] = locator()


class RecommendationCases(Table):
    """What each case reports on the theme of a recommendation; describes passages, is no rating."""

    recommendation_id: Series[str] = identifier("Recommendation.", references="recommendations")
    case_id: Series[str] = identifier("Case.", references="cases")
    status: Series[str] = column(
        "What the case reports.", values=("present", "mixed", "deficit", "not_reported")
    )
    remark_en: Series[str] = text("What the case says, English.", required=False)
    remark_id: Series[str] = text("What the case says, Indonesian.", required=False)
    locator: Series[str] = locator("Lines of the case's source.")


class Lists(Table):
    """Short lists that the essay gives."""

    list_key: Series[str] = identifier("Id of the list.")
    number: Series[str] = column("Position.", pattern=WHOLE, allowed="a whole number", kind="integer")
    title_en: Series[str] = text("Title of the list, English.")
    title_id: Series[str] = text("Title of the list, Indonesian.")
    label_en: Series[str] = text("Entry, English.")
    label_id: Series[str] = text("Entry, Indonesian.")
    locator: Series[str] = locator()


class Comparisons(Table):
    """Which comparisons between the sources are legitimate, and how they may be worded."""

    comparison_id: Series[str] = identifier("Id of the comparison.")
    label_en: Series[str] = text("What is compared, English.")
    label_id: Series[str] = text("What is compared, Indonesian.")
    verdict: Series[str] = column("Whether it may be made.", values=("legitimate", "limited", "over_reach"))
    reason_en: Series[str] = text("Why, English.")
    reason_id: Series[str] = text("Why, Indonesian.")
    safe_wording_en: Series[str] = text("Wording that the sources carry, English.", required=False)
    safe_wording_id: Series[str] = text("Wording that the sources carry, Indonesian.", required=False)


CONTEXT_TABLES = (
    TableSpec("partners", Partners, ("category_id",)),
    TableSpec("statements", Statements, ("entry_id",)),
    TableSpec("problems", Problems, ("problem_id",)),
    TableSpec("problem_cases", ProblemCases, ("problem_id", "case_id")),
    TableSpec("recommendations", Recommendations, ("recommendation_id",)),
    TableSpec("recommendation_cases", RecommendationCases, ("recommendation_id", "case_id")),
    TableSpec("lists", Lists, ("list_key", "number")),
    TableSpec("comparisons", Comparisons, ("comparison_id",)),
    TableSpec("quantities", Quantities, ("quantity_id",)),
    TableSpec("claims", Claims, ("claim_id",)),
)
