"""The pages of calendars, texts and settings."""

from flask import Flask

from portal.communities.preferences import Preferences
from portal.core.db import db
from portal.routing.promise import promised_precision
from tests.administration.filling import fill, press, records
from tests.factories import NOW, Browse, directory, make_report

GOLDEN_WEEK = "2026-10-01..2026-10-07 off 国庆节 | 國慶節 | National Day\n2026-10-10 work 补班"


def set_(app: Flask) -> Preferences:
    with app.app_context():
        return directory(db.session()).preferences


def address_of(app: Flask, code: str) -> str:
    with app.app_context():
        return f"/staff/admin/places/{directory(db.session()).place_codes[code].id}"


def test_settings_are_kept_with_before_and_after(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    answer = fill(client, "/staff/admin/settings", precision="97.5", comments_on_ideas=None, keep_months="12")
    assert answer.status_code == 303
    assert (set_(app).comments_on_reports, set_(app).comments_on_ideas, set_(app).keep_months) == (
        True,
        False,
        12,
    )
    with app.app_context():
        assert promised_precision(db.session()) == 0.975
        kind, data = records(db.session())[-1]
    assert kind == "preferences.changed"
    assert data["before"] == {"comments_on_ideas": True, "keep_months": 36, "routing_precision": 0.95}
    assert data["after"] == {"comments_on_ideas": False, "keep_months": 12, "routing_precision": 0.975}


def test_saving_what_is_there_is_no_change(app: Flask, browse: Browse) -> None:
    assert fill(browse("administrator"), "/staff/admin/settings").status_code == 303
    with app.app_context():
        assert records(db.session()) == []
        assert directory(db.session()).preferences.routing_precision is None


def test_a_precision_that_nobody_can_promise_is_refused(app: Flask, browse: Browse) -> None:
    for wrong in ("100", "49", "much", "NaN", ""):
        page = fill(browse("administrator"), "/staff/admin/settings", precision=wrong)
        assert page.status_code == 422
        assert "from 50 to 99.9" in page.text


def test_texts_are_shown_in_the_language_of_the_reader(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    answer = fill(
        client,
        "/staff/admin/texts",
        about_en="The committee of <b>Canal District</b>.",
        about_hans="运河区居民委员会。",
        contact_en="Ask Ms Shen, room 3.",
    )
    assert answer.status_code == 303
    visitor = browse()
    assert "The committee of &lt;b&gt;Canal District" in visitor.get("/about?lang=en").text
    assert "运河区居民委员会。" in visitor.get("/about?lang=zh-Hans").text
    assert "Ask Ms Shen, room 3." in visitor.get("/privacy?lang=en").text


def test_a_text_that_is_too_long_is_shown_again(app: Flask, browse: Browse) -> None:
    page = fill(browse("administrator"), "/staff/admin/texts", about_en="long " * 500)
    assert page.status_code == 422
    assert "long long" in page.text


def test_promises_keep_to_the_calendar_of_the_nearest_place_above(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    saved = fill(client, f"{address_of(app, 'yunhe')}/calendar", days=GOLDEN_WEEK)
    assert saved.status_code == 303
    own = fill(client, f"{address_of(app, 'qiao')}/calendar", weekdays="5", days="")
    assert own.status_code == 303
    with app.app_context():
        session = db.session()
        lane, bridge = (directory(session).place_codes[code].id for code in ("liu-1", "qiao-1"))
        friday = NOW.replace(month=10, day=9)
        days = directory(session).category_codes["roads-paving"].answer_days
        assert days == 3
        plain = make_report(session, now=friday, place_id=lane)
        saturdays = make_report(session, now=friday, place_id=bridge)
        # Saturday the 10th is made up for, then Monday and Tuesday.
        assert plain.due_at == friday.replace(day=13)
        assert saturdays.due_at == friday.replace(day=24, hour=9, minute=30)  # the end of the third Saturday


def test_hours_of_work_are_set_and_said_when_they_can_not_be(app: Flask, browse: Browse) -> None:
    client, address = browse("administrator"), f"{address_of(app, 'yunhe')}/calendar"
    wrong = fill(client, address, days="", opens="9 o'clock", closes="12:00")
    assert wrong.status_code == 422
    assert "As in 08:30" in wrong.text
    assert "9 o&#39;clock" in wrong.text
    assert fill(client, address, days="", opens="09:00", closes="09:30").status_code == 422
    assert fill(client, address, days="", opens="09:00", closes="24:00").status_code == 303
    with app.app_context():
        session = db.session()
        calendar = directory(session).calendar_for(directory(session).place_codes["liu-1"].id)
        assert calendar
        assert (calendar.opens, calendar.closes) == (540, 1440)
    assert "Work ends" in client.get("/staff/admin/audit").text


def test_days_that_can_not_be_read_are_named_and_kept(app: Flask, browse: Browse) -> None:
    page = fill(
        browse("administrator"), f"{address_of(app, 'yunhe')}/calendar", days="someday off\n2026-10-01 off"
    )
    assert page.status_code == 422
    assert "be read: someday off" in page.text
    assert "2026-10-01 off" in page.text


def test_a_week_needs_a_working_day(app: Flask, browse: Browse) -> None:
    page = fill(browse("administrator"), f"{address_of(app, 'yunhe')}/calendar", weekdays=None)
    assert page.status_code == 422
    assert "at least one working day" in page.text


def test_a_day_that_no_week_has_is_refused_in_words(app: Flask, browse: Browse) -> None:
    page = fill(browse("administrator"), f"{address_of(app, 'yunhe')}/calendar", weekdays=["7"])
    assert page.status_code == 422
    assert "&#39;7&#39; is not a valid choice" in page.text


def test_a_year_without_holidays_is_told(app: Flask, browse: Browse) -> None:
    client, address = browse("administrator"), f"{address_of(app, 'yunhe')}/calendar"
    assert "every day counts, weekends too" in client.get(f"{address}?lang=en").text
    fill(client, address, days="2020-10-01 off")
    assert "No holidays are entered for" in client.get(f"{address}?lang=en").text


def test_a_calendar_is_removed_once(app: Flask, browse: Browse) -> None:
    client, address = browse("administrator"), address_of(app, "liu")
    fill(client, f"{address}/calendar", days=GOLDEN_WEEK)
    assert "Its own calendar" in client.get(f"{address}?lang=en").text
    for _time in range(2):
        press(client, f"{address}/edit", f"{address}/calendar/remove")
    assert "every day counts" in client.get(f"{address}?lang=en").text
    with app.app_context():
        kinds = [kind for kind, _data in records(db.session())]
        assert kinds == ["calendar.added", "calendar.removed"]
    page = client.get("/staff/admin/audit?lang=en&kind=calendar.removed").text
    assert "Place: Willow Street before" in page
