"""What the numbers from 1 to 5 mean that a risk is made of."""

from portal.core.i18n import lazy_gettext

SEVERITIES = (
    lazy_gettext("a nuisance"),
    lazy_gettext("some damage"),
    lazy_gettext("people are hindered every day"),
    lazy_gettext("people may be hurt"),
    lazy_gettext("lives are at risk"),
)
LIKELIHOODS = (
    lazy_gettext("hardly"),
    lazy_gettext("now and then"),
    lazy_gettext("possible"),
    lazy_gettext("likely soon"),
    lazy_gettext("it is happening"),
)
EXPOSURES = (
    lazy_gettext("nobody, or one person"),
    lazy_gettext("a household"),
    lazy_gettext("a staircase, or those who pass by"),
    lazy_gettext("a building, or children, old or sick people"),
    lazy_gettext("a whole neighbourhood"),
)
