from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.core import clock
from portal.core.dates import age, day, moment
from portal.core.i18n import use_language

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=12, minutes=1), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=30), "30 days ago"),
        (timedelta(days=31), "30 January 2026"),
        (timedelta(days=-3), "5 March 2026"),
    ],
)
def test_an_age_is_told_in_words(app: Flask, passed: timedelta, text: str) -> None:
    with app.app_context(), clock.frozen(NOON):
        use_language("en")
        assert age(NOON - passed) == text


def test_just_after_midnight_a_moment_ago_is_not_yesterday(app: Flask) -> None:
    midnight = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    with app.app_context(), clock.frozen(midnight + timedelta(minutes=10)):
        use_language("en")
        assert age(midnight - timedelta(minutes=10)) == "20 minutes ago"


def test_days_are_those_of_the_neighbourhood(app: Flask) -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    with app.app_context():
        use_language("en")
        assert (day(late), moment(late)) == ("2 March 2026", "2 March 2026, 00:30")
        use_language("zh-Hant")
        assert day(late) == "2026年3月2日"
