"""The kinds of facts. What they mean for a figure is written in `campaign.measures`."""

REGISTERED = "registered"  # consented online, or was present at a class and consented
COURSE_STARTED = "course_started"
LESSON_DONE = "lesson_done"
LESSON_KNOWN = "lesson_known"  # beside LESSON_DONE: finished by "Tôi đã biết", not by reading
TEST_PASSED = "test_passed"
COURSE_COMPLETED = "course_completed"
REFRESHED = "refreshed"  # answered the questions of a refresher, days after the completion
REMEMBERED = "remembered"  # beside REFRESHED: at least four in five of them right
ATTENDED = "attended"
PAPER_ISSUED = "paper_issued"
PAPER_REVOKED = "paper_revoked"
MERGED = "merged"  # this record and another (`same_as`) are one person; undone by UNMERGED
UNMERGED = "unmerged"  # a retraction of MERGED

ALL = (
    REGISTERED,
    COURSE_STARTED,
    LESSON_DONE,
    LESSON_KNOWN,
    TEST_PASSED,
    COURSE_COMPLETED,
    REFRESHED,
    REMEMBERED,
    ATTENDED,
    PAPER_ISSUED,
    PAPER_REVOKED,
    MERGED,
)

# As a person reads them in her own copy.
NAMES = {
    REGISTERED: "Đồng ý lưu việc học",
    COURSE_STARTED: "Bắt đầu khóa học",
    LESSON_DONE: "Học xong một bài",
    LESSON_KNOWN: "Bỏ qua một bài vì đã biết",
    TEST_PASSED: "Đạt bài kiểm tra cuối khóa",
    COURSE_COMPLETED: "Hoàn thành khóa học",
    REFRESHED: "Ôn lại một khóa đã học xong",
    REMEMBERED: "Ôn lại và còn nhớ",
    ATTENDED: "Có mặt ở lớp",
    PAPER_ISSUED: "Được cấp giấy ghi nhận",
    PAPER_REVOKED: "Giấy bị thu hồi",
    MERGED: "Gộp hai hồ sơ của một người",
}
