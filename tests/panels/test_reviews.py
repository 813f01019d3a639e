"""Reviews, seats and appraisals, without pages."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Job
from portal.core.worker import run_all
from portal.ideas.changing import can_change
from portal.ideas.combinations import Combination, CombinationPart, Outcome
from portal.ideas.combining import Proposal, propose_combination
from portal.notifications.letters import write_letter
from portal.notifications.models import Delivery
from portal.panels.actions import ask_department, declare, move_last_day, refuse_idea, release, seat
from portal.panels.appraising import appraise, list_appraisals, list_to_appraise
from portal.panels.jobs import look_through
from portal.panels.knowing import set_knowledge
from portal.panels.led import list_led, list_unjudged
from portal.panels.models import Review, Seat, SeatState
from portal.panels.queries import list_candidates, list_own_seats, list_requests
from portal.panels.sealing import counts
from portal.privacy.erasure import erase_person
from portal.threads.actions import withdraw
from portal.threads.events import resident
from portal.threads.models import Event, Thread, Visibility
from portal.threads.votes import cast_vote
from tests.factories import NOW, add_person, count_queries, directory, person
from tests.notifications.test_letters import delivery
from tests.panels.scenes import (
    DAY,
    add_officer,
    add_officer_of,
    add_panellist,
    call_under_review,
    coordinator,
    open_idea,
    review_of,
    sit,
)


def names(session: Session, idea: Thread, review: Review | None = None) -> list[str]:
    place = directory(session).place_codes["liu-1"].id
    return [c.name for c in list_candidates(session, idea, place, review, directory(session))]


def test_whoever_wrote_or_supports_it_is_never_proposed(session: Session) -> None:
    wen, lan = add_panellist(session, "wen"), add_panellist(session, "lan")
    idea = open_idea(session, author=wen)
    cast_vote(session, idea, lan, now=NOW)
    assert names(session, idea) == ["panellist"]
    with pytest.raises(Invalid):
        review_of(session, idea, [lan])


def test_a_supporter_is_known_by_every_record(session: Session) -> None:
    """Who supported it from a browser, and signed in only later, is a supporter all the same."""
    wen, idea = add_panellist(session, "wen"), open_idea(session)
    browser = add_person(session, "browser", verified=False)
    cast_vote(session, idea, browser, now=NOW)
    browser.same_as_id = wen.id
    session.flush()
    assert "wen" not in names(session, idea)


def test_panellists_of_elsewhere_and_blocked_ones_are_not_proposed(session: Session) -> None:
    add_panellist(session, "far", "qiao")
    add_panellist(session, "gone").is_blocked = True
    session.flush()
    assert names(session, open_idea(session)) == ["panellist"]


def test_those_who_know_and_those_with_little_to_do_come_first(session: Session) -> None:
    wen, lan = add_panellist(session, "wen"), add_panellist(session, "lan")
    set_knowledge(session, lan, ["parks-planning"], directory(session))
    review_of(session, open_idea(session), [wen, lan])
    assert names(session, open_idea(session)) == ["lan", "panellist", "wen"]


def test_a_recused_panellist_never_counts_nor_comes_back(session: Session) -> None:
    wen, idea = add_panellist(session, "wen"), open_idea(session)
    review = review_of(session, idea, [wen])
    sit(session, review, wen, "My sister's firm.")
    mine = session.scalars(select(Seat)).one()
    mine.done_at = NOW
    assert (mine.state, counts(mine)) == (SeatState.RECUSED, False)
    assert "wen" not in names(session, idea, review)
    with pytest.raises(Conflict):
        sit(session, review, wen)
    here, by = directory(session), coordinator(session)
    with pytest.raises(Invalid):
        seat(session, review, idea, None, [wen.id], directory=here, by=by, now=NOW)
    with pytest.raises(Conflict):
        release(session, review, idea, mine, by=coordinator(session), now=NOW)


def test_a_supporter_cant_say_that_nothing_stands_against_it(session: Session) -> None:
    wen, idea = add_panellist(session, "wen"), open_idea(session)
    review = review_of(session, idea, [wen])
    with pytest.raises(Conflict):
        cast_vote(session, idea, wen, now=NOW)
    other = add_person(session, "browser", verified=False)
    cast_vote(session, idea, other, now=NOW)
    other.same_as_id = wen.id
    session.flush()
    with pytest.raises(Invalid):
        sit(session, review, wen)


def test_the_record_names_no_panellist(session: Session) -> None:
    """Panellists read it too, and must not learn who the others are."""
    wen, idea = add_panellist(session, "wen"), open_idea(session)
    review = review_of(session, idea, [wen])
    sit(session, review, wen, "A secret interest.")
    for event in session.scalars(select(Event).where(Event.thread_id == idea.id)):
        assert event.actor_id != wen.id
        assert str(wen.id) not in str([v for k, v in event.data.items() if k not in ("department", "count")])
        assert "secret" not in (event.statement.text if event.statement else "")


def test_nothing_is_declared_once_the_time_is_over(session: Session) -> None:
    wen, idea = add_panellist(session, "wen"), open_idea(session)
    review = review_of(session, idea, [wen])
    given = {"has_interest": False, "interest": ""}
    with pytest.raises(Conflict):
        declare(session, idea, review, wen, now=clock.now() + timedelta(days=20), **given)


def test_an_idea_of_a_call_waits_for_its_review(session: Session) -> None:
    call, idea = call_under_review(session)
    places = [call.place_id]
    assert [row[0] for row in list_unjudged(session, places, today())] == [idea]
    by, now = coordinator(session), clock.now()
    refuse_idea(session, idea, call, "It is not about cellars.", today=today(), by=by, now=now)
    assert [row[2] for row in list_unjudged(session, places, today())] == [True]
    review_of(session, idea, call=call)
    assert list_unjudged(session, places, today()) == []
    assert [p.review.thread_id for p in list_led(session, places)] == [idea.id]


def test_a_call_that_still_collects_has_no_reviews(session: Session) -> None:
    call, idea = call_under_review(session)
    call.supports_until = call.collects_until = today() + DAY
    session.flush()
    with pytest.raises(Conflict):
        review_of(session, idea, call=call)
    assert list_unjudged(session, [call.place_id], today()) == []


def test_the_last_day_is_before_the_decision_of_the_call(session: Session) -> None:
    call, idea = call_under_review(session)
    with pytest.raises(Invalid):
        review_of(session, idea, call=call, last_day=call.decides_until + DAY)


def test_a_department_says_it_again_and_the_last_counts(session: Session) -> None:
    idea = open_idea(session)
    review = review_of(session, idea)
    (asked,) = list_requests(session, review)
    by = coordinator(session)
    for cost in ("Nothing.", "A little."):
        said = {"feasibility": 4, "cost": cost, "duration": "A day.", "words": ""}
        appraise(session, review, idea, asked, by=by, now=NOW, **said)
    assert [one.cost for one in list_appraisals(session, review.id)] == ["A little."]
    with pytest.raises(Conflict):
        ask_department(session, review, idea, asked, directory=directory(session), by=by, now=NOW)


def test_panellists_are_reminded_once_in_one_mail(session: Session) -> None:
    wen = add_panellist(session, "wen")
    for _idea in range(2):
        review_of(session, open_idea(session), [wen], last_day=today() + 2 * DAY)
    review_of(session, open_idea(session), [wen], last_day=today() + 9 * DAY)
    for _morning in range(2):
        look_through(session, {}, clock.now())
        session.flush()
    mails = [j.payload["about"] for j in session.scalars(select(Job)) if "about" in j.payload]
    assert mails.count("panel_due") == 1
    assert sum(s.reminded_at is not None for s in list_own_seats(session, wen)) == 2


@pytest.mark.parametrize(("days", "mails"), [(1, 1), (9, 0)])
def test_another_last_day_brings_another_reminder_and_an_earlier_one_a_mail(
    session: Session, days: int, mails: int
) -> None:
    wen = add_panellist(session, "wen")
    review = review_of(session, open_idea(session), [wen], last_day=today() + 2 * DAY)
    (seat_,) = list_own_seats(session, wen)
    seat_.reminded_at = NOW
    by, now = coordinator(session), clock.now()
    move_last_day(session, review, review.thread, None, today() + days * DAY, today=today(), by=by, now=now)
    assert seat_.reminded_at is None
    about = [j.payload.get("about") for j in session.scalars(select(Job))]
    assert about.count("panel_due") == mails


def test_who_handed_in_or_does_not_count_is_not_reminded(session: Session) -> None:
    wen, lan = add_panellist(session, "wen"), add_panellist(session, "lan")
    review = review_of(session, open_idea(session), [wen, lan], last_day=today() + DAY)
    sit(session, review, wen, "My own garden.")
    for mine in list_own_seats(session, lan):
        mine.done_at = NOW
    session.flush()
    look_through(session, {}, clock.now())
    session.flush()
    assert "panel_due" not in [j.payload.get("about") for j in session.scalars(select(Job))]


def test_what_somebody_declared_goes_with_them(session: Session) -> None:
    wen = add_panellist(session, "wen")
    set_knowledge(session, wen, ["fire"], directory(session))
    sit(session, review_of(session, open_idea(session), [wen]), wen, "A private matter.")
    for role in list(wen.roles):
        session.delete(role)
    session.flush()
    session.expire(wen)
    erase_person(session, wen, now=NOW)
    assert session.scalars(select(Seat.interest)).one() == ""


def test_lists_cost_the_same_however_many_there_are(app: Flask, session: Session) -> None:
    wen = add_panellist(session, "wen")
    cost = []
    for _more in range(2):
        for _idea in range(3):
            review_of(session, open_idea(session), [wen])
        session.commit()
        session.expire_all()
        with count_queries(app) as statements:
            [s.review.thread.title for s in list_own_seats(session, wen)]
            [p.thread.title for p in list_led(session, [directory(session).place_codes["liu-1"].id])]
        cost.append(len(statements))
    assert cost[0] == cost[1]


def test_the_words_of_an_idea_stay_while_the_panel_has_it(session: Session) -> None:
    idea = open_idea(session)
    assert can_change(session, idea, clock.now())
    review_of(session, idea)
    assert not can_change(session, idea, clock.now())


def test_a_review_is_short_until_somebody_sits_in_the_place_of_who_left(session: Session) -> None:
    wen, lan = add_panellist(session, "wen"), add_panellist(session, "lan")
    idea = open_idea(session)
    review = review_of(session, idea, [wen])

    def is_short() -> bool:
        return list_led(session, [idea.place_id])[0].is_short

    assert not is_short()
    sit(session, review, wen, "My own garden.")
    assert is_short()
    by, later = coordinator(session), clock.now() + DAY
    seat(session, review, idea, None, [lan.id], directory=directory(session), by=by, now=later)
    assert not is_short()


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_each_mail_of_the_panel_leads_to_its_page(session: Session, language: str) -> None:
    person(session, "resident").language = language
    pages = {"asked": "/staff/reviews", "due": "/staff/reviews", "again": "/staff/panels"}
    for about, page in (pages | {"appraisal": "/staff/appraisals"}).items():
        letter = write_letter(session, delivery(session, f"panel_{about}"))
        assert letter.subject
        assert page in letter.text


def test_whoever_is_asked_is_written_to_once_a_day(session: Session) -> None:
    wen = add_panellist(session, "wen")
    gardener = add_officer(session, "gardener", "labour")
    labour = directory(session).department_codes["labour"].id
    for _idea in range(2):
        idea = open_idea(session)
        review, by = review_of(session, idea, [wen]), coordinator(session)
        now, here = clock.now(), directory(session)
        ask_department(session, review, idea, labour, directory=here, by=by, now=now)
    session.commit()
    run_all(clock.now())
    sent = session.execute(select(Delivery.person_id, Delivery.about)).all()
    assert [about for who, about in sent if who == wen.id] == ["panel_asked"]
    assert [about for who, about in sent if who == gardener.id] == ["panel_appraisal"]


def test_whoever_wrote_an_idea_that_was_combined_into_it_is_never_proposed(session: Session) -> None:
    wen = add_panellist(session, "wen")
    idea, other = open_idea(session), open_idea(session, author=wen)
    made = Combination(
        target_id=idea.id, why="The same.", by_role="resident", proposed_at=NOW, outcome=Outcome.COMBINED
    )
    session.add(made)
    session.flush()
    session.add(CombinationPart(combination_id=made.id, thread_id=other.id, agrees=True))
    session.flush()
    assert "wen" not in names(session, idea)


def meanwhile(session: Session, seat_: Seat, **values: object) -> None:
    """Change a seat as another transaction does: what is loaded here doesn't know of it."""
    change = update(Seat).where(Seat.id == seat_.id).values(**values)
    session.execute(change, execution_options={"synchronize_session": False})


