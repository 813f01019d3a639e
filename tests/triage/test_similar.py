import pytest
from flask import Flask

from portal.core.db import db
from tests.factories import Browse, make_report, person, thread_by_reference
from tests.triage.moving import post

LAMP = "The street lamp at the south gate does not work, it is dark and people stumble."
SAME = "The lamp by the south gate has been dark for a week, people stumble there."


@pytest.fixture
def two(app: Flask) -> tuple[str, str]:
    """Two reports on one lamp, the second private."""
    with app.app_context():
        author = person(db.session(), "neighbour")
        first = make_report(db.session(), LAMP, author=author).reference
        second = make_report(db.session(), SAME, author=author, private=True).reference
        db.session.commit()
    return first, second


def test_staff_see_what_is_similar_also_what_is_private(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    page = browse("officer").get(f"/staff/{first}?lang=en").text
    assert "Similar ones nearby" in page
    assert second in page.split('id="similar-title"')[1]
    assert second not in browse("resident").get(f"/similar/{first}").text


def test_an_officer_says_that_they_are_not_the_same(browse: Browse, two: tuple[str, str]) -> None:
    first, second = two
    officer = browse("officer")
    answer = post(officer, f"/staff/{first}/similar/not-same", {"other": second})
    assert answer.location == f"/staff/{first}#similar-title"
    for reference in two:
        assert 'id="similar-title"' not in officer.get(f"/staff/{reference}").text


def say_in_public(browse: Browse, name: str, two: tuple[str, str]) -> None:
    assert post(browse(name), f"/similar/{two[0]}/not-same", {"other": two[1]}).status_code == 303


@pytest.fixture
def both_public(app: Flask) -> tuple[str, str]:
    """Two public reports on one lamp, of the neighbour."""
    with app.app_context():
        author = person(db.session(), "neighbour")
        first, second = (make_report(db.session(), text, author=author).reference for text in (LAMP, SAME))
        db.session.commit()
    return first, second


def test_the_word_of_a_stranger_keeps_nothing_from_staff(
    browse: Browse, both_public: tuple[str, str]
) -> None:
    first, second = both_public
    for _twice in range(2):
        say_in_public(browse, "resident", both_public)
    assert second not in browse("resident").get(f"/similar/{first}").text
    officer = browse("officer")
    page = officer.get(f"/staff/{first}?lang=en").text
    assert second in page.split('id="similar-title"')[1]
    assert page.count(f"Said that it is not the same as {second}.") == 1
    assert "not the same as" not in browse(None).get(f"/reports/{first}?lang=en").text
    post(officer, f"/staff/{second}/similar/not-same", {"other": first})
    for reference in both_public:
        assert 'id="similar-title"' not in officer.get(f"/staff/{reference}").text


def test_the_word_of_who_sent_one_counts_for_staff(browse: Browse, both_public: tuple[str, str]) -> None:
    say_in_public(browse, "neighbour", both_public)
    assert 'id="similar-title"' not in browse("officer").get(f"/staff/{both_public[0]}").text


def test_only_of_what_they_may_both_read(browse: Browse, app: Flask, two: tuple[str, str]) -> None:
    first, second = two
    assert post(browse("outsider"), f"/staff/{first}/similar/not-same", {"other": second}).status_code == 404
    with app.app_context():
        elsewhere = make_report(db.session(), SAME, category="noise").reference
        db.session.commit()
    officer = browse("officer")
    assert elsewhere not in officer.get(f"/staff/{first}").text
    for other in (elsewhere, "nonsense"):
        assert post(officer, f"/staff/{first}/similar/not-same", {"other": other}).status_code == 404


def test_what_is_closed_has_no_such_list(browse: Browse, app: Flask, two: tuple[str, str]) -> None:
    with app.app_context():
        thread_by_reference(db.session(), two[0]).is_closed = True
        db.session.commit()
    officer = browse("officer")
    for reference in two:
        assert 'id="similar-title"' not in officer.get(f"/staff/{reference}").text
