"""The desk that staff live in: lists beside what is open, keys, the next one at once."""

import pytest
from playwright.sync_api import Page

from classifier.rows import read_corpus
from portal.core.db import db
from tests.browser.clearing import clear_desk, put_on_desk
from tests.browser.conftest import Site, become
from tests.browser.everything import cookies_of
from tests.factories import Browse, thread_by_reference
from tests.threads.publishing import writing

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)  # pages don't know the engine
FORTY = [row.text for row in read_corpus() if len(row.text) >= 30][::97][:40]


def sit_down(site: Site, name: str, language: str = "en", **wishes: object) -> Page:
    """Open a browser in which this person has signed in."""
    page = site.open(language, **wishes)
    become(page, site, cookies_of(Browse(site.app)(name)))
    return page


def test_forty_mixed_submissions_are_cleared_by_keys_alone(site: Site) -> None:
    advisor = site.app.extensions["linli_advisor"]
    with writing(site.app) as session:
        references = [t.reference for t in put_on_desk(session, FORTY, advisor.advise_many(FORTY))]
    page = sit_down(site, "coordinator", "zh-Hans")
    sitting = clear_desk(page, site.address + "/staff/desk", len(FORTY))
    assert len(references) == 40
    assert len(sitting.waits) >= 40
    with site.app.app_context():
        left = [r for r in references if thread_by_reference(db.session(), r).needs_sorting]
    assert not left
