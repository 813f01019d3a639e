"""What is asked of each table for the file of a person's data: their own rows, and nothing of others."""

from typing import Any

from sqlalchemy import Integer, Select, String, case, cast, func, literal, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Contact, SignIn
from portal.communities.models import Category, Place
from portal.ideas.aims import Aim
from portal.ideas.calls import Call
from portal.ideas.combinations import Combination, CombinationPart, SupportAnswer
from portal.ideas.models import IdeaPass
from portal.insight.models import Strain, WeekLoad
from portal.notifications.models import Delivery, DueWarning
from portal.panels.models import Expertise, Review, Seat
from portal.panels.scores import Mark, Remark, Yardstick
from portal.pilots.effects import Effect, EffectState
from portal.pilots.gates import Evaluator, Gate, Opinion
from portal.pilots.models import Pilot
from portal.priority.models import CommitteeVoice, CommitteeVote
from portal.privacy.export_rows import rows_of
from portal.reports.models import Verdict
from portal.threads.additions import Comment, CommentFlag, Follower, Helpful, NotSame
from portal.threads.models import Level, Statement, Thread, Vote
from portal.triage.models import SavedFilter

Queries = dict[str, Select[Any]]  # by what they are called in the file


def all_queries(own: Select[int]) -> Queries:
    """Return the queries by what they are called in the file; `own` finds all records of the person."""
    parts = (_account, _words, _choices, _combining, _panels, _pilots, _work)
    return {name: query for part in parts for name, query in part(own).items()}


def _account(own: Select[int]) -> Queries:
    return {
        "contacts": rows_of(
            Contact.person_id,
            own,
            Contact.channel,
            Contact.address,
            Contact.consent_at.label("agreed"),
            Contact.noted_by_id.is_not(None).label("noted_by_staff"),
            Contact.confirmed_at.label("confirmed"),
            Contact.stopped_at.label("stopped"),
            through=(),
        ),
        "signed_in": rows_of(
            SignIn.person_id,
            own,
            SignIn.browser,
            SignIn.began_at.label("since"),
            SignIn.seen_at.label("last_here"),
            through=(),
        ),
        "messages": rows_of(
            Delivery.person_id,
            own,
            Delivery.about,
            Delivery.channel,
            Delivery.sent_at.label("sent"),
            Delivery.read_at.label("read"),
            through=(),
        ),
        "following": rows_of(Follower.person_id, own, Follower.frequency, Follower.at),
    }


def _words(own: Select[int]) -> Queries:
    """What they said on submissions of others; of a comment taken back no words are left."""
    return {
        "joined": rows_of(Statement.author_id, own, Statement.text, Statement.created_at.label("at")).where(
            Statement.level == Level.JOINED
        ),
        "comments": rows_of(
            Comment.person_id,
            own,
            Comment.text,
            Comment.created_at.label("at"),
            Comment.name_shown,
            func.nullif(Comment.hidden_reason, "").label("hidden_because"),
            Comment.side.label("as_argument"),
        ).where(Comment.taken_back_at.is_(None)),
        "reported_comments": rows_of(
            CommentFlag.person_id, own, CommentFlag.why, CommentFlag.at, through=(Comment, Thread)
        ),
    }


def _choices(own: Select[int]) -> Queries:
    one, other = aliased(Thread), aliased(Thread)
    pairs = select(one.reference.label("one"), other.reference.label("other"), NotSame.at)
    aims = rows_of(
        Aim.decided_by_id,
        own,
        Category.code.label("category"),
        Place.code.label("place"),
        Aim.holds.label("would_prevent"),
        Aim.decided_at.label("at"),
    )
    return {
        "votes": rows_of(Vote.person_id, own, Vote.at),
        "passed_by": rows_of(IdeaPass.person_id, own, IdeaPass.at),
        "found_helpful": rows_of(
            Helpful.person_id,
            own,
            Helpful.comment_id.label("argument"),
            Helpful.at,
            through=(Comment, Thread),
        ),
        "said_whether_fixed": rows_of(
            Verdict.person_id, own, Verdict.round.label("time"), Verdict.answer, Verdict.at
        ),
        "said_of_ideas": aims.join(Category, Category.id == Aim.category_id).join(
            Place, Place.id == Aim.place_id
        ),
        "not_the_same": pairs.join(one, one.id == NotSame.first_id)
        .join(other, other.id == NotSame.second_id)
        .where(NotSame.person_id.in_(own))
        .order_by(NotSame.id),
    }


