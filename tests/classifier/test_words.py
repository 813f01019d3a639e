"""The words that weighed are whole words, as the person wrote them."""

from classifier.model import Model


def test_words_are_whole_and_lead_with_what_decided(model: Model) -> None:
    words = model.advise("路灯不亮，晚上很黑").words
    assert "灯" in words[0][0]
    assert len(words[0][0]) > 1
    weights = [weight for _, weight in words]
    assert weights == sorted(weights, reverse=True)
    assert all(weight > 0 for weight in weights)


def test_english_words_are_not_cut(model: Model) -> None:
    text = "The pothole on Mill Road"
    assert {word for word, _ in model.advise(text).words} <= set(text.split())


def test_traditional_words_are_shown_as_written(model: Model) -> None:
    assert any("燈" in word for word, _ in model.advise("路燈不亮").words)


def test_nothing_weighs_in_an_empty_text(model: Model) -> None:
    assert model.advise("  !!! ").words == ()


def test_a_word_counts_once_however_it_is_written(model: Model) -> None:
    words = [word.lower() for word, _ in model.advise("Wages unpaid\nOur wages were not paid. WAGES!").words]
    assert words.count("wages") == 1


def test_words_that_tell_nothing_are_not_named(model: Model) -> None:
    words = {
        word
        for text in ("路灯坏了，我们这里的路很黑", "The lamp by the gate is dark")
        for word, _ in model.advise(text).words
    }
    assert words
    assert not words & {"的", "了", "我们", "很", "The", "the", "by", "is"}
