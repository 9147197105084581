"""What happens when somebody finishes a course: her paper, at once, in the same request."""

from __future__ import annotations

import logging

from accounts.models import Learner
from certificates import issuing
from certificates.models import Paper
from courses.models import Course

logger = logging.getLogger(__name__)


def paper_of(*, learner: Learner, course: Course) -> Paper | None:
    """Her paper for a finished course, issued now when it is due; None when none is due.

    Called after the commit of the completion and outside its transaction. A failure
    here loses nothing: the reader "certificates" issues the paper within a minute.
    """
    try:
        return issuing.issue(learner=learner, course=course)
    except Exception:
        logger.exception("The paper of learner %s for %s was not issued", learner.pk, course.code)
        return None
