from datetime import timedelta
from itertools import chain

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.core.text import query_phrases
from portal.reports.actions import close_as_not_ours, start_work
from portal.threads import listing
from portal.threads.actions import hide_words, show_words
from portal.threads.events import Actor
from portal.threads.listing import Page, Sort, Wish, parse_cursor, read_page
from portal.threads.models import Kind, Status, Thread
from tests.factories import (
    NOW,
    add_person,
    count_queries,
    directory,
    make_idea,
    make_report,
    make_undecided,
    person,
)

REPORTS = Wish(Kind.REPORT)
SIZE = 4


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", SIZE)


def references(page: Page) -> list[str]:
    return [line.reference for line in page.lines]


def make_many(session: Session, number: int) -> list[Thread]:
    """Make reports, the later ones with fewer votes here and there and changed in another order."""
    made = [make_report(session, now=NOW + timedelta(minutes=i)) for i in range(number)]
    for i, thread in enumerate(made):
        thread.votes_total = i * 7 % 5
        thread.changed_at = NOW + timedelta(hours=i * 11 % 13)
    session.flush()
    return made


def all_pages(session: Session, wish: Wish) -> list[list[str]]:
    pages, page = [], read_page(session, wish)
    while True:
        pages.append(references(page))
        if page.older is None:
            return pages
        page = read_page(session, wish, after=page.older)


SORTED = {
    Sort.NEW: lambda t: -t.id,
    Sort.TOP: lambda t: (-t.votes_total, -t.id),
    Sort.CHANGED: lambda t: (NOW - t.changed_at, -t.id),
}


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("narrowed", [False, True])
@pytest.mark.parametrize("sort", list(Sort))
def test_going_through_a_list_shows_each_once_and_in_order(
    session: Session, monkeypatch: pytest.MonkeyPatch, sort: Sort, narrowed: bool, few: int
) -> None:
    monkeypatch.setattr(listing, "FEW", few)
    made = make_many(session, 2 * SIZE + 2)
    wish = Wish(Kind.REPORT, sort=sort, phrases=query_phrases("lamp") if narrowed else None)
    pages = all_pages(session, wish)
    assert [len(page) for page in pages] == [SIZE, SIZE, 2]
    assert list(chain(*pages)) == [t.reference for t in sorted(made, key=SORTED[sort])]


@pytest.mark.parametrize("sort", list(Sort))
def test_going_back_shows_the_pages_that_were_there(session: Session, sort: Sort) -> None:
    make_many(session, 3 * SIZE)
    wish = Wish(Kind.REPORT, sort=sort)
    first = read_page(session, wish)
    second = read_page(session, wish, after=first.older or "")
    third = read_page(session, wish, after=second.older or "")
    assert (first.newer, third.older) == (None, None)
    assert references(read_page(session, wish, before=third.newer or "")) == references(second)
    assert references(read_page(session, wish, before=second.newer or "")) == references(first)


def test_a_page_does_not_move_when_something_new_comes(session: Session) -> None:
    make_many(session, SIZE + 2)
    older = read_page(session, REPORTS).older or ""
    before = references(read_page(session, REPORTS, after=older))
    make_report(session)
    assert references(read_page(session, REPORTS, after=older)) == before


FORGED = ["", "x", "-5", "1.2.3", "٣", "9" * 30, "1e9", "0", "0.0", "9999999999999999.1", "' OR 1=1"]


def test_a_forged_cursor_leads_to_some_page(session: Session) -> None:
    report = make_report(session)
    for sort in Sort:
        wish = Wish(Kind.REPORT, sort=sort)
        for cursor in FORGED:
            for page in (read_page(session, wish, after=cursor), read_page(session, wish, before=cursor)):
                assert references(page) == [report.reference]


def test_a_cursor_of_another_sort_is_none() -> None:
    assert parse_cursor("12", Sort.TOP) is None
    assert parse_cursor("12.5", Sort.NEW) is None


def test_only_what_the_public_may_know_of_is_listed(session: Session) -> None:
    coordinator = Actor(person(session, "coordinator"), "coordinator")
    shown = make_report(session)
    waiting = make_report(session, author=add_person(session, "passer-by", verified=False))
    make_report(session, private=True)
    make_undecided(session)
    idea = make_idea(session)
    hide_words(session, make_report(session), "It names a child.", by=coordinator, now=NOW)
    assert references(read_page(session, REPORTS)) == [waiting.reference, shown.reference]
    assert references(read_page(session, Wish(Kind.IDEA))) == [idea.reference]


def test_words_are_found_once_staff_have_shown_them(session: Session) -> None:
    waiting = make_report(session, "路灯坏了", author=add_person(session, "passer-by", verified=False))
    wish = Wish(Kind.REPORT, phrases=query_phrases("路灯"))
    assert read_page(session, wish).count == 0
    show_words(session, waiting, by=Actor(person(session, "coordinator"), "coordinator"), now=NOW)
    assert references(read_page(session, wish)) == [waiting.reference]


def test_a_list_is_narrowed_by_place_category_and_status(session: Session) -> None:
    officer = Actor(person(session, "officer"), "officer")
    places = directory(session).place_codes
    near = make_report(session)
    far = make_report(session, place_id=places["qiao-2"].id, category="noise")
    started = make_report(session, place_id=places["liu-2"].id)
    start_work(session, started, by=officer, now=NOW)
    ended = make_report(session)
    close_as_not_ours(session, ended, "The county's.", by=officer, now=NOW)

    def found(**wanted: object) -> list[str]:
        page = read_page(session, Wish(Kind.REPORT, **wanted))  # type: ignore[arg-type]
        assert page.count == len(page.lines)
        return references(page)

    assert found(place_ids=directory(session).within(places["liu"].id)) == [
        t.reference for t in (ended, started, near)
    ]
    assert found(category_ids=[directory(session).category_codes["noise"].id]) == [far.reference]
    assert found(statuses=[Status.IN_PROGRESS, Status.NOT_OURS]) == [ended.reference, started.reference]
    assert found(statuses=[Status.IN_PROGRESS], place_ids=[places["qiao-2"].id]) == []


def test_a_whole_list_is_not_counted(session: Session) -> None:
    make_report(session)
    assert read_page(session, REPORTS).count is None


def test_a_search_without_a_letter_finds_nothing(session: Session) -> None:
    make_report(session)
    page = read_page(session, Wish(Kind.REPORT, phrases=query_phrases("。？！ 🙂")))
    assert (list(page.lines), page.count) == ([], 0)


# PostgreSQL chooses its plan by how much there is, so only SQLite's can be told from a small table.
ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("sort", list(Sort))
def test_each_sort_reads_its_index_from_the_end(app: Flask, session: Session, sort: Sort) -> None:
    make_many(session, 3)
    for wish in (Wish(Kind.REPORT, sort=sort), Wish(Kind.REPORT, sort=sort, place_ids=[3, 4])):
        with count_queries(app) as statements:
            listing._Reader(session, wish, None).first_page()
        plan = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statements[-1]}", tuple("x" for _ in range(statements[-1].count("?")))
        )
        assert [row.detail for row in plan] == [
            f"SEARCH threads USING INDEX ix_threads_listed_{sort} (kind=?)"
        ]


@ON_SQLITE
def test_counting_reads_an_index_alone(app: Flask, session: Session) -> None:
    make_many(session, 3)
    with count_queries(app) as statements:
        read_page(session, Wish(Kind.REPORT, place_ids=[3, 4]))
    plan = session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {statements[0]}", tuple("x" for _ in range(statements[0].count("?")))
    )
    assert "COVERING INDEX ix_threads_listed_about" in plan.one().detail
