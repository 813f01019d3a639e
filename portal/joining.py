"""What a room shows or does on pages and in actions of a room below it, joined here and nowhere else."""

from portal.accounts import sessions
from portal.administration import tables as administration_tables
from portal.cases import joint as joint_cases
from portal.cases import queries as case_queries
from portal.cases import tables as case_tables
from portal.cases import telling as case_words
from portal.ideas import about as idea_about
from portal.ideas import (
    aim_sections,
    arguing,
    call_public,
    changing,
    combining_desk,
    lineage_pages,
    proposal_desk,
)
from portal.ideas import version_telling as idea_versions
from portal.intake import cookie
from portal.notifications import tables as message_tables
from portal.notifications import told
from portal.panels import actions as panel_verbs
from portal.panels import call_parts, public_scores, score_access
from portal.panels import decisions as panel_decisions
from portal.panels import queries as panel_queries
from portal.panels import tables as panel_tables
from portal.panels import telling as panel_words
from portal.pilots import call_parts as pilot_parts
from portal.pilots import outcomes
from portal.pilots import section as pilot_section
from portal.pilots import telling as pilot_words
from portal.priority import section as priority_section
from portal.priority import tables as priority_tables
from portal.reports import actions as report_verbs
from portal.reports import closing
from portal.threads import pages, votes
from portal.triage import aims as staff_aims
from portal.triage import overview, pane
from portal.triage import recurring_views as recurring
from portal.triage import tables as staff_tables
from portal.triage import versions as staff_versions
from portal.triage import work as staff_verbs


def join_rooms() -> None:
    """Give each lower room the sections and checks that higher rooms have for it."""
    pane.sections["priority/_section.html"] = priority_section.read_section
    pages.sections["reports/_closing.html"] = closing.read_closing
    pages.sections[idea_versions.TEMPLATE] = idea_versions.tell_versions
    pane.sections[staff_versions.PANE_TEMPLATE] = staff_versions.read_pane_section
    overview.added[staff_versions.HOME_TEMPLATE] = staff_versions.read_home
    pages.sections[idea_about.TEMPLATE] = idea_about.tell_idea
    pages.sections[panel_words.PUBLIC_TEMPLATE] = panel_words.tell_public
    pages.sections[pilot_section.PUBLIC_TEMPLATE] = pilot_section.tell_of_idea
    pages.sections[public_scores.TEMPLATE] = public_scores.tell_public_scores
    pages.sections[lineage_pages.TEMPLATE] = lineage_pages.tell_together
    pages.sections[arguing.TEMPLATE] = arguing.tell_arguments
    pages.sections[aim_sections.OF_IDEA] = aim_sections.tell_aims
    pages.sections[aim_sections.OF_REPORT] = aim_sections.tell_answers
    pages.list_sections[aim_sections.OF_LIST] = aim_sections.tell_list
    pane.sections[combining_desk.PANE_TEMPLATE] = combining_desk.read_pane_section
    pane.sections["notifications/_told.html"] = told.read_told
    overview.added[proposal_desk.WAITING] = proposal_desk.read_waiting
    pane.judged_blind[:] = [score_access.judges_blind]
    overview.added["priority/_waiting.html"] = priority_section.read_waiting
    pages.sections["triage/_public_recurs.html"] = recurring.tell_public
    pane.sections[case_words.PANE_TEMPLATE] = case_words.read_pane_section
    pages.sections[case_words.PUBLIC_TEMPLATE] = case_words.tell_public
    overview.added[outcomes.WAITING_TEMPLATE] = outcomes.read_waiting
    pilot_words.public_sections[outcomes.PUBLIC_TEMPLATE] = outcomes.read_outcomes
    pilot_words.desk_sections[outcomes.DESK_TEMPLATE] = outcomes.read_desk
    overview.added[case_words.HOME_TEMPLATE] = case_words.read_home
    pane.sections[pilot_section.PANE_TEMPLATE] = pilot_section.read_pane
    report_verbs.before_fixed[:] = [joint_cases.need_tasks_done]
    staff_verbs.after_move[:] = [case_queries.dismiss_guests, panel_decisions.log_other]
    staff_verbs.before_decision[:] = [panel_decisions.need_no_panel]
    changing.held_fast[:] = [panel_queries.is_before_panel]
    changing.ended[:] = [panel_decisions.is_held]
    votes.before_vote[:] = [panel_verbs.need_no_seat]
    pane.sections[panel_words.PANE_TEMPLATE] = panel_words.read_pane
    overview.added[panel_words.HOME_TEMPLATE] = panel_words.read_home
    pane.sections[staff_aims.TEMPLATE] = staff_aims.read_aims
    call_public.parts["decisions"] = call_parts.read_decisions
    call_public.parts["panel"] = call_parts.read_scores
    call_public.parts["pilots"] = pilot_parts.read_pilots
    staff_tables.tables |= {
        "votes": priority_tables.VOTES,
        "between": case_tables.BETWEEN,
        "calls": message_tables.CALLS,
        "messages": message_tables.MESSAGES,
        "people": administration_tables.PEOPLE,
        "record": administration_tables.RECORD,
        **panel_tables.TABLES,
    }
    sessions.personal_cookies.add(cookie.COOKIE)
