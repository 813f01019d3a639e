import pytest

from portal.intake.rules import (
    fill,
    fingerprint,
    first_missing,
    step_after,
    step_before,
    with_step,
)

WORDS = {"text": "A lamp is dark.", "title": ""}
WHERE = {"place": "liu-1", "spot": "", "address": ""}
WHO = {"how": "email", "email": "a@example.org", "name_shown": False, "private": True}


def test_the_first_step_is_missing_at_first() -> None:
    assert first_missing({}, "check", signed_in=False) == "words"
    assert first_missing({}, "words", signed_in=False) is None


def test_a_step_in_error_is_kept_but_still_to_be_answered() -> None:
    answers = with_step({}, "words", {"text": "😀", "title": ""}, valid=False)
    assert answers["words"]["text"] == "😀"
    assert first_missing(answers, "where", signed_in=False) == "words"


def test_a_step_answered_and_then_given_in_error_is_open_again() -> None:
    answers = with_step(with_step({}, "words", WORDS, valid=True), "words", {"text": ""}, valid=False)
    assert first_missing(answers, "check", signed_in=False) == "words"


def test_whoever_signed_out_chooses_again_how_to_send() -> None:
    answers = with_step({}, "words", WORDS, valid=True)
    answers = with_step(answers, "where", WHERE, valid=True)
    answers = with_step(answers, "who", {**WHO, "how": "account"}, valid=True)
    assert first_missing(answers, "check", signed_in=True) is None
    assert first_missing(answers, "check", signed_in=False) == "who"


def test_all_answers_make_one() -> None:
    filled = fill({"words": WORDS, "where": WHERE, "who": WHO, "done": ["words", "where", "who"]})
    assert (filled.text, filled.place, filled.email, filled.private) == (
        "A lamp is dark.",
        "liu-1",
        "a@example.org",
        True,
    )


def test_the_fingerprint_changes_with_any_answer_and_not_with_their_order() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


@pytest.mark.parametrize(
    ("before", "after"), [("words", "photos"), ("photos", "where"), ("where", "known"), ("who", "check")]
)
def test_steps_follow_each_other(before: str, after: str) -> None:
    assert step_after(before) == after
    assert step_before(after) == before


def test_back_passes_by_what_may_have_nothing_to_show() -> None:
    assert step_before("who") == step_before("known") == "where"


def test_nothing_comes_before_the_words() -> None:
    assert step_before("words") is None
