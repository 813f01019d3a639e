import pytest

from portal.notifications.rules import MAILED, RECEIPT, is_told, mask_address, takes_mail
from tests.factories import NOW

SENDER, MERGED, OFFICER = 1, 2, 3


@pytest.mark.parametrize("kind", sorted(MAILED))
def test_the_sender_hears_what_staff_do(kind: str) -> None:
    assert is_told(kind, actor_id=OFFICER, sender_ids=(SENDER, None))


@pytest.mark.parametrize("kind", sorted(MAILED - {RECEIPT}))
def test_nobody_is_told_what_they_did_themselves(kind: str) -> None:
    assert not is_told(kind, actor_id=SENDER, sender_ids=(SENDER, None))
    assert not is_told(kind, actor_id=MERGED, sender_ids=(SENDER, MERGED))


def test_the_receipt_goes_to_whoever_sent_it() -> None:
    assert is_told(RECEIPT, actor_id=SENDER, sender_ids=(SENDER, None))


@pytest.mark.parametrize(
    "kind", ["thread.routed", "thread.noted", "thread.taken", "thread.words_added", "thread.withdrawn"]
)
def test_some_things_make_no_mail(kind: str) -> None:
    assert not is_told(kind, actor_id=None, sender_ids=(SENDER, None))


def test_no_mail_without_an_address_or_after_a_stop() -> None:
    assert takes_mail("a@example.org", None, None)
    assert not takes_mail(None, None)
    assert not takes_mail("a@example.org", None, NOW)


def test_staff_see_a_masked_address() -> None:
    assert mask_address("zhang.wei@example.org") == "z•••@example.org"
