"""Who the demonstration's people are: names, ages and groups as they are met in the delta."""

from __future__ import annotations

import random
from dataclasses import dataclass

from accounts.models import Learner

# Surnames by how common they are, roughly (shares in percent).
SURNAMES = {
    "Nguyễn": 34, "Trần": 11, "Phạm": 9, "Lê": 8, "Vũ": 7, "Hoàng": 6, "Đỗ": 5, "Bùi": 5, "Đặng": 4,
    "Ngô": 3, "Đoàn": 3, "Dương": 2, "Lương": 2, "Đào": 2, "Phan": 1, "Tô": 1, "Mạc": 1, "Trịnh": 1,
}  # fmt: skip
WOMEN = (
    ["Thị", "Thị", "Thị", "Thị Thu", "Thị Thanh", "Thị Minh", "Ngọc", "Thúy", "Thị Bích"],
    ["Lan", "Hoa", "Hương", "Mai", "Hạnh", "Nga", "Thủy", "Yến", "Bình", "Thảo", "Hiền", "Loan", "Nhung",
     "Oanh", "Phượng", "Quyên", "Sen", "Tâm", "Vân", "Xuân", "Hà", "Dung", "Liên", "Nhàn"],
)  # fmt: skip
MEN = (
    ["Văn", "Văn", "Văn", "Đức", "Minh", "Quang", "Hữu", "Xuân", "Công", "Đình", "Trọng"],
    ["Hùng", "Dũng", "Hải", "Sơn", "Thắng", "Cường", "Tuấn", "Nam", "Long", "Khánh", "Kiên", "Lâm",
     "Phúc", "Quân", "Thành", "Toàn", "Trung", "Vinh", "Bảo", "Đạt", "Hòa", "Thịnh", "Tiến", "An"],
)  # fmt: skip
GROUPS = {
    Learner.Group.CITIZEN: 62,
    Learner.Group.WORKER: 15,
    Learner.Group.PUPIL: 15,
    Learner.Group.OFFICIAL: 8,
}
# The years people of a group are born in, as (earliest, likeliest, latest) before the present year.
AGES = {
    Learner.Group.CITIZEN: (28, 60, 84),
    Learner.Group.WORKER: (19, 34, 58),
    Learner.Group.PUPIL: (16, 17, 22),
    Learner.Group.OFFICIAL: (24, 41, 60),
}


@dataclass(frozen=True)
class Person:
    name: str
    gender: str
    group: str
    birth_year: int
    is_test: bool

    @property
    def age_slows(self) -> float:
        """Older people stop a little more often: 1 for the young, 0.93 at 80."""
        return 1 - max(0, 2026 - self.birth_year - 50) / 430


def make_person(chance: random.Random, year: int) -> Person:
    woman = chance.random() < 0.56
    middles, givens = WOMEN if woman else MEN
    surname = chance.choices(list(SURNAMES), list(SURNAMES.values()))[0]
    group = chance.choices(list(GROUPS), list(GROUPS.values()))[0]
    youngest, likeliest, oldest = AGES[group]
    gender = Learner.Gender.FEMALE if woman else Learner.Gender.MALE
    return Person(
        name=f"{surname} {chance.choice(middles)} {chance.choice(givens)}",
        gender=str(Learner.Gender.UNSTATED if chance.random() < 0.04 else gender),
        group=str(group),
        birth_year=year - round(chance.triangular(youngest, oldest, likeliest)),
        is_test=chance.random() < 0.002,
    )
