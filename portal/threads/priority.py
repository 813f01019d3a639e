"""How much a report presses: one number from 0 to 100, and what it is made of. No database.

Risk is severity × likelihood × exposure, as in the method of Kinney and Wiruth (Practical Risk
Analysis for Safety Management, 1976), in China known as LEC (作业条件危险性评价法). The cube root
keeps the order that the product gives, and spreads it evenly.
"""

from dataclasses import dataclass

LEAST, MOST = 1, 5  # of severity, likelihood and exposure
USUAL = 3  # where nobody has said otherwise
LIKELY, CERTAIN = 4, 5  # what the words of a message make of likelihood
PEOPLE_AT_RISK = 4  # exposure where the words name children, the old, the sick
FEWEST_VOICES = 2  # usual at a place where hardly anybody votes yet
LONGEST_WAIT = 2.0  # promised times; whoever waited that long can't press more
MOST_RECURRENCES = 3


@dataclass(frozen=True)
class Weights:
    """How many points of 100 each part can give, in proportion; `unverified` is a percentage of a voice."""

    risk: int = 50
    affected: int = 20
    age: int = 20
    recurrence: int = 10
    unverified: int = 50


@dataclass(frozen=True)
class Facts:
    """What a priority is worked out from."""

    severity: int
    likelihood: int
    exposure: int
    verified: int
    unverified: int
    usual_voices: int  # that a report at this place has
    waited: float  # since it was sent, in promised times
    recurrences: int  # earlier reports of the same at the same place


@dataclass(frozen=True)
class Part:
    name: str  # risk, affected, age, recurrence
    points: int
    most: int


@dataclass(frozen=True)
class Score:
    total: int
    parts: tuple[Part, ...]


def work_out(facts: Facts, weights: Weights) -> Score:
    """Return the priority; its parts add up to the total, and their most to 100."""
    shares = {
        "risk": risk(facts),
        "affected": affected(facts, weights),
        "age": min(max(facts.waited, 0.0), LONGEST_WAIT) / LONGEST_WAIT,
        "recurrence": min(facts.recurrences, MOST_RECURRENCES) / MOST_RECURRENCES,
    }
    whole = sum(getattr(weights, name) for name in shares)
    parts, reached, possible = [], 0.0, 0.0
    for name, share in shares.items():
        most = 100 * getattr(weights, name) / whole
        # Rounding the running sums, not the parts, lets the parts add up.
        points = round(reached + share * most) - round(reached)
        parts.append(Part(name, points, round(possible + most) - round(possible)))
        reached, possible = reached + share * most, possible + most
    return Score(round(reached), tuple(parts))


def risk(facts: Facts) -> float:
    """Return the risk from 0 to 1."""
    mean: float = (facts.severity * facts.likelihood * facts.exposure) ** (1 / 3)
    return (mean - LEAST) / (MOST - LEAST)


def affected(facts: Facts, weights: Weights) -> float:
    """Return how many are affected, from 0 to 1: half where it is as many as is usual at this place.

    v / (v + usual) rises with each voice and never reaches 1, so a small community, where few voices
    are usual, isn't drowned by a large one.
    """
    voices = facts.verified + facts.unverified * weights.unverified / 100
    return voices / (voices + max(facts.usual_voices, FEWEST_VOICES))
