"""The pages of places: the tree, adding, changing, order, retiring."""

from flask import Flask
from sqlalchemy import select

from portal.accounts.models import RoleName
from portal.communities.models import Place, PlaceKind
from portal.core.db import db
from tests.administration.filling import fields_of, fill, press, records
from tests.factories import Browse, add_person, add_role, count_queries, directory, make_report


def number_of(app: Flask, code: str) -> int:
    with app.app_context():
        return directory(db.session()).place_codes[code].id


def add_administrator_of(app: Flask, code: str) -> None:
    """Add somebody called "local" who is an administrator of this place only."""
    with app.app_context():
        session = db.session()
        place = session.scalars(select(Place).where(Place.code == code)).one()
        add_role(session, add_person(session, "local"), RoleName.ADMINISTRATOR, place, None)
        session.commit()


def test_the_tree_shows_each_place_and_counts_named_ones(browse: Browse) -> None:
    page = browse("administrator").get("/staff/admin/places?lang=en").text
    assert "Willow First Lane" in page
    assert "1 named place" in page
    assert "South Gate" not in page


def test_a_place_is_added_and_can_be_chosen(app: Flask, browse: Browse) -> None:
    client, number = browse("administrator"), number_of(app, "liu-1")
    answer = fill(
        client,
        f"/staff/admin/places/{number}/add",
        kind="spot",
        code="liu-1-pond",
        name_en="The Pond",
        latitude="30.2",
        longitude="120.1",
    )
    assert answer.status_code == 303, answer.text
    with app.app_context():
        place = directory(db.session()).place_codes["liu-1-pond"]
        assert (place.kind, place.latitude, place.parent_id) == (PlaceKind.SPOT, 30.2, number)
        kind, data = records(db.session())[-1]
        assert (kind, data["before"]) == ("place.added", {})
    assert "The Pond" in client.get(f"/staff/admin/places/{number}?lang=en").text


def test_a_place_is_changed_and_what_was_typed_is_kept_where_it_can_not_be(
    app: Flask, browse: Browse
) -> None:
    client, address = browse("administrator"), f"/staff/admin/places/{number_of(app, 'liu')}/edit"
    lines = "110 | 报警 | 報警 | Police\n120 | 急救"
    wrong = fill(client, address, name_en="Willows", emergency="ring them", latitude="95", longitude="1")
    assert wrong.status_code == 422
    assert "ring them" in wrong.text
    assert "There is a problem" in wrong.text
    assert 'value="Willows"' in wrong.text
    right = fill(client, address, name_en="Willows", welcome_en="Hello", emergency=lines)
    assert right.status_code == 303
    with app.app_context():
        place = directory(db.session()).place_codes["liu"]
        assert (place.names["en"], place.welcome) == ("Willows", {"en": "Hello"})
        assert [line["number"] for line in place.emergency] == ["110", "120"]
        assert place.emergency[0]["names"]["en"] == "Police"
        assert set(records(db.session())[-1][1]["after"]) == {"names", "welcome", "emergency"}
    assert lines in fields_of(client.get(address).text)["emergency"].replace("\r", "")


def test_two_administrators_do_not_overwrite_each_other(app: Flask, browse: Browse) -> None:
    client, address = browse("administrator"), f"/staff/admin/places/{number_of(app, 'liu')}/edit?lang=en"
    seen = fields_of(client.get(address).text)
    assert client.post(address, data=seen | {"name_en": "First"}).status_code == 303
    late = client.post(address, data=seen | {"name_en": "Second"})
    assert late.status_code == 409
    assert "Somebody else has changed this" in late.text
    assert 'value="Second"' in late.text
    assert "<dd" in late.text
    assert "First" in late.text
    assert client.post(address, data=fields_of(late.text)).status_code == 303
    with app.app_context():
        assert directory(db.session()).place_codes["liu"].names["en"] == "Second"
        assert len(records(db.session())) == 2


def test_a_place_needs_a_name_and_a_free_short_name(app: Flask, browse: Browse) -> None:
    client, address = browse("administrator"), f"/staff/admin/places/{number_of(app, 'liu')}/add"
    nameless = fill(client, address, kind="community", code="new")
    assert nameless.status_code == 422
    assert "at least one language" in nameless.text
    assert fill(client, address, kind="community", code="New One", name_en="N").status_code == 422
    assert fill(client, address, kind="district", code="new", name_en="N").status_code == 422
    taken = fill(client, address, kind="community", code="qiao-1", name_en="N")
    assert taken.status_code == 422
    assert "short name already" in taken.text
    assert 'value="qiao-1"' in taken.text


