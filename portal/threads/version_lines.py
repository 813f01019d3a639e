"""What happened to the wording of an idea, in sentences."""

from typing import Any

from portal.core.i18n import gettext as _


def tell_change(data: dict[str, Any]) -> str:
    """Return that there is a new version, and what that means for who supports the idea."""
    if data["of_substance"]:
        return _(
            "Version %(version)s: the sender has changed what the idea proposes. "
            "Who supported it before is asked anew.",
            version=data["version"],
        )
    return _("Version %(version)s: the sender has worded the idea anew.", version=data["version"])


def tell_substance(data: dict[str, Any]) -> str:
    """Return that staff hold a version for more than another wording."""
    return _(
        "Version %(version)s counts as a change of what is proposed. Who supported it before is asked anew.",
        version=data["version"],
    )
