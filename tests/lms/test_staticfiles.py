"""Static files carry a mark of their content; pages can be written before they are collected."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.templatetags.static import static

from cms.publishing import frozen
from deploy.embedded import read_static_names
from lms.staticfiles import ModuleManifestStorage, lean


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


def test_scripts_are_sent_without_comments_and_long_names():
    script = '// Why.\nimport "./a.js"; // stays\nfunction f(long) { return /["//]/.test(long); }\ngo(f);\n'
    assert lean(script) == 'import"./a.js";function f(e){return/["//]/.test(e)}go(f);\n'


def test_broken_script_stops_the_release():
    with pytest.raises(Exception, match="expected"):
        lean("const a = {")


def test_every_script_of_ours_still_names_its_parts_by_their_marks(tmp_path, storage):
    """Django finds imports by pattern, and what a minifier leaves of one must still fit it."""
    root = Path(settings.BASE_DIR) / "lms/static"
    source = FileSystemStorage(root)
    names = [str(path.relative_to(root)) for path in root.rglob("*.js")]
    paths = {name: (source, name) for name in names}
    for name, (_, path) in paths.items():
        storage.save(name, source.open(path))
    written = [(name, new) for name, new, _ in storage.post_process(paths) if name in paths]
    hashed = {name: new for name, new in written if new.endswith(".js")}
    assert len(hashed) > 20
    for name, new in hashed.items():
        text = storage.open(new).read().decode()
        assert len(text) < len((root / name).read_text())
        for part in re.findall(r"""["'](\./[^"']+\.js)["']""", text):
            assert re.fullmatch(r"\./[\w-]+\.[0-9a-f]{12}\.js", part), f"{name} asks for {part}"
