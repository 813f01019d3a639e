"""The pages of departments, categories and routes."""

from flask import Flask

from portal.communities.directory import Directory, raise_version
from portal.communities.models import Department
from portal.core.db import db
from portal.routing.rules import choose_route
from portal.threads.models import Kind
from tests.administration.filling import fields_of, fill, press, records
from tests.factories import NOW, Browse, advice_saying, count_queries, directory


def here(app: Flask) -> Directory:
    with app.app_context():
        return directory(db.session())


def test_a_department_is_added_renamed_and_gets_a_category(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    added = fill(client, "/staff/admin/departments/add", code="canal", name_en="Canal Office")
    assert added.status_code == 303
    number = here(app).department_codes["canal"].id
    assert fill(client, f"/staff/admin/departments/{number}/edit", name_hans="运河处").status_code == 303
    category = here(app).category_codes["drainage"]
    address = f"/staff/admin/categories/{category.id}/edit"
    assert fill(client, address, department=str(number), answer_days="9", keep_months="").status_code == 303
    changed = here(app).categories[category.id]
    assert (changed.department_id, changed.answer_days) == (number, 9)
    with app.app_context():
        assert records(db.session())[-1][1]["after"] == {"department_id": number, "answer_days": 9}


def test_a_department_that_categories_go_to_can_not_be_retired(app: Flask, browse: Browse) -> None:
    client, number = browse("administrator"), here(app).department_codes["construction"].id
    page = press(client, "/staff/admin/departments", f"/staff/admin/departments/{number}/retire")
    assert "still go to it" in page.text
    assert not here(app).departments[number].is_retired


def test_a_department_without_categories_is_retired_and_no_longer_offered(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    fill(client, "/staff/admin/departments/add", code="canal", name_en="Canal Office")
    number = here(app).department_codes["canal"].id
    press(client, "/staff/admin/departments", f"/staff/admin/departments/{number}/retire")
    assert here(app).departments[number].is_retired
    assert "Canal Office" not in client.get("/staff/admin/routes/add?lang=en").text
    assert "Canal Office" not in browse("coordinator").get("/staff/queue?lang=en").text
    press(client, "/staff/admin/departments", f"/staff/admin/departments/{number}/bring-back")
    assert "Canal Office" in client.get("/staff/admin/routes/add?lang=en").text


def test_nothing_is_routed_to_a_retired_category(app: Flask, browse: Browse) -> None:
    client, category = browse("administrator"), here(app).category_codes["drainage"]
    press(client, "/staff/admin/categories", f"/staff/admin/categories/{category.id}/retire")
    place = here(app).place_codes["liu-1"]
    route = choose_route(advice_saying("drainage"), Kind.REPORT, place.id, here(app))
    assert route.to_desk
    assert route.category is None
    assert category.names["en"] in client.get("/staff/admin/categories?lang=en").text
    assert category.names["en"] not in client.get("/reports?lang=en").text


def test_nothing_is_routed_to_a_retired_department(app: Flask, browse: Browse) -> None:
    """A setup file can leave a category with one; then people sort it."""
    with app.app_context():
        session = db.session()
        number = here(app).department_codes["construction"].id
        session.get_one(Department, number).retired_at = NOW
        raise_version(session)
        route = choose_route(
            advice_saying("drainage"),
            Kind.REPORT,
            directory(session).place_codes["liu-1"].id,
            directory(session),
        )
    assert route.to_desk
    assert route.department_id is None


def test_a_new_category_is_refused_without_a_group_of_those_there_are(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    wrong = fill(client, "/staff/admin/categories/add", code="boats", name_en="Boats", answer_days="0")
    assert wrong.status_code == 422
    assert 'value="Boats"' in wrong.text
    assert "from 1 to 365" in wrong.text
    group, number = next((c.group, c.department_id) for c in here(app).categories.values())
    right = fill(
        client,
        "/staff/admin/categories/add",
        code="boats",
        name_en="Boats",
        group=group,
        department=str(number),
    )
    assert right.status_code == 303
    assert here(app).category_codes["boats"].group_names
    assert "Boats" in client.get("/reports?lang=en").text


def test_nothing_is_promised_to_be_fixed_before_it_is_answered(app: Flask, browse: Browse) -> None:
    client, number = browse("administrator"), here(app).category_codes["noise"].id
    address = f"/staff/admin/categories/{number}/edit"
    wrong = fill(client, address, urgent_answer_hours="9", urgent_fix_hours="8")
    assert wrong.status_code == 422
    assert "be fixed before it is answered" in wrong.text
    assert fill(client, address, urgent_answer_hours="2", emergency_fix_hours="99").status_code == 303
    noise = here(app).category_codes["noise"]
    assert (noise.urgent_answer_hours, noise.emergency_fix_hours) == (2, 99)


def test_categories_are_put_in_order_within_their_group(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    groups = list(dict.fromkeys(c.group for c in here(app).categories.values()))
    second = [c.id for c in here(app).categories.values() if c.group == groups[0]][1]
    press(client, "/staff/admin/categories", f"/staff/admin/categories/{second}/earlier")
    assert next(c.id for c in here(app).categories.values()) == second
    assert list(dict.fromkeys(c.group for c in here(app).categories.values())) == groups


def test_an_exception_sends_a_category_elsewhere_until_it_is_removed(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    category, place = here(app).category_codes["drainage"], here(app).place_codes["liu"]
    health = here(app).department_codes["health"]
    typed = {"category": str(category.id), "place": str(place.id), "department": str(health.id)}
    for _time in range(2):
        assert fill(client, "/staff/admin/routes/add", **typed).status_code == 303
    lane, bridge = here(app).place_codes["liu-1"], here(app).place_codes["qiao-1"]
    assert here(app).department_for(category.id, lane.id) == health
    assert here(app).department_for(category.id, bridge.id) != health
    other = here(app).department_codes["construction"].id
    again = fill(client, "/staff/admin/routes/add", **typed | {"department": str(other)})
    assert again.status_code == 422
    page = client.get("/staff/admin/routes?lang=en").text
    assert "Willow Street: " in page
    action = page.split('/remove"')[0].rsplit('"', 1)[1] + "/remove"
    for _time in range(2):
        assert client.post(action, data={"csrf_token": fields_of(page)["csrf_token"]}).status_code == 303
    assert here(app).department_for(category.id, lane.id) != health
    with app.app_context():
        assert [kind for kind, _data in records(db.session())] == ["route.added", "route.removed"]


def test_the_lists_cost_the_same_queries_whatever_the_rows(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    pages = ("/staff/admin/departments", "/staff/admin/categories", "/staff/admin/routes")

    def cost() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with count_queries(app) as statements:
                client.get(page)
            found.append(len(statements))
        return found

    before = cost()
    department, place = here(app).department_codes["health"].id, here(app).place_codes["liu"].id
    for category in list(here(app).categories)[:5]:
        typed = {"category": str(category), "place": str(place), "department": str(department)}
        fill(client, "/staff/admin/routes/add", **typed)
    fill(client, "/staff/admin/departments/add", code="canal", name_en="Canal Office")
    assert cost() == before
