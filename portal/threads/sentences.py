"""What happened as fixed sentences, by the kind of the event. Translated when they are shown."""

from portal.core.i18n import lazy_gettext

SENTENCES = {
    "thread.submitted": lazy_gettext("Received."),
    "thread.asked": lazy_gettext("Asked the sender a question."),
    "thread.answered": lazy_gettext("Answered the question."),
    "thread.words_added": lazy_gettext("Added to what was sent."),
    "thread.joined": lazy_gettext("Another affected person added something."),
    "thread.replied": lazy_gettext("Replied."),
    "thread.danger_seen": lazy_gettext("Marked as a danger."),
    "thread.danger_over": lazy_gettext("Marked as no danger."),
    "thread.noted": lazy_gettext("Internal note."),
    "thread.told_by_telephone": lazy_gettext("Told the sender by telephone."),
    "thread.not_reached": lazy_gettext("Rang the sender and did not reach them."),
    "thread.telephone_noted": lazy_gettext("Noted the sender’s telephone number, as they agreed."),
    "thread.calls_stopped": lazy_gettext("The sender wants no more calls."),
    "thread.words_shown": lazy_gettext("Showed the words to the public."),
    "thread.words_hidden": lazy_gettext("Hid the submission from the public."),
    "thread.photos_added": lazy_gettext("Added photos."),
    "thread.photos_shown": lazy_gettext("Showed photos to the public."),
    "thread.photo_hidden": lazy_gettext("Hid a photo from the public."),
    "thread.photo_taken_back": lazy_gettext("Took back a photo."),
    "thread.photo_blacked_out": lazy_gettext("Blacked out parts of a photo."),
    "thread.slip_printed": lazy_gettext("Printed the sender’s private link."),
    "thread.withdrawn": lazy_gettext("Withdrawn by the sender."),
    "thread.returned": lazy_gettext("Sent back to the sorting desk."),
    "committee.opened": lazy_gettext("Asked the committee to vote."),
    "thread.taken_back": lazy_gettext("Taken back: the step before was a mistake."),
    "thread.taken": lazy_gettext("Taken on by a person."),
    "thread.given": lazy_gettext("Given to a colleague."),
    "thread.left_to_department": lazy_gettext("Left to the department."),
    "thread.not_same": lazy_gettext("Said that it is not the same as %(others)s."),
    "thread.merged": lazy_gettext(
        "Joined with %(other)s, which is about the same matter and goes on for both."
    ),
    "thread.unmerged": lazy_gettext("It is not the same as %(other)s after all, and goes on by itself."),
    "thread.took_in": lazy_gettext("%(other)s was joined with this one."),
    "thread.gave_back": lazy_gettext("%(other)s goes on by itself again."),
    "thread.split_off": lazy_gettext("Split off from %(other)s, which said several things."),
    "thread.split": lazy_gettext("Split: it said several things. What goes on by itself: %(others)s."),
    "thread.split_undone": lazy_gettext("Put together again with %(others)s."),
    "thread.recurs": lazy_gettext("Has come up before: %(others)s."),
    "thread.recurs_not": lazy_gettext("Said that it has nothing to do with %(others)s."),
    "thread.made_impersonal": lazy_gettext(
        "Removed what tied it to a person: the time for keeping it is over."
    ),
    "case.called": lazy_gettext("Called for a joint case with %(departments)s."),
    "case.declined": lazy_gettext("Decided against a joint case."),
    "case.agreed": lazy_gettext(
        "Several departments work on it: %(department)s leads, with %(departments)s."
    ),
    "case.met": lazy_gettext("Minutes of a joint meeting: %(departments)s."),
    "case.decided": lazy_gettext("Decided together."),
    "case.carried_out": lazy_gettext("What was decided together is done."),
    "case.filed": lazy_gettext("Added a file for staff."),
    "task.given": lazy_gettext("%(department)s has a task."),
    "task.accepted": lazy_gettext("%(department)s took on its task."),
    "task.done": lazy_gettext("%(department)s has done its part."),
    "task.refused": lazy_gettext("%(department)s can’t do its part."),
    "thread.offer_refused": lazy_gettext("%(department)s says that it isn’t theirs either."),
    "thread.offer_expired": lazy_gettext(
        "%(department)s didn’t say in time whether it is theirs. The coordinator decides."
    ),
    "thread.referral_answered": lazy_gettext("%(place)s answered."),
    "comment.added": lazy_gettext("Commented."),
    "comment.waits": lazy_gettext("Commented; staff look at it first."),
    "comment.hidden": lazy_gettext("Hid a comment."),
    "comment.shown_again": lazy_gettext("Showed a hidden comment again."),
    "comment.taken_back": lazy_gettext("Took back their comment."),
    "report.started": lazy_gettext("Work has begun."),
    "report.outside": lazy_gettext("Waits for an outside body."),
    "report.resumed": lazy_gettext("The wait is over, and work goes on."),
    "report.fixed": lazy_gettext("Fixed, says the department."),
    "report.confirmed": lazy_gettext("The sender confirms that it is fixed."),
    "report.settled": lazy_gettext("Confirmed by silence: nobody who was asked said otherwise."),
    "report.judged": lazy_gettext("An affected person said whether it is fixed."),
    "report.reminded": lazy_gettext("Asked once more whether it is fixed."),
    "report.stands": lazy_gettext("It stays closed as fixed, though somebody doubted it."),
    "report.reopened": lazy_gettext("Opened again."),
    "report.not_ours": lazy_gettext("Closed: not ours."),
    "report.no_action": lazy_gettext("Closed: no action."),
    "idea.opened": lazy_gettext("Open for support."),
    "idea.no_action": lazy_gettext("Closed: no action."),
    "idea.combination_proposed": lazy_gettext(
        "Proposed to combine it with %(others)s. The authors are asked."
    ),
    "idea.combination_agreed": lazy_gettext("The author of %(other)s agrees to combine them."),
    "idea.combination_refused": lazy_gettext("Not combined: the author of %(other)s does not want it."),
    "idea.combination_withdrawn": lazy_gettext("Not combined: the proposal was withdrawn."),
    "idea.combination_overtaken": lazy_gettext("Not combined: %(other)s has moved on meanwhile."),
    "idea.combined": lazy_gettext(
        "Combined into %(other)s, as the authors agreed. Its supporters are asked whether they go along."
    ),
    "idea.took_in": lazy_gettext("%(others)s was combined with this one, as the authors agreed."),
    "idea.written_together": lazy_gettext("Written together from %(others)s, as the authors agreed."),
    "idea.aimed": lazy_gettext("Said what it would prevent: %(category)s, %(place)s."),
    "idea.aim_dropped": lazy_gettext("Said that it would not prevent this: %(category)s, %(place)s."),
    "idea.version_waits": lazy_gettext("Changed the idea; staff look at the new words first."),
    "idea.version_refused": lazy_gettext("Did not show the new version of the idea."),
    "idea.came_back": lazy_gettext("Was put off until today, and is looked at again."),
    "panel.not_eligible": lazy_gettext("Not eligible for the panel."),
    "panel.seated": lazy_gettext("Asked panellists to sit."),
    "panel.released": lazy_gettext("Took a panellist off it."),
    "panel.recused": lazy_gettext("A panellist has an interest in it and does not take part."),
    "panel.department_asked": lazy_gettext("Asked %(department)s what it takes."),
    "panel.appraised": lazy_gettext("%(department)s said what it takes."),
    "idea.entered_call": lazy_gettext("Stands in a call for ideas, open for support."),
}

# Who said so, or what, where that makes another sentence.
SAID = {
    ("comment.added", "for"): lazy_gettext("Gave an argument for it."),
    ("comment.added", "against"): lazy_gettext("Gave an argument against it."),
    ("report.confirmed", "affected"): lazy_gettext("People who are affected confirm that it is fixed."),
    ("report.reopened", "sender"): lazy_gettext("Opened again: the sender says that it isn’t fixed."),
    ("report.reopened", "affected"): lazy_gettext(
        "Opened again: somebody affected says that it isn’t fixed."
    ),
    ("report.judged", "yes"): lazy_gettext("Somebody affected says that it is fixed."),
    ("report.judged", "partly"): lazy_gettext("Somebody affected says that it is fixed in part."),
    ("report.judged", "no"): lazy_gettext("Somebody affected says that it isn’t fixed."),
}
