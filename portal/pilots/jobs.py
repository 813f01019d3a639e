"""What is done for pilots each night."""

from portal.pilots.models import Pilot

__all__ = ["Pilot"]
