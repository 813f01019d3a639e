"""What a neighbourhood still lacks before everything that is sent reaches somebody."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import OF_DEPARTMENT, Role, RoleName
from portal.communities.directory import Directory


def find_gaps(session: Session, directory: Directory) -> Iterator[str]:
    """Return a line for each place that nobody sorts for and for departments without officers."""
    roles = session.scalars(select(Role)).all()
    sorted_for = {role.place_id for role in roles if role.name == RoleName.COORDINATOR}
    for place in directory.children(None):
        if place.id not in sorted_for:
            yield f"Nobody sorts what is sent to the whole of {place.name}: it needs a coordinator."
    staffed = {role.department_id for role in roles if role.name in OF_DEPARTMENT}
    idle = [department.code for department in directory.departments.values() if department.id not in staffed]
    if idle:
        yield f"Departments without an officer, whose queues nobody but coordinators sees: {', '.join(idle)}."
