"""Static files survive being named by their content, as a running copy serves them."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import override_settings


def test_the_stylesheet_leads_to_its_fonts_after_files_got_their_hashes(tmp_path: Path) -> None:
    hashed = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=str(tmp_path), STORAGES={**settings.STORAGES, "staticfiles": hashed}):
        call_command("collectstatic", interactive=False, verbosity=0)
        storage = storages["staticfiles"]
        assert isinstance(storage, ManifestStaticFilesStorage)
        css = (tmp_path / storage.stored_name("ui/langso.css")).read_text("utf-8")
        for weight in (400, 600):
            font = storage.stored_name(f"ui/fonts/be-vietnam-pro-{weight}.woff2")
            assert font != f"ui/fonts/be-vietnam-pro-{weight}.woff2"
            assert font.removeprefix("ui/") in css
        assert "url(#hatch)" in css
