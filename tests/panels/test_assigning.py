"""Who is proposed for a review."""

from portal.panels.assigning import USUAL_SEATS, Candidate, count_free, in_order, propose


def candidate(number: int, open_reviews: int, *, knows: bool = False) -> Candidate:
    return Candidate(number, f"name {number}", open_reviews, knows)


def test_who_has_the_fewest_reviews_comes_first() -> None:
    found = in_order([candidate(1, 3), candidate(2, 0), candidate(3, 1)])
    assert [c.id for c in found] == [2, 3, 1]


def test_who_knows_the_matter_comes_before_the_same_load_but_is_not_worn_out() -> None:
    free, expert, tired = candidate(1, 0), candidate(2, 1, knows=True), candidate(3, 9, knows=True)
    assert [c.id for c in in_order([free, tired, expert])] == [2, 1, 3]


def test_the_order_given_changes_nothing() -> None:
    people = [candidate(n, n % 3, knows=n % 2 == 0) for n in range(12)]
    assert in_order(people) == in_order(reversed(people))


def test_fewer_are_proposed_where_there_are_not_enough() -> None:
    assert propose([candidate(1, 0)], 5) == [candidate(1, 0)]
    assert propose([candidate(1, 0)], -1) == []


def test_work_is_spread_evenly() -> None:
    """Asked again and again, nobody has two reviews more than another."""
    load = dict.fromkeys(range(7), 0)
    for _idea in range(20):
        for chosen in propose([candidate(n, waiting) for n, waiting in load.items()], 3):
            load[chosen.id] += 1
        assert max(load.values()) - min(load.values()) <= 1


def test_as_many_seats_are_free_as_were_asked_first_and_are_empty() -> None:
    assert count_free(3, 2) == 1
    assert count_free(3, 4) == 0
    assert count_free(0, 0) == USUAL_SEATS
