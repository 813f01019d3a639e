from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import db
from portal.core.worker import nightly
from portal.threads.additions import NotSame
from portal.threads.events import resident
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.not_same import remember_not_same
from portal.threads.similar import Matter, find_similar
from portal.threads.word_shares import COUNT_WORDS, WordShare, count_words, get_weights
from tests import factories
from tests.factories import NOW, Browse, make_idea, make_report, make_undecided, person

LAMP = "小区南门的路灯坏了半个月,晚上黑漆漆的"
SAME = "南门外面的路灯一直不亮,天黑看不见路"
OTHER = "楼上邻居漏水泡坏了吊顶"


def place(session: Session, code: str = "liu-1") -> int:
    return factories.directory(session).place_codes[code].id


def similar_to(session: Session, text: str = SAME, kind: Kind = Kind.REPORT, **given: Any) -> list[Any]:
    matter = Matter(text, kind, **({"place_id": place(session)} | given))
    return find_similar(session, matter, factories.directory(session), now=NOW)


def found(session: Session, text: str = SAME, kind: Kind = Kind.REPORT, **given: Any) -> list[str]:
    return [one.row.reference for one in similar_to(session, text, kind, **given)]


def test_the_same_matter_is_found_and_another_is_not(session: Session) -> None:
    lamp = make_report(session, LAMP)
    make_report(session, OTHER)
    (one,) = similar_to(session)
    assert one.row.reference == lamp.reference
    assert "南门" in " ".join(one.common)
    assert found(session, "The bus is late") == []
    assert found(session, "!") == []


def test_only_what_is_open_and_read_by_all_is_found(session: Session) -> None:
    closed, hidden = make_report(session, LAMP), make_report(session, LAMP)
    closed.is_closed, hidden.visibility = True, Visibility.HIDDEN
    make_report(session, LAMP, private=True)
    make_undecided(session, LAMP)
    new = factories.add_person(session, "somebody", verified=False)
    make_report(session, LAMP, author=new)  # waits for a first look
    assert found(session) == []


def test_reports_are_like_reports_and_ideas_like_ideas(session: Session) -> None:
    report, idea = make_report(session, LAMP), make_idea(session, LAMP)
    assert found(session) == [report.reference]
    assert found(session, kind=Kind.IDEA) == [idea.reference]
    assert set(found(session, kind=Kind.UNDECIDED)) == {report.reference, idea.reference}


def test_it_is_looked_for_in_the_same_community_and_above(session: Session) -> None:
    here = make_report(session, LAMP)
    there = make_report(session, LAMP, place_id=place(session, "qiao-1"))
    whole = make_report(session, LAMP, place_id=place(session, "yunhe"))
    assert set(found(session)) == {here.reference, whole.reference}
    assert set(found(session, place_id=place(session, "yunhe"))) == {
        here.reference,
        there.reference,
        whole.reference,
    }


def test_a_pin_near_by_reaches_over_the_border(session: Session) -> None:
    there = make_report(session, LAMP, place_id=place(session, "qiao-1"))
    there.latitude, there.longitude = 31.30, 120.60
    assert found(session) == []
    (near,) = similar_to(session, pin=(31.302, 120.60))
    assert near.around.metres == pytest.approx(222, abs=3)
    assert found(session, pin=(31.32, 120.60)) == []


def test_the_likely_category_and_the_place_put_one_before_the_other(session: Session) -> None:
    spot = place(session, "liu-1-gate")
    paving = make_report(session, LAMP, category="roads-paving")
    noise = make_report(session, LAMP, category="noise", spot_id=spot)
    codes = factories.directory(session).category_codes
    assert found(session, likely={codes["noise"].id: 0.9})[0] == noise.reference
    assert found(session, likely={codes["roads-paving"].id: 0.9})[0] == paving.reference
    assert found(session, spot_id=spot)[0] == noise.reference


def test_no_more_than_five_the_newest_first_among_equals(session: Session) -> None:
    threads = [make_report(session, LAMP, now=NOW - timedelta(days=30 - n)) for n in range(7)]
    assert found(session) == [thread.reference for thread in reversed(threads[2:])]


