"""Files lie under their checksum, and are found through their unit."""

from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings

from langso.files import actions
from langso.files.models import StoredFile
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, come_in, open_net, visitor

CONTENT = "Bảng số liệu".encode()


def _stored(country: Country, name: str = "bảng.xlsx") -> StoredFile:
    return actions.store(content=CONTENT, name=name, content_type="x/y", unit=country.merged, by=None, at=AT)


def test_a_file_is_given_back_as_it_was_handed_in(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    file = _stored(country)

    assert actions.read(StoredFile.objects.get(pk=file.pk)) == CONTENT
    assert (file.size, file.sha256) == (len(CONTENT), sha256(CONTENT).hexdigest())


def test_the_same_bytes_lie_there_once(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    one, other = _stored(country), _stored(country, "khác.xlsx")

    assert one.pk != other.pk
    kept = [p for p in (Path(settings.HOME) / "files").rglob("*") if p.is_file() and p.read_bytes() == CONTENT]
    assert kept == [actions.path_of(one.sha256)]


def test_a_name_never_leads_out_of_the_folder(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    file = _stored(country, "../../../etc/passwd")

    assert actions.path_of(file.sha256).resolve().is_relative_to(Path(settings.HOME).resolve() / "files")


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("head", 200), ("appraiser", 200), ("neighbour", 404)])
def test_a_file_is_there_for_those_whose_right_reaches_its_unit(
    who: str, status: int, country: Country, cast: Cast
) -> None:
    open_net()
    file = _stored(country)

    assert visitor(getattr(cast, who)).get(f"/tep/{file.pk}/").status_code == status


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("bang.xlsx", 'attachment; filename="bang.xlsx"'),
        ("bảng.xlsx", "attachment; filename*=utf-8''b%E1%BA%A3ng.xlsx"),
        (
            'a"; x="\r\nSet-Cookie: a=b.xlsx',
            "attachment; filename*=utf-8''a%22%3B%20x%3D%22%0D%0ASet-Cookie%3A%20a%3Db.xlsx",
        ),
    ],
)
def test_the_name_of_a_file_is_given_back_whole_and_cannot_break_the_header(
    name: str, header: str, country: Country, cast: Cast
) -> None:
    open_net()
    file = _stored(country, name)

    assert visitor(cast.officer).get(f"/tep/{file.pk}/").headers["Content-Disposition"] == header
