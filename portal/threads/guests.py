"""Who else may read a thread: a department asked to help or to take it, a level it was handed to."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, Numbered
from portal.threads.models import Thread


class ThreadGuest(Numbered, Base):
    """A department, or the coordinators of a place, let in to read a thread that isn't theirs."""

    __tablename__ = "thread_guests"
    __table_args__ = (Index(None, "thread_id"), Index(None, "department_id"), Index(None, "place_id"))

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))


def list_guests(session: Session, thread_id: int) -> list[ThreadGuest]:
    return list(session.scalars(select(ThreadGuest).where(ThreadGuest.thread_id == thread_id)))


def let_in(
    session: Session, thread: Thread, *, departments: Iterable[int] = (), places: Iterable[int] = ()
) -> None:
    """Let exactly these read the thread besides those whose it is."""
    wanted = {(number, None) for number in departments} | {(None, number) for number in places}
    for guest in list_guests(session, thread.id):
        key = (guest.department_id, guest.place_id)
        if key in wanted:
            wanted.remove(key)
        else:
            session.delete(guest)
    for department_id, place_id in wanted:
        session.add(ThreadGuest(thread_id=thread.id, department_id=department_id, place_id=place_id))
    session.flush()
