import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.i18n import (
    COOKIE,
    current_language,
    gettext,
    in_language,
    localized,
    match_language,
    ngettext,
    use_language,
)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-MO", "zh-Hant"),
        ("en-US", "en"),
        ("EN", "en"),
        ("fr", None),
        ("zhx", None),
    ],
)
def test_a_browsers_language_finds_ours(tag: str, code: str | None) -> None:
    assert match_language(tag) == code


def language_of(client: FlaskClient, path: str, accept: str = "") -> str:
    html = client.get(path, headers={"Accept-Language": accept}).text
    return html.split('<html lang="')[1].split('"')[0]


def test_the_address_counts_before_the_cookie_and_the_cookie_before_the_browser(client: FlaskClient) -> None:
    assert language_of(client, "/reports", "fr, zh-TW;q=0.8, en;q=0.5") == "zh-Hant"
    assert language_of(client, "/reports", "fr") == "zh-Hans"
    assert language_of(client, "/reports?lang=en", "zh-TW") == "en"
    assert language_of(client, "/reports", "zh-TW") == "en"
    assert language_of(client, "/reports?lang=klingon", "zh-TW") == "en"
    client.set_cookie(COOKIE, "klingon")
    assert language_of(client, "/reports", "zh-TW") == "zh-Hant"


def test_names_fall_back_to_the_default_language(app: Flask) -> None:
    with app.app_context():
        use_language("en")
        assert localized({"zh-Hans": "柳荫", "en": "Willow"}) == "Willow"
        assert localized({"zh-Hans": "柳荫"}) == "柳荫"
        assert localized({"zh-Hant": "柳蔭"}) == "柳蔭"
        assert localized({}) == ""


def test_a_language_is_used_for_a_while_and_then_the_one_before(app: Flask) -> None:
    with app.app_context():
        use_language("en")
        assert gettext("With %(what)s", what="words") == "With words"
        with in_language("zh-Hant"):
            assert current_language() == "zh-Hant"
        assert current_language() == "en"
        assert ngettext("%(num)s lamp", "%(num)s lamps", 1) == "1 lamp"
        assert (
            ngettext("%(num)s lamp in %(where)s", "%(num)s lamps in %(where)s", 3, where="A")
            == "3 lamps in A"
        )


def test_a_percent_sign_without_values_is_left_alone(app: Flask) -> None:
    with app.app_context():
        use_language("en")
        assert gettext("100% of it") == "100% of it"
