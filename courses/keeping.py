"""What this room keeps under a key to a person."""

from accounts.holdings import FORGETS, GOES, MOVES, OWN, Holding

ITEMS = Holding(
    "courses.ItemDone",
    "learner",
    merge=MOVES,
    erase=GOES,
    title="Bài đã học xong",
    shows={"Khóa học": "item.course.title", "Bài": "item.title", "Học xong lúc": "done_at"},
)
HOLDS = (
    Holding(
        "courses.Enrolment",
        "learner",
        merge=OWN,
        erase=GOES,
        title="Khóa học đã bắt đầu",
        shows={
            "Khóa học": "course.title",
            "Bản đang học": "edition.number",
            "Bắt đầu": "started_at",
            "Hoàn thành": "completed_at",
            "Bản đã hoàn thành": "finished_edition.number",
        },
    ),
    ITEMS,
    Holding(
        "courses.Edition", "released_by", erase=FORGETS, why="người phát hành khóa học, không phải việc học"
    ),
)
