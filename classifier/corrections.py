"""What people said the classifier should have said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Correction:
    """What a person said of one message: its category, or the categories `among` which it is; its kind."""

    text: str
    category: str = ""
    among: frozenset[str] = frozenset()
    kind: str = ""

    @property
    def allowed(self) -> frozenset[str]:
        """The categories that this person would call right."""
        return frozenset({self.category}) if self.category else self.among
