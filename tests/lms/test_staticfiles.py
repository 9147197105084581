"""Static files carry a mark of their content; pages can be written before they are collected."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.templatetags.static import static

from cms.publishing import frozen
from deploy.embedded import read_static_names
from lms.staticfiles import SCRIPTS, ModuleManifestStorage, lean


@pytest.fixture
def storage(tmp_path):
    return ModuleManifestStorage(location=tmp_path, base_url="/static/")


def test_file_that_was_not_collected_keeps_its_name(storage):
    assert storage.url("lms/img/none.svg") == "/static/lms/img/none.svg"


def test_collected_file_carries_a_mark(storage):
    assert storage.hashed_name("a.css", ContentFile(b"body{}")) != "a.css"


def test_frozen_lesson_does_not_change_with_a_release():
    html = '<use href="/static/lms/img/icons.0123456789ab.svg#i-tip"/><a href="/khoa-hoc/">'
    assert frozen(html) == '<use href="/static/lms/img/icons.svg#i-tip"/><a href="/khoa-hoc/">'


def test_names_collected_after_loading_are_read_again(settings, tmp_path):
    """`make run` loads the site once, before the first start collects the files."""
    settings.STATIC_ROOT = tmp_path
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "lms.staticfiles.ModuleManifestStorage"}}
    settings.STORAGES = storages
    assert static("lms/js/lesson.js") != "/static/lms/js/lesson.1234.js"
    manifest = {"version": "1.1", "paths": {"lms/js/lesson.js": "lms/js/lesson.1234.js"}, "hash": "1"}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    read_static_names()
    assert static("lms/js/lesson.js") == "/static/lms/js/lesson.1234.js"


OURS = [path for folder in SCRIPTS for path in (Path(settings.BASE_DIR) / "lms/static" / folder).glob("*.js")]


def test_scripts_are_sent_without_comments():
    script = '// Why.\nimport "./a.js"; // stays\n\n  // more\n  go("// no comment"); /* x */\n'
    assert lean(script) == 'import "./a.js"; // stays\ngo("// no comment"); /* x */\n'


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_string_of_a_script_goes_over_lines(path):
    """Its lines would lose their indentation, and those with two strokes everything."""
    for line in path.read_text().splitlines():
        code = re.sub(r"^\s*//.*|\s// [^`\"]*$", "", line)
        assert code.count("`") % 2 == 0, line
    assert "\\\n" not in path.read_text()


def test_collected_scripts_are_lean(tmp_path, storage):
    source = ModuleManifestStorage(location=tmp_path / "source", base_url="/static/")
    source.save("lms/js/b.js", ContentFile(b"// Why.\nexport const b = 1;\n"))
    source.save("lms/js/a.js", ContentFile(b'// Why.\nimport { b } from "./b.js";\n  go(b);\n'))
    paths = {name: (source, name) for name in ("lms/js/a.js", "lms/js/b.js")}
    for name, (_, path) in paths.items():
        storage.save(name, source.open(path))
    hashed = {name: new for name, new, _ in storage.post_process(paths) if name in paths}
    text = storage.open(hashed["lms/js/a.js"]).read().decode()
    assert "Why" not in text
    assert re.fullmatch(r'import { b } from "./b\.[0-9a-f]{12}\.js";\ngo\(b\);\n', text)