def test_what_was_declared_in_another_window_meanwhile_stays(session: Session) -> None:
    wen, idea = add_panellist(session, "wen"), open_idea(session)
    review = review_of(session, idea, [wen])
    mine = session.scalars(select(Seat)).one()
    meanwhile(session, mine, state=SeatState.RECUSED, interest="My firm.")
    with pytest.raises(Conflict):
        sit(session, review, wen)
    session.refresh(mine)
    assert (mine.state, mine.interest) == (SeatState.RECUSED, "My firm.")


def test_who_has_handed_in_meanwhile_is_not_taken_off(session: Session) -> None:
    wen, idea = add_panellist(session, "wen"), open_idea(session)
    review = review_of(session, idea, [wen])
    sit(session, review, wen)
    mine = session.scalars(select(Seat)).one()
    meanwhile(session, mine, done_at=NOW)
    with pytest.raises(Conflict):
        release(session, review, idea, mine, by=coordinator(session), now=NOW)


def test_what_was_withdrawn_waits_for_no_coordinator_and_no_department(session: Session) -> None:
    idea = open_idea(session)
    review = review_of(session, idea)
    (asked,) = list_requests(session, review)
    gardener, places = add_officer_of(session, asked, "gardener"), directory(session).within(idea.place_id)
    assert list_led(session, places)
    assert list_to_appraise(session, gardener, directory(session))
    withdraw(session, idea, by=resident(idea.author), now=NOW)
    assert not list_led(session, places)
    assert not list_to_appraise(session, gardener, directory(session))
    said = {"feasibility": 4, "cost": "Nothing.", "duration": "A day.", "words": ""}
    with pytest.raises(Conflict):
        appraise(session, review, idea, asked, by=coordinator(session), now=NOW, **said)


def test_what_is_private_is_not_put_to_the_panel(session: Session) -> None:
    idea = open_idea(session)
    idea.visibility = Visibility.PRIVATE
    with pytest.raises(Conflict):
        review_of(session, idea)


def test_what_the_panel_has_is_not_combined_under_its_eyes(session: Session) -> None:
    neighbour = person(session, "neighbour")
    ideas = [open_idea(session), open_idea(session, "Herbs on the roof too.", author=neighbour)]
    review_of(session, ideas[0])
    asked = {"directory": directory(session), "by": coordinator(session), "now": NOW}
    with pytest.raises(Invalid):
        propose_combination(session, ideas, Proposal("They want the same.", ideas[1]), **asked)
