"""What happens to pilots by the calendar."""

from portal.pilots import effects, gates, practices

__all__ = ["effects", "gates", "practices"]
