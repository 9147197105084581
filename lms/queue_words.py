"""Words that a page queues and that need nobody's name: whether the page helped."""

from __future__ import annotations

from accounts.forms_help import FeedbackForm
from accounts.helping import give_feedback

from .queue import BadAction, Done, Word, hears


@hears("feedback")
def feedback(word: Word) -> Done:
    """Subject: the path of the page; data: {helped: "co" | "khong", text}."""
    form = FeedbackForm({**word.data, "page": word.subject})
    if not form.is_valid():
        raise BadAction(" ".join(str(error) for errors in form.errors.values() for error in errors))
    if not form.is_trapped:
        give_feedback(page=form.cleaned_data["page"], helped=form.did_help, text=form.cleaned_data["text"])
    return Done("Cảm ơn bạn. Ý kiến của bạn đã được gửi.")
