from flask import Flask
from flask.testing import FlaskClient

from portal.core.db import db
from tests.factories import Browse, add_person, count_queries, make_idea, make_report, make_undecided, person

PAGE = "/my-submissions?lang=en"


def test_what_a_person_sent_is_theirs_to_see(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        mine = [
            make_report(session),
            make_idea(session, "A private idea about my own stairwell.", private=True),
            make_undecided(session),
        ]
        by_mail = add_person(session, "by-mail")
        by_mail.same_as_id = person(session, "resident").id
        mine.append(make_report(session, author=by_mail))
        other = make_report(session, author=person(session, "neighbour"))
        references = [thread.reference for thread in mine]
        theirs = other.reference
        session.commit()
    client = browse("resident")
    page = client.get(PAGE).text
    assert all(reference in page for reference in references)
    assert theirs not in page
    assert "Private" in page
    link = page.partition('href="/track/')[2].partition('"')[0]
    assert client.get(f"/track/{link}").status_code == 200


def test_the_list_is_paged(app: Flask, browse: Browse) -> None:
    with app.app_context():
        for _number in range(27):
            make_report(db.session())
        db.session.commit()
    client = browse("resident")
    page = client.get(PAGE).text
    assert page.count("<article") == 25
    older = page.partition("/my-submissions?before=")[2].partition('"')[0]
    assert client.get(f"/my-submissions?before={older}").text.count("<article") == 2


def test_nothing_sent_yet_says_what_to_do(browse: Browse) -> None:
    page = browse("resident").get(PAGE).text
    assert "Nothing yet" in page
    assert "/report/" in page


def test_it_needs_a_sign_in(client: FlaskClient) -> None:
    assert client.get("/my-submissions").location.startswith("/sign-in")


def test_the_list_costs_the_same_whatever_it_holds(app: Flask, browse: Browse) -> None:
    client, costs = browse("resident"), []
    for more in (2, 12):
        with app.app_context():
            for _number in range(more):
                make_report(db.session())
            db.session.commit()
        client.get(PAGE)
        with count_queries(app) as queries:
            client.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1]
