"""Several people doing something at the same moment."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread

from werkzeug.test import TestResponse


def run_at_once(deeds: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Do each in a thread of its own, all beginning together; return the answers in their order."""
    barrier, answers = Barrier(len(deeds)), {}

    def run(number: int) -> None:
        barrier.wait(timeout=30)
        answers[number] = deeds[number]()

    threads = [Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[number] for number in range(len(deeds))]