def test_personal_numbers_are_not_compared(session: Session) -> None:
    make_report(session, "13812345678 15887654321")
    assert found(session, "13812345678 15887654321") == []


def test_what_is_not_the_same_is_not_found_again(session: Session) -> None:
    first, second = make_report(session, LAMP), make_report(session, SAME)
    neighbour = person(session, "neighbour")
    assert found(session, thread_id=second.id) == [first.reference]
    for _twice in range(2):
        remember_not_same(session, second, [first.id, second.id], by=resident(neighbour), now=NOW)
    assert found(session, thread_id=second.id) == found(session, LAMP, thread_id=first.id) == []
    kept = session.scalars(select(NotSame)).one()
    assert (kept.first_id, kept.second_id, kept.person_id) == (first.id, second.id, neighbour.id)


def test_words_are_counted_at_night_and_read_anew(session: Session) -> None:
    assert COUNT_WORDS in nightly
    count_words(session)  # of nothing
    before = get_weights(session, factories.directory(session))
    for number in range(4):
        make_report(session, f"小区 路灯 {number}" if number else "小区 the")
    count_words(session)
    shares = {row.word: row.share for row in session.scalars(select(WordShare))}
    assert shares == {"小区": 1.0, "小": 1.0, "区": 1.0, "路灯": 0.75, "路": 0.75, "灯": 0.75}
    after = get_weights(session, factories.directory(session))
    assert after.weigh(["小区"]) == 0 < after.weigh(["路灯"]) < before.weigh(["小区"])


def test_the_queries_do_not_grow_with_what_there_is(app: Flask, session: Session) -> None:
    make_report(session, LAMP)
    session.commit()
    counts = []
    for _round in range(2):
        similar_to(session)
        with factories.count_queries(app) as statements:
            similar_to(session)
        counts.append(len(statements))
        for _more in range(6):
            make_report(session, LAMP)
        session.commit()
    assert counts[0] == counts[1] == 3


@pytest.fixture
def two(app: Flask) -> tuple[str, str]:
    """Two reports on the same lamp."""
    with app.app_context():
        references = [make_report(db.session(), text, now=NOW).reference for text in (LAMP, SAME)]
        db.session.commit()
    return references[0], references[1]


def test_the_public_page_leads_to_what_is_similar(client: FlaskClient, two: tuple[str, str]) -> None:
    first, second = two
    assert f'href="/similar/{first}"' in client.get(f"/reports/{first}").text
    page = client.get(f"/similar/{first}?lang=en").text
    assert second in page
    assert "Both say:" in page
    assert "Not the same" not in page  # for whoever has signed in


def test_somebody_signed_in_says_that_two_are_not_the_same(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    client = browse("neighbour")
    form = factories.form_fields(client.get(f"/similar/{first}").text)
    assert form["other"] == second
    for _twice in range(2):
        answer = client.post(f"/similar/{first}/not-same", data=form, follow_redirects=True)
        assert answer.status_code == 200
    assert second not in client.get(f"/similar/{first}").text
    assert first not in client.get(f"/similar/{second}").text


def test_what_is_closed_or_unknown_has_no_such_page(client: FlaskClient, two: tuple[str, str]) -> None:
    with client.application.app_context():
        factories.thread_by_reference(db.session(), two[0]).is_closed = True
        db.session.commit()
    assert client.get(f"/similar/{two[0]}").status_code == 404
    assert "/similar/" not in client.get(f"/reports/{two[0]}").text
    assert client.get("/similar/000-000-000").status_code == 404


def test_not_the_same_is_limited_and_needs_two(browse: Browse, two: tuple[str, str]) -> None:
    client = browse("neighbour")
    form = factories.form_fields(client.get(f"/similar/{two[0]}").text)
    assert client.post(f"/similar/{two[0]}/not-same", data=form | {"other": "x"}).status_code == 404
    answers = [client.post(f"/similar/{two[0]}/not-same", data=form).status_code for _ in range(31)]
    assert answers[-1] == 429
    with client.application.app_context():
        assert len(db.session.scalars(select(Thread)).all()) == 2
