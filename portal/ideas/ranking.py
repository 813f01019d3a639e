"""In which order ideas are shown. No database."""

from collections.abc import Collection, Sequence
from math import sqrt
from random import Random

Z_95 = 1.959963984540054  # of the standard normal distribution, for an interval of 95 %


def wilson_lower(supports: int, chose: int, z: float = Z_95) -> float:
    """Return the lower bound of the Wilson score interval for the share of `supports` among who `chose`.

    With p = supports / chose and n = chose it is
    (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), and 0 where nobody chose.
    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22 (1927), 209–212.
    """
    if chose == 0:
        return 0.0
    share, square = supports / chose, z * z
    spread = z * sqrt(share * (1 - share) / chose + square / (4 * chose * chose))
    return max(0.0, (share + square / (2 * chose) - spread) / (1 + square / chose))


def daily_order(numbers: Collection[int], *, seed: str, seen: Collection[int]) -> list[int]:
    """Return the ideas shuffled: the same for the same seed, what was not `seen` first.

    With whoever looks and the day in the seed, every idea has the same chance to stand at the top,
    and nobody's pages change while they read.
    """
    shuffled = sorted(numbers)
    Random(seed).shuffle(shuffled)  # noqa: S311  # fair, not secret
    return sorted(shuffled, key=lambda number: number in seen)


def best_supported(counts: Sequence[tuple[int, int, int]]) -> list[int]:
    """Return the numbers of (number, supports, passes), the surest support first; then the older one."""
    return [
        number
        for number, _supports, _passes in sorted(
            counts, key=lambda row: (-wilson_lower(row[1], row[1] + row[2]), row[0])
        )
    ]
