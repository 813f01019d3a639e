"""Where a submission goes, from what the classifier and the sender say."""

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.communities.actions import put_route
from portal.communities.directory import raise_version
from portal.communities.models import Category, Department, Place
from portal.routing.advice import Advice
from portal.routing.rules import Route, choose_route
from portal.threads.models import Kind
from tests.factories import advice_for, advice_saying, directory


def route(session: Session, advice: Advice, wished: Kind, place: str = "liu-1") -> Route:
    found = directory(session)
    return choose_route(advice, wished, found.place_codes[place].id, found)


def unsure(category: str = "noise") -> Advice:
    advice = advice_saying(category, probability=0.4)
    assert advice.said
    return Advice(advice.urgency, replace(advice.said, abstain=True))


def test_a_report_the_classifier_is_sure_of_goes_to_its_department(session: Session) -> None:
    chosen = route(session, advice_saying("roads-paving"), Kind.REPORT)
    construction = directory(session).department_codes["construction"]
    assert (chosen.kind, chosen.department_id, chosen.to_desk) == (Kind.REPORT, construction.id, False)


def test_the_nearest_place_with_a_rule_decides_the_department(session: Session) -> None:
    def of(model, code: str):  # type: ignore[no-untyped-def]
        return session.query(model).filter_by(code=code).one()

    for place, department in (("yunhe", "transport"), ("liu", "environment")):
        put_route(session, of(Category, "roads-paving"), of(Place, place), of(Department, department))
    raise_version(session)
    names = directory(session).department_codes
    in_willow = route(session, advice_saying("roads-paving"), Kind.REPORT, "liu-2")
    elsewhere = route(session, advice_saying("roads-paving"), Kind.REPORT, "qiao-1")
    assert in_willow.department_id == names["environment"].id
    assert elsewhere.department_id == names["transport"].id


def test_a_report_nobody_is_sure_of_goes_to_the_desk(session: Session) -> None:
    assert route(session, unsure(), Kind.REPORT).to_desk
    assert route(session, advice_for("Something"), Kind.REPORT).to_desk


def test_a_category_that_does_not_exist_here_goes_to_the_desk(session: Session) -> None:
    advice = advice_saying("noise")
    assert advice.said
    strange = Advice(advice.urgency, replace(advice.said, category="moon-dust"))
    assert route(session, strange, Kind.REPORT).to_desk


def test_an_idea_goes_to_the_innovation_queue_even_if_its_category_is_unsure(session: Session) -> None:
    chosen = route(session, unsure(), Kind.IDEA)
    assert (chosen.kind, chosen.category, chosen.department_id, chosen.to_desk) == (
        Kind.IDEA,
        None,
        None,
        False,
    )


def test_what_the_sender_says_it_is_stands(session: Session) -> None:
    assert route(session, advice_saying("noise", kind="idea"), Kind.REPORT).kind == Kind.REPORT
    assert route(session, advice_saying("noise", kind="report"), Kind.IDEA).kind == Kind.IDEA


def test_not_sure_follows_the_classifier_only_if_it_is_sure(session: Session) -> None:
    sure = advice_saying("noise", kind="idea")
    assert sure.said
    assert route(session, sure, Kind.UNDECIDED).kind == Kind.IDEA
    doubting = Advice(sure.urgency, replace(sure.said, kind_probability=0.6))
    chosen = route(session, doubting, Kind.UNDECIDED)
    assert (chosen.kind, chosen.to_desk) == (Kind.UNDECIDED, True)
    assert route(session, unsure(), Kind.UNDECIDED).kind == Kind.UNDECIDED


def test_a_question_is_answered_on_a_reports_path(session: Session) -> None:
    assert route(session, advice_saying("noise", kind="question"), Kind.UNDECIDED).kind == Kind.REPORT
