"""The kinds of facts. What they mean for a figure is written in `campaign.measures`."""

REGISTERED = "registered"  # consented online, or was present at a class and consented
COURSE_STARTED = "course_started"
LESSON_DONE = "lesson_done"
TEST_PASSED = "test_passed"
COURSE_COMPLETED = "course_completed"
ATTENDED = "attended"
PAPER_ISSUED = "paper_issued"
PAPER_REVOKED = "paper_revoked"

ALL = (
    REGISTERED,
    COURSE_STARTED,
    LESSON_DONE,
    TEST_PASSED,
    COURSE_COMPLETED,
    ATTENDED,
    PAPER_ISSUED,
    PAPER_REVOKED,
)
