"""Who else may read a thread: a department asked to help or to take it, a level it was handed to."""

from collections.abc import Container, Iterable

from sqlalchemy import ForeignKey, Index, false, select
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
    while_open: Mapped[bool] = mapped_column(default=False, server_default=false())  # not once it is closed

    def reads(self, thread: Thread) -> bool:
        return not (self.while_open and thread.is_closed)


def list_guests(session: Session, thread_id: int) -> list[ThreadGuest]:
    return list(session.scalars(select(ThreadGuest).where(ThreadGuest.thread_id == thread_id)))


def let_in(
    session: Session,
    thread: Thread,
    *,
    departments: Iterable[int] = (),
    lasting: Container[int] = (),
    places: Iterable[int] = (),
) -> None:
    """Let exactly these read the thread besides those whose it is.

    Of the departments only the lasting ones read on once it is closed; a level always does.
    """
    wanted: dict[tuple[int | None, int | None], bool]
    wanted = {(number, None): number not in lasting for number in departments}
    wanted |= {(None, number): False for number in places}
    for guest in list_guests(session, thread.id):
        key = (guest.department_id, guest.place_id)
        if key in wanted:
            guest.while_open = wanted.pop(key)
        else:
            session.delete(guest)
    for (department_id, place_id), while_open in wanted.items():
        session.add(
            ThreadGuest(
                thread_id=thread.id, department_id=department_id, place_id=place_id, while_open=while_open
            )
        )
    session.flush()
