"""Features: the same text gives the same numbers in any company, and every span is where it says."""

import numpy as np

from classifier.features import FeatureSettings, count, read

SETTINGS = FeatureSettings(bits=14)
TEXTS = ["路灯坏了", "the bus is late", "", "停水\n家里停水三天了", "!!!"]


def test_a_text_counts_the_same_alone_and_in_a_batch() -> None:
    together = count(TEXTS, SETTINGS).toarray()
    alone = np.vstack([count([text], SETTINGS).toarray() for text in TEXTS])
    assert np.allclose(together, alone)


def test_nothing_to_count_is_an_empty_row() -> None:
    assert count(["", "!!!"], SETTINGS).nnz == 0


def test_spans_lie_in_their_own_text() -> None:
    batch = read(TEXTS, SETTINGS)
    joined = "\x00".join(TEXTS) + "\x00"
    spans = [joined[start:end] for start, end in zip(batch.starts, batch.ends, strict=True)]
    assert "路灯" in spans
    assert "the bus" in spans
    assert not any("\x00" in span for span in spans)


def test_a_title_weighs_more() -> None:
    plain = count(["停水 家里"], SETTINGS)
    titled = count(["停水\n家里"], SETTINGS)
    assert titled.sum() > plain.sum()


def test_numbers_count_as_numbers() -> None:
    assert (count(["bus 12"], SETTINGS) != count(["bus 97"], SETTINGS)).nnz == 0
    assert (count(["bus 12"], SETTINGS) != count(["bus no"], SETTINGS)).nnz > 0


def test_half_a_surrogate_does_no_harm() -> None:
    assert count(["路灯\ud800坏了"], SETTINGS).nnz > 0
