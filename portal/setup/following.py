"""Who follows what in the demo: some neighbours a report or an idea, some all that is new near them."""

from collections.abc import Sequence
from datetime import datetime

from portal.notifications.subscriptions import Wish, subscribe
from portal.setup.cast import Cast
from portal.threads.additions import Frequency
from portal.threads.followers import follow_thread, is_sender
from portal.threads.models import Kind, Thread

FOLLOWED = 3  # threads of each resident
WISHES = (
    (Wish(kind=Kind.REPORT), Frequency.DAILY),
    (Wish(kind=Kind.IDEA), Frequency.AT_ONCE),
    (Wish(query="路灯"), Frequency.AT_ONCE),
)


def let_follow(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let each resident follow some of what others sent, and the first ones what is new."""
    listed = [thread for thread in threads if thread.is_listed]
    for number, person in enumerate(cast.residents):
        others = [thread for thread in listed[number::2] if not is_sender(thread, person)]
        for thread in others[-FOLLOWED:]:
            follow_thread(cast.session, thread, person, now=now)
    for person, (wish, frequency) in zip(cast.residents, WISHES, strict=False):
        subscribe(cast.session, person, wish, frequency, directory=cast.directory, now=now)
