"""What staff find by words: everything that was said, whoever may read it."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.outbox import Job, enqueue, run_next
from portal.core.text import search_tokens
from portal.threads import comments, jobs
from portal.threads.actions import add_words, answer, ask, hide_words, note, reply
from portal.threads.additions import Comment, Photo, PhotoState, ThreadWords
from portal.threads.events import Actor, resident
from portal.threads.models import Level, Thread
from portal.threads.photo_work import take_back_photo
from portal.threads.words import index_words, say
from tests.factories import NOW, directory, make_report, person

WORD = "quagga"


def staff(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def comment(session: Session, thread: Thread, text: str, by: Person | None = None) -> Comment:
    by = by or person(session, "neighbour")
    return comments.add_comment(
        session, thread, by, text, name_shown=False, directory=directory(session), now=NOW
    )


def answered(session: Session, thread: Thread) -> None:
    ask(session, thread, "Which lamp?", by=staff(session), now=NOW)
    answer(session, thread, WORD, by=resident(thread.author), now=NOW)


def hidden(session: Session, thread: Thread) -> None:
    said = comment(session, thread, "An advert")
    comments.hide_comment(session, thread, said, f"It sells a {WORD}.", by=staff(session), now=NOW)


def photographed(session: Session, thread: Thread) -> Photo:
    photo = Photo(
        thread_id=thread.id,
        key="1" * 32,
        source="x",
        alt=f"A {WORD} below the lamp",
        width=1,
        height=1,
        state=PhotoState.SHOWN,
        created_at=NOW,
    )
    session.add(photo)
    index_words(session, thread)
    return photo


SAID: dict[str, Callable[[Session, Thread], object]] = {
    "note": lambda s, t: note(s, t, WORD, by=staff(s), now=NOW),
    "question": lambda s, t: ask(s, t, f"A {WORD}?", by=staff(s), now=NOW),
    "answer": answered,
    "added words": lambda s, t: add_words(s, t, f"And a {WORD}.", by=resident(t.author), now=NOW),
    "reply": lambda s, t: reply(s, t, f"The {WORD} is gone.", by=staff(s), now=NOW),
    "reason for hiding": lambda s, t: hide_words(s, t, f"It names a {WORD}.", by=staff(s), now=NOW),
    "joined": lambda s, t: say(s, t, Level.JOINED, f"My {WORD} too.", author=None, now=NOW),
    "comment": lambda s, t: comment(s, t, f"I saw a {WORD}."),
    "hidden comment": hidden,
    "photo": photographed,
}


def words(session: Session, thread: Thread) -> ThreadWords:
    session.flush()
    session.expire_all()
    return session.get_one(ThreadWords, thread.id)


@pytest.mark.parametrize("kind", SAID)
def test_staff_find_every_kind_of_words(session: Session, kind: str) -> None:
    thread = make_report(session)
    assert WORD not in words(session, thread).staff_words[0]
    SAID[kind](session, thread)
    assert any(WORD in token for token in words(session, thread).staff_words)


def test_staff_find_address_title_and_number(session: Session) -> None:
    thread = make_report(session, address=f"{WORD} lane 3", title="A zebra there")
    found = " ".join(words(session, thread).staff_words)
    assert WORD in found
    assert "zebra" in found
    assert thread.reference.replace("-", "") in found


def test_the_public_finds_no_comment_and_no_note(session: Session) -> None:
    thread = make_report(session)
    for kind in ("note", "comment", "photo"):
        SAID[kind](session, thread)
    assert WORD not in " ".join(words(session, thread).public_words)


def test_words_taken_back_are_found_no_more(session: Session) -> None:
    thread, author = make_report(session), person(session, "neighbour")
    said = comment(session, thread, f"I saw a {WORD}.")
    comments.take_back_comment(session, thread, said, by=resident(author), now=NOW)
    photo = photographed(session, thread)
    take_back_photo(session, thread, photo, by=resident(thread.author), now=NOW)
    assert WORD not in " ".join(words(session, thread).staff_words)


def test_the_index_of_an_earlier_release_is_written_anew(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    threads = [make_report(session, f"Lamp {n}") for n in range(5)]
    for thread in threads:
        comment(session, thread, f"I saw a {WORD}.")
        session.get_one(ThreadWords, thread.id).staff_words = search_tokens("lamp")
    session.execute(delete(Job))
    enqueue(session, jobs.INDEX_TOPIC, {"after": 0}, now=NOW)
    session.commit()
    while run_next(session, NOW):
        pass
    assert session.scalars(select(Job).where(Job.done_at.is_(None))).all() == []
    assert all(WORD in " ".join(words(session, thread).staff_words) for thread in threads)
