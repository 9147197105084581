"""A small course package as text, to be bent in one place by each test."""

from __future__ import annotations

from pathlib import Path

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" role="img" aria-labelledby="t d">
<title id="t">Cái đèn dầu</title><desc id="d">Một cái đèn dầu đang sáng trên bàn gỗ.</desc>
<rect width="640" height="400" fill="#fbf7ee"/><text x="20" y="40">Đèn</text></svg>
"""
COURSE = """format: 1
code: THU01
slug: khoa-thu
title: Khóa thử
summary: Một khóa rất ngắn để thử.
audience: người mới
language: vi
licence: CC-BY-4.0
competences: ["1.1"]
cover: media/cover.svg
lessons:
  - 01-mot
  - 02-hai
rule: {required: all, pass_percent: 80}
final_test: {draw: 2, pass_percent: 80, attempts_per_day: 3, wait_minutes: 10, time_limit_minutes: 30}
"""
LESSON = """---
key: thu01-01
slug: bai-mot
title: "Bài một: thắp đèn"
objective: Thắp được một ngọn đèn.
minutes: 5
competences: ["1.1"]
---
Một đoạn mở đầu, có **chữ đậm** và [cổng dịch vụ công](https://dichvucong.gov.vn).

![Cái đèn dầu trên bàn](../media/den.svg "Đèn dầu thời trước.")

## Thắp đèn

1. **Châm dầu.** Đừng để tràn.
2. **Đánh diêm.**

- Một điều
- Hai điều, xem [trợ giúp](/tro-giup/)

> [!TIP]
> Để đèn xa màn.

> [!WARNING]
> **Không** châm dầu khi đèn đang cháy.
>
> Bỏng đấy.
"""
LESSON2 = """---
key: thu01-02
slug: bai-hai
title: Bài hai
objective: Tắt được đèn.
minutes: 5
---
Chỉ một đoạn.

> [!EXAMPLE]
> Thổi một hơi.
"""
CHECK = """- key: thu01-01-c1
  kind: single
  text: Việc đầu tiên là gì?
  choices:
    - {text: "Châm dầu", correct: true, feedback: "Đúng."}
    - {text: "Đánh diêm", feedback: "Chưa có dầu."}
  explanation: Có dầu đã.
- key: thu01-01-c2
  kind: truefalse
  text: Châm dầu khi đèn đang cháy thì an toàn.
  choices:
    - {text: "Đúng", feedback: "Dễ bỏng."}
    - {text: "Sai", correct: true, feedback: "Đúng rồi."}
  explanation: Lửa bắt rất nhanh.
"""
FINAL = "".join(
    f"""- key: thu01-f0{n}
  kind: multiple
  text: Câu số {n} của ngân hàng?
  choices:
    - {{text: "Một", correct: true, feedback: "Đúng."}}
    - {{text: "Hai", correct: true}}
    - {{text: "113"}}
  explanation: Vì thế.
  lesson: thu01-0{1 + n % 2}
"""
    for n in range(1, 5)
)
TEXTS = {
    "course.yaml": COURSE,
    "lessons/01-mot.md": LESSON,
    "lessons/02-hai.md": LESSON2,
    "questions/01-mot.yaml": CHECK,
    "questions/final.yaml": FINAL,
    "media/den.svg": SVG,
    "media/cover.svg": SVG.replace("Cái đèn dầu", "Bìa"),
}


def bent(changes: dict[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """The small package with files replaced, added, or (None) taken away."""
    files: dict[str, bytes] = {name: text.encode() for name, text in TEXTS.items()}
    for name, content in (changes or {}).items():
        if content is None:
            files.pop(name, None)
        else:
            files[name] = content.encode() if isinstance(content, str) else content
    return files


def changed(origin: str, old: str, new: str) -> dict[str, bytes]:
    """The small package with one piece of text replaced."""
    assert old in TEXTS[origin]
    return bent({origin: TEXTS[origin].replace(old, new)})


def put_in(folder: Path, files: dict[str, bytes]) -> Path:
    """The files as a folder on disk."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder
