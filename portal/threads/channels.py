"""The ways a submission can come, in words."""

from portal.core.i18n import lazy_gettext
from portal.threads.models import Channel

# By which staff take something down for somebody else.
TAKEN_DOWN = (Channel.PHONE, Channel.WALK_IN, Channel.PAPER)

CHANNELS = {
    Channel.WEB: lazy_gettext("On this site"),
    Channel.PHONE: lazy_gettext("By telephone"),
    Channel.WALK_IN: lazy_gettext("At the office"),
    Channel.PAPER: lazy_gettext("On paper"),
    Channel.IMPORT: lazy_gettext("From past messages"),
}

RECEIVED = {
    Channel.PHONE: lazy_gettext("Taken down on the telephone for a resident."),
    Channel.WALK_IN: lazy_gettext("Taken down at the office for a resident."),
    Channel.PAPER: lazy_gettext("Copied from a resident’s paper."),
}


def channel_label(channel: Channel) -> str:
    """Return the name of a way in the language of the request."""
    return str(CHANNELS[channel])


def tell_received(channel: Channel) -> str:
    """Return how staff came by a submission that they took down, as a sentence of the timeline."""
    return str(RECEIVED[channel])
