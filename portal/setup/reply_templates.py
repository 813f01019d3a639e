"""The reply templates that a new neighbourhood begins with."""

import tomllib
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.models import Place
from portal.triage.models import ReplyTemplate

FILE = Path(__file__).parent / "reply_templates.toml"


def put_first_templates(session: Session) -> None:
    """Add the texts that ship, once, for the whole: where there is one already, staff look after them."""
    root = session.scalar(select(Place).where(Place.parent_id.is_(None)).order_by(Place.id).limit(1))
    if root is None or session.scalar(select(ReplyTemplate.id).limit(1)) is not None:
        return
    for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["template"]:
        session.add(
            ReplyTemplate(place_id=root.id, verb=entry["verb"], names=entry["names"], texts=entry["texts"])
        )
    session.flush()
