"""Writing without a network: a page kept in the browser, and the script that keeps it there."""

import hashlib

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.guards import public
from portal.core.i18n import LANGUAGES
from portal.core.web import asset

blueprint = Blueprint("offline", __name__)

KEPT = (
    "vendor/govuk-frontend-6.6.0.css",
    "css/tokens.css",
    "css/base.css",
    "css/forms.css",
    "css/pieces.css",
    "css/print.css",
    "css/intake.css",
    "js/offline.js",
    "js/register.js",
    "img/favicon.svg",
)


@blueprint.get("/offline")
@public
def page() -> ResponseReturnValue:
    """Show the form that keeps a draft on the device. It is the same for everybody."""
    return render_template("intake/offline.html")


@blueprint.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """Send the service worker, with the addresses of what it keeps; a new list makes a new worker."""
    pages = {code: url_for(".page", lang=code) for code in LANGUAGES}
    assets = [asset(path) for path in KEPT]
    version = hashlib.sha256("\n".join(assets).encode()).hexdigest()[:10]
    script = render_template("intake/sw.js", version=version, pages=pages, assets=assets)
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/linli.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Send what a phone needs to put Linli among its apps."""
    script = render_template("intake/linli.webmanifest")
    return Response(script, mimetype="application/manifest+json")
