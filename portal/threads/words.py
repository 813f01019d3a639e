"""The words of a thread: said once, never altered, and made findable."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.text import mask_personal, search_tokens
from portal.threads.additions import Comment, Photo, ThreadWords
from portal.threads.models import Level, Statement, Thread, Visibility

PUBLIC_LEVELS = (Level.REPLY, Level.REASON)
SENDERS_WORDS = (Level.ORIGINAL, Level.MASKED, Level.VERSION)  # of which the public sees one


def say(
    session: Session,
    thread: Thread,
    level: Level,
    text: str,
    *,
    author: Person | None,
    now: datetime,
) -> Statement:
    """Keep these words in the thread and make them findable for those who may see them."""
    statement = Statement(
        thread_id=thread.id,
        level=level,
        author_id=author.id if author else None,
        text=text,
        created_at=now,
    )
    session.add(statement)
    session.flush()
    index_words(session, thread)
    return statement


def keep_original(
    session: Session,
    thread: Thread,
    text: str,
    author: Person,
    now: datetime,
    *,
    part_of: Thread | None = None,
) -> None:
    """Keep what the person sent, and beside it the masked text where they differ.

    The words of a part are those of the whole, and derived from them.
    """
    original = Statement(
        thread_id=thread.id,
        level=Level.ORIGINAL,
        author_id=author.id,
        text=text,
        derived_from_id=_original_id(session, part_of) if part_of else None,
        created_at=now,
    )
    statements = [original]
    masked = mask_personal(text)
    if masked != text:
        statements.append(
            Statement(
                thread_id=thread.id,
                level=Level.MASKED,
                text=masked,
                derived_from=original,
                created_at=now,
            )
        )
    session.add_all(statements)
    _write_index(session, thread, statements, [], None)


def _original_id(session: Session, thread: Thread) -> int | None:
    of_it = select(Statement.id).where(Statement.thread_id == thread.id, Statement.level == Level.ORIGINAL)
    return session.scalar(of_it)


def index_words(session: Session, thread: Thread) -> None:
    """Write the thread's search words anew: of what was said in it, below it and of its photos."""
    statements = session.scalars(
        select(Statement).where(Statement.thread_id == thread.id).order_by(Statement.id)
    ).all()
    row = session.get(ThreadWords, thread.id)
    _write_index(session, thread, statements, _added_texts(session, thread), row)


def _added_texts(session: Session, thread: Thread) -> list[str]:
    """Return what stands in comments, why some are hidden, and what photos are said to show."""
    comments = select(Comment.text, Comment.hidden_reason).where(Comment.thread_id == thread.id)
    texts = [text for row in session.execute(comments.order_by(Comment.id)) for text in row]
    texts += session.scalars(select(Photo.alt).where(Photo.thread_id == thread.id).order_by(Photo.id))
    return texts


def _write_index(
    session: Session,
    thread: Thread,
    statements: Iterable[Statement],
    added: Iterable[str],
    row: ThreadWords | None,
) -> None:
    statements = list(statements)
    everything = [thread.given_title, thread.reference.replace("-", ""), thread.address]
    everything += [s.text for s in statements if s.level != Level.MASKED]
    everything += added
    public_words = search_tokens("\n".join(public_texts(thread, statements)))
    staff_words = search_tokens("\n".join(everything))
    if row is None:
        session.add(ThreadWords(thread_id=thread.id, public_words=public_words, staff_words=staff_words))
    else:
        row.public_words, row.staff_words = public_words, staff_words


def public_texts(thread: Thread, statements: Iterable[Statement]) -> list[str]:
    """Return what anyone may read here: nothing before the first look, if hidden or private."""
    if thread.visibility != Visibility.PUBLIC:
        return []
    shown = [thread.title, shown_original(statements)]
    return shown + [s.text for s in statements if s.level in PUBLIC_LEVELS]


def shown_original(statements: Iterable[Statement]) -> str:
    """Return the sender's words as the public sees them: the newest version, masked where that differs."""
    by_level = {s.level: s.text for s in sorted(statements, key=lambda s: s.id or 0)}
    if Level.VERSION in by_level:
        return mask_personal(by_level[Level.VERSION])
    return by_level.get(Level.MASKED) or by_level.get(Level.ORIGINAL, "")
