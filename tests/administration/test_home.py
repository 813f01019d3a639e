"""The page that leads to what administrators set up."""

from tests.factories import Browse


def test_an_administrator_finds_it_from_any_page(browse: Browse) -> None:
    page = browse("administrator").get("/?lang=en")
    assert 'href="/staff/admin"' in page.text
    assert 'href="/staff/admin"' not in browse("coordinator").get("/?lang=en").text


def test_each_card_leads_to_a_page(browse: Browse) -> None:
    client = browse("administrator")
    page = client.get("/staff/admin?lang=en").text
    links = [part.split('"')[0] for part in page.split('<a class="card setting" href="')[1:]]
    assert links
    assert all(client.get(link).status_code == 200 for link in links)
