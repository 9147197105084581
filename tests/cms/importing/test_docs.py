"""The example in docs/course-package.md is a package."""

import re

from django.conf import settings

from cms.importing.reading import read_files

DOC = settings.BASE_DIR / "docs" / "course-package.md"


def test_the_example_is_read_without_a_fault():
    found = re.findall(
        r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```", DOC.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    files = {name: text.encode() for name, text in found}
    assert len(files) == 6
    package = read_files(files)
    assert (package.code, len(package.lessons), len(package.questions), package.left_out) == (
        "DEN01",
        1,
        3,
        (),
    )
    assert [practice.key for practice in package.practices] == ["den01-01-t1"]
    assert {type(block).__name__ for block in package.lessons[0].blocks} == {
        "Bullets",
        "Callout",
        "Heading",
        "Illustration",
        "Paragraph",
        "PracticeMark",
        "Steps",
    }
