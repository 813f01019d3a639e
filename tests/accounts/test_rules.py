import pytest

from portal.accounts.rules import is_easy_to_guess, local_path, read_code, write_code


@pytest.mark.parametrize(
    "password",
    ["1234567890", "aaaaaaaaaa", "1212121212", "Password123", "willow@example.org", "willowwillow"],
)
def test_the_first_passwords_tried_are_refused(password: str) -> None:
    assert is_easy_to_guess(password, "willow@example.org")


@pytest.mark.parametrize("password", ["herbs by the gate", "柳荫街道的第三盏路灯亮了", "k3!vR9zz-q"])
def test_length_is_the_main_rule(password: str) -> None:
    assert not is_easy_to_guess(password, "willow@example.org")


def test_a_code_is_read_however_it_is_typed() -> None:
    code = write_code("K7M39QXD2HPA")
    assert code == "K7M3-9QXD-2HPA"
    for typed in (code, "k7m3 9qxd 2hpa", " K7M39QXD2HPA ", "Ｋ７Ｍ３－９ＱＸＤ－２ＨＰＡ"):
        assert read_code(typed) == "K7M39QXD2HPA"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/a\\b", "/a\nb", "javascript:1", "", None],
)
def test_after_signing_in_nobody_is_sent_to_another_site(wanted: str | None) -> None:
    assert local_path(wanted) == ""


def test_a_path_of_this_site_is_kept_with_its_query() -> None:
    assert local_path("/staff/desk?before=3") == "/staff/desk?before=3"