def test_the_order_is_changed_by_one_and_once(app: Flask, browse: Browse) -> None:
    client, street, second = browse("administrator"), number_of(app, "liu"), number_of(app, "liu-2")
    page, button = f"/staff/admin/places/{street}", f"/staff/admin/places/{second}/earlier"
    html = client.get(page).text
    assert press(client, page, button).status_code == 200
    with app.app_context():
        assert [p.code for p in directory(db.session()).children(street)] == ["liu-2", "liu-1"]
    old = {"csrf_token": fields_of(html)["csrf_token"], "order": fields_of(html)["order"]}
    again = client.post(f"{button}?lang=en", data=old, follow_redirects=True)
    assert "The order has changed meanwhile" in again.text
    with app.app_context():
        assert [p.code for p in directory(db.session()).children(street)] == ["liu-2", "liu-1"]


def test_a_retired_place_goes_with_all_below_it_and_comes_back_with_it(app: Flask, browse: Browse) -> None:
    client, street, root = browse("administrator"), number_of(app, "liu"), number_of(app, "yunhe")
    with app.app_context():
        report = make_report(db.session())
        db.session.commit()
        reference = report.reference
    assert (
        "Retired"
        in press(client, f"/staff/admin/places/{street}", f"/staff/admin/places/{street}/retire").text
    )
    where = client.get("/report/where?lang=en", follow_redirects=True).text
    start = client.get("/?lang=en").text
    filters = client.get("/reports?lang=en").text
    for page in (where, start, filters):
        assert "Willow First Lane" not in page.split('<ul class="cards')[0]
    assert client.get("/?place=liu-1").status_code == 200
    assert "Willow First Lane" in client.get(f"/reports/{reference}?lang=en").text
    community = number_of(app, "liu-1")
    refused = press(client, f"/staff/admin/places/{street}", f"/staff/admin/places/{community}/bring-back")
    assert "Bring that back first" in refused.text
    press(client, f"/staff/admin/places/{root}", f"/staff/admin/places/{street}/bring-back")
    with app.app_context():
        assert not directory(db.session()).place_codes["liu-1-gate"].is_retired
        assert [kind for kind, _data in records(db.session())] == ["place.changed"] * 2


def test_the_whole_can_not_be_retired(app: Flask, browse: Browse) -> None:
    root = number_of(app, "yunhe")
    page = press(
        browse("administrator"), f"/staff/admin/places/{root}/edit", f"/staff/admin/places/{root}/retire"
    )
    assert "can&#39;t be retired" in page.text


def test_an_administrator_of_a_street_stays_in_it(app: Flask, browse: Browse) -> None:
    add_administrator_of(app, "liu")
    client, own, other = browse("local"), number_of(app, "liu-1"), number_of(app, "qiao-1")
    tree = client.get("/staff/admin/places?lang=en").text
    assert "Willow First Lane" in tree
    assert "Stonebridge" not in tree
    assert fill(client, f"/staff/admin/places/{own}/edit", name_en="Ours").status_code == 303
    for address in (
        f"places/{other}",
        f"places/{other}/edit",
        f"places/{other}/add",
        f"places/{other}/calendar",
    ):
        assert client.get(f"/staff/admin/{address}").status_code == 404
    for address in ("departments", "categories", "texts", "settings", "departments/add"):
        assert client.get(f"/staff/admin/{address}").status_code == 403
    home = client.get("/staff/admin?lang=en").text
    assert "/staff/admin/routes" in home
    assert "/staff/admin/settings" not in home
    street = number_of(app, "liu")
    assert (
        press(client, f"/staff/admin/places/{own}/edit", f"/staff/admin/places/{street}/retire").status_code
        == 404
    )


def test_a_place_page_costs_the_same_queries_whatever_stands_below(app: Flask, browse: Browse) -> None:
    client, number = browse("administrator"), number_of(app, "liu-1")
    client.get(f"/staff/admin/places/{number}")
    with count_queries(app) as few:
        client.get(f"/staff/admin/places/{number}")
    with app.app_context():
        session = db.session()
        for i in range(30):
            fields = {"path": "", "names": {"en": f"Spot {i}"}, "kind": PlaceKind.SPOT, "parent_id": number}
            place = Place(code=f"spot-{i}", **fields)
            session.add(place)
            session.flush()
            place.path = f"{session.get_one(Place, number).path}{place.id}/"
        session.commit()
    app.extensions["linli_directory"].copy = None
    client.get("/healthz")
    client.get(f"/staff/admin/places/{number}")
    with count_queries(app) as many:
        assert "Spot 29" in client.get(f"/staff/admin/places/{number}").text
    assert len(few) == len(many)
