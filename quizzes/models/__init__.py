"""The question bank with frozen revisions, attempts as appended steps, and what is asked again later."""

from .bank import (
    Attempt,
    AttemptQuestion,
    AttemptStep,
    PracticeAnswer,
    Question,
    QuestionRevision,
    Quiz,
)
from .remembering import Placement, Refresher, RefresherQuestion

__all__ = [
    "Attempt",
    "AttemptQuestion",
    "AttemptStep",
    "Placement",
    "PracticeAnswer",
    "Question",
    "QuestionRevision",
    "Quiz",
    "Refresher",
    "RefresherQuestion",
]
