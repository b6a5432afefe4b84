"""The shell at /app/: what it serves, under which headers, and what is said when it has not been built."""

import os
import re
from pathlib import Path

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from langso.fieldwork import shell

BUILT = {
    "index.html": b"<!doctype html>",
    "sw.js": b"// worker",
    "app.0123456789.js": b"// app",
    "manifest.webmanifest": b"{}",
    "size.json": b'{"version":"9.9","mark":"x","gz":1}',
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in BUILT.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / f"{name}.gz").write_bytes(b"packed " + content)
    (tmp_path / ".mark").write_text("x")
    monkeypatch.setattr(shell, "BUILT", tmp_path)
    shell._names.cache_clear()
    return tmp_path


def _get(name: str = "", **headers: str) -> HttpResponse:
    request = RequestFactory().get(f"/app/{name}", headers=headers)
    answer = shell.shell(request, name) if name else shell.shell(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_the_page_and_its_worker_are_asked_again_and_hashed_files_are_kept(built: Path) -> None:
    for name, kind in (
        ("", "text/html"),
        ("sw.js", "text/javascript"),
        ("manifest.webmanifest", "application/manifest"),
    ):
        answer = _get(name)
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Cache-Control"] == "no-cache"
    assert "immutable" in _get("app.0123456789.js").headers["Cache-Control"]
    assert _get("sw.js").headers["Service-Worker-Allowed"] == "/app/"


def test_it_may_use_the_camera_and_photos_of_its_own_and_nothing_from_elsewhere(built: Path) -> None:
    answer = _get()
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    policy = answer.headers["Content-Security-Policy"]
    assert "blob:" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:", policy)


def test_it_comes_packed_to_those_who_can_unpack(built: Path) -> None:
    assert _get(**{"Accept-Encoding": "gzip, br"}).content.startswith(b"packed ")
    assert _get().content == BUILT["index.html"]
    assert "Accept-Encoding" in _get().headers["Vary"]


@pytest.mark.parametrize("name", ["size.json", ".mark", "sw.js.gz", "app.ffffffffff.js", "..", "index.htm"])
def test_nothing_else_is_in_the_folder(built: Path, name: str) -> None:
    with pytest.raises(Http404):
        _get(name)


def test_a_new_build_is_seen_and_its_version_told(built: Path) -> None:
    _get()
    (built / "app.aaaaaaaaaa.js").write_bytes(b"new")
    (built / "index.html").write_bytes(b"new page")

    os.utime(built / "index.html", (1, 1))
    assert _get("app.aaaaaaaaaa.js").content == b"new"
    assert shell.built_version() == "9.9"


def test_an_app_that_was_not_built_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "BUILT", tmp_path / "none")
    assert shell.built_version() == ""
    with pytest.raises(Http404):
        _get("app.0123456789.js")