def _combining(own: Select[int]) -> Queries:
    """Which ideas they proposed to combine, what they answered as authors, where their support went."""
    made, part, said = Combination, CombinationPart, SupportAnswer
    return {
        "combinations_proposed": rows_of(
            made.proposed_by_id,
            own,
            made.why,
            made.joint_title.label("title"),
            made.joint_text.label("text"),
            made.proposed_at.label("at"),
            made.outcome,
            through=(),
        ),
        "combinations_answered": rows_of(part.answered_by_id, own, part.agrees, part.answered_at.label("at")),
        "support_of_combined": rows_of(said.person_id, own, said.carries.label("carried_over"), said.at),
    }


def _panels(own: Select[int]) -> Queries:
    criterion = Yardstick.names.label("criterion")
    scores = rows_of(
        Seat.person_id,
        own,
        criterion,
        Mark.value.label("score"),
        Mark.abstains.label("abstained"),
        Mark.reason,
        Mark.is_revised.label("given_after_the_reveal"),
        Seat.done_at.label("handed_in"),
        Mark.at,
        through=(Mark, Review, Thread),
    )
    return {
        "panel_seats": rows_of(
            Seat.person_id,
            own,
            Seat.state.label("seat"),
            Seat.interest,
            Seat.assigned_at.label("asked"),
            Seat.declared_at.label("declared"),
            Seat.reminded_at.label("reminded"),
            Seat.done_at.label("handed_in"),
            through=(Review, Thread),
        ),
        "scores_given": scores.join(Yardstick, Yardstick.id == Mark.yardstick_id).order_by(Mark.id),
        "said_to_the_panel": rows_of(
            Remark.person_id, own, criterion, Remark.text, Remark.at, through=(Yardstick, Review, Thread)
        ),
        "knows_about": rows_of(
            Expertise.person_id, own, Category.code.label("category"), through=(Category,)
        ),
    }


def _pilots(own: Select[int]) -> Queries:
    code = Pilot.code.label("pilot")
    photo = literal("photos/effect-").concat(cast(Effect.id, String)).concat(".jpg")
    return {
        "effects_of_pilots": rows_of(
            Effect.person_id,
            own,
            code,
            Effect.is_wanted.label("wanted"),
            Effect.severity,
            Effect.text,
            Effect.touched.label("touches"),
            Effect.evidence,
            case((Effect.photo_key.is_not(None), photo)).label("photo"),
            (Effect.state == EffectState.SHOWN).label("seen_by_others"),
            func.nullif(Effect.hidden_reason, "").label("hidden_because"),
            Effect.at,
            through=(Pilot,),
        ),
        "pilots_judged": rows_of(
            Evaluator.person_id,
            own,
            code,
            Evaluator.body.label("for"),
            Evaluator.asked_at.label("asked"),
            Evaluator.declared_at.label("declared"),
            Evaluator.interest,
            through=(Pilot,),
        ),
        "opinions_of_pilots": rows_of(
            Opinion.person_id, own, code, Opinion.advice, Opinion.text, Opinion.at, through=(Gate, Pilot)
        ),
    }


def _work(own: Select[int]) -> Queries:
    """What is kept of somebody who works here."""
    numbers = ("open", "late", "incoming", "done", "deeds", "outside")
    sums = [cast(func.sum(getattr(WeekLoad, name)), Integer).label(name) for name in numbers]
    weeks = select(WeekLoad.week, *sums).where(WeekLoad.person_id.in_(own)).group_by(WeekLoad.week)
    return {
        "committee_votes": rows_of(
            CommitteeVoice.person_id,
            own,
            CommitteeVoice.choice.label("vote"),
            Statement.text.label("reason"),
            CommitteeVoice.at,
            through=(CommitteeVote, Thread),
        ).outerjoin(Statement, Statement.id == CommitteeVoice.reason_id),
        "calls_prepared": rows_of(Call.created_by_id, own, Call.code.label("call"), through=()),
        "saved_filters": rows_of(
            SavedFilter.person_id,
            own,
            SavedFilter.name,
            SavedFilter.list_code.label("list"),
            SavedFilter.query,
            SavedFilter.is_shared.label("shared"),
            through=(),
        ),
        "weeks_of_work": weeks.order_by(WeekLoad.week),
        "too_much_work": rows_of(Strain.person_id, own, Strain.week, Strain.kind.label("what"), through=()),
        "warned_of": rows_of(DueWarning.person_id, own, DueWarning.level, DueWarning.at),
    }
