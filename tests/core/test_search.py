"""Word search as the databases do it: what core.text promises holds on both engines."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.search import search_threads
from portal.core.text import query_phrases, search_tokens
from portal.threads.additions import ThreadWords
from portal.threads.models import Thread
from portal.threads.words import index_words
from tests.factories import make_report

HAN = "路灯坏了三号楼电动车充电消防通道堵塞噪音学校门口下水道𠮷㐂"
TRADITIONAL = str.maketrans("灯坏号楼电动车门学", "燈壞號樓電動車門學")
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def found(session: Session, query: str) -> list[int]:
    statement = select(Thread.id).join(ThreadWords, ThreadWords.thread_id == Thread.id)
    return list(
        session.scalars(
            search_threads(
                statement,
                thread_id=Thread.__table__.c.id,
                words=ThreadWords.__table__.c.public_words,
                phrases=query_phrases(query),
                dialect=session.get_bind().dialect.name,
            )
        )
    )


@given(text=st.text(HAN + "，a1 ", min_size=1, max_size=30), data=st.data())
@FEW
def test_any_part_of_a_text_is_found_in_either_script(
    session: Session, text: str, data: st.DataObject
) -> None:
    thread = session.scalars(select(Thread)).first() or make_report(session)
    row = session.get_one(ThreadWords, thread.id)
    row.public_words = search_tokens(text)
    session.flush()
    start = data.draw(st.integers(0, len(text) - 1))
    part = " ".join(re.findall(f"[{HAN}]+", text[start : data.draw(st.integers(start + 1, len(text)))]))
    if part:
        assert found(session, part) == [thread.id]
        assert found(session, part.translate(TRADITIONAL)) == [thread.id]


def test_searching_follows_what_the_public_may_read(session: Session) -> None:
    report = make_report(session, "路灯坏了")
    assert found(session, "路燈") == [report.id]
    report.visibility = "hidden"
    index_words(session, report)
    session.flush()
    assert found(session, "路灯") == []


def test_signs_of_the_search_languages_are_only_signs(session: Session) -> None:
    report = make_report(session, 'NEAR the "gate" it\'s dark AND wet')
    for query in ('"gate', "it's", "near and wet", "gate\\", "gate:*", "NOT gate", "gate' | 'x"):
        assert found(session, query) == (
            [report.id] if "x" not in query and "not" not in query.lower() else []
        )


def test_words_must_all_be_there(session: Session) -> None:
    report = make_report(session, "南门的路灯 by block 4")
    assert found(session, "路灯 block 南门") == [report.id]
    assert found(session, "路灯 block 5") == []
