"""How common each word is here: counted every night, kept as one small copy in memory."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.communities.directory import Directory, raise_version
from portal.core.db import Base
from portal.core.outbox import handles
from portal.core.worker import nightly
from portal.threads.likeness import GRAIN, RAREST, Weights, is_latin, read_features, weight
from portal.threads.models import Level, Statement

COUNT_WORDS = "threads.count_words"
MOST_COUNTED = 5_000  # the newest submissions; more tell nothing new


class WordShare(Base):
    """In which share of the submissions a common word stands."""

    __tablename__ = "word_shares"

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    share: Mapped[float]


def count_words(session: Session) -> None:
    """Count in how many of the newest submissions each word stands, and keep the common ones."""
    newest = (
        select(Statement.text)
        .where(Statement.level == Level.ORIGINAL)
        .order_by(Statement.id.desc())
        .limit(MOST_COUNTED)
    )
    texts = session.scalars(newest).all()
    counts = Counter(token for text in texts for token in read_features(text).tokens)
    least = max(2, len(texts) * RAREST)
    rows = [{"word": w, "share": c / len(texts)} for w, c in counts.items() if c >= least]
    session.execute(delete(WordShare))
    if rows:
        session.execute(insert(WordShare), rows)
    raise_version(session)  # so that every process reads them anew


@handles(COUNT_WORDS)
def on_count_words(session: Session, _payload: dict[str, Any], _now: datetime) -> None:
    """Count the words anew."""
    count_words(session)


nightly.append(COUNT_WORDS)

_kept: WeakKeyDictionary[Directory, Weights] = WeakKeyDictionary()


def get_weights(session: Session, directory: Directory) -> Weights:
    """Return what the common words weigh; read once for each copy of the directory."""
    weights = _kept.get(directory)
    if weights is None:
        rows = session.execute(select(WordShare.word, WordShare.share))
        weights = _kept[directory] = make_weights({row.word: row.share for row in rows})
    return weights


def make_weights(shares: Mapping[str, float]) -> Weights:
    """Return the weights of words and grains; the words with one grain stand in at most their sum."""
    of_grains: dict[str, float] = defaultdict(float)
    for word, share in shares.items():
        if is_latin(word) or len(word) == 1:
            of_grains[word[:GRAIN]] += share
    return Weights(_weigh(shares), _weigh(of_grains))


def _weigh(shares: Mapping[str, float]) -> dict[str, float]:
    return {word: weight(min(share, 1)) for word, share in shares.items()}
