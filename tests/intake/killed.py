"""A server that is killed (-9) in the middle: `python -m tests.intake.killed MOMENT`, once for each moment.

first-file   between the two files of a photo
files        when both are written, and no row yet
row          when the row is written and committed, and the answer not sent
sending      in the middle of sending, before the commit
sent         when it is sent, and the answer not
taking-back  in the middle of taking the photo back, before the commit
taken-back   when it is taken back, and the answer not sent
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any

from portal import create_app
from portal.core.storage import DiskStore
from portal.intake import actions, track_photos
from portal.intake.visit import Visit
from tests.factories import form_fields
from tests.intake.walking import Walk
from tests.pictures import jpeg, post_files


def die(*_arguments: Any, **_named: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(function: Callable[..., Any], times: int = 1) -> Callable[..., None]:
    """Return the function, after whose so many-th call there is nothing more."""
    calls = 0

    def last(*arguments: Any, **named: Any) -> None:
        nonlocal calls
        function(*arguments, **named)
        calls += 1
        if calls == times:
            die()

    return last


def add_photo(walk: Walk) -> None:
    post_files(walk.client, walk.at("photos"), form_fields(walk.open("photos")), (("a.jpg", jpeg()),))


def take_back(walk: Walk, moment: str) -> None:
    add_photo(walk)
    walk.send()
    (address,) = set(re.findall(r"/track/[\w-]+", walk.sent_page()))
    page = walk.client.get(f"{address}/photos").text
    (key,) = re.findall(r'name="remove" value="(\w+)"', page)
    if moment == "taking-back":
        track_photos.take_photo_back = then_die(track_photos.take_photo_back)  # type: ignore[assignment]
    else:
        track_photos.redirect = die  # type: ignore[assignment]
    post_files(walk.client, f"{address}/photos", form_fields(page) | {"remove": key}, ())


def main(moment: str) -> None:
    walk = Walk(create_app().test_client())
    walk.words()
    if moment in ("taking-back", "taken-back"):
        take_back(walk, moment)
    elif moment in ("sending", "sent"):
        add_photo(walk)
        if moment == "sending":
            actions.take_over_photos = then_die(actions.take_over_photos)  # type: ignore[assignment]
        else:
            Visit.go_to_sent = die  # type: ignore[method-assign, assignment]
        walk.send()
    elif moment == "row":
        Visit.go = die  # type: ignore[method-assign, assignment]
    else:
        times = 1 if moment == "first-file" else 2
        DiskStore.put = then_die(DiskStore.put, times)  # type: ignore[method-assign, assignment]
    add_photo(walk)


if __name__ == "__main__":
    main(sys.argv[1])
