"""The links at the top of the pages lead somewhere for whoever sees them."""

import re

import pytest

from tests.factories import Browse


@pytest.mark.parametrize("name", ["officer", "coordinator", "panellist", "administrator"])
def test_every_link_of_staff_opens(browse: Browse, name: str) -> None:
    client = browse(name)
    bar = client.get("/staff?lang=en").text.partition('class="staff-bar"')[2].partition("</nav>")[0]
    links = re.findall(r'href="([^"#][^"]*)"', bar)
    assert "/staff" in links
    assert [link for link in links if client.get(link).status_code != 200] == []
