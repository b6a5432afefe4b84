"""A province sends the workbooks of 100 communes at once: how long until the answer stands, beside the limit of 60 s.

python bench/bulk_import.py        (its own state folder, thrown away; under two minutes)
"""

import os
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

LIMIT_S, FILES = 60.0, 100


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="langso-bench-"))
    home.chmod(0o755)
    os.environ |= {"LANGSO_HOME": str(home / "home"), "LANGSO_DEMO": "1"}
    from langso.commands.house import open_house

    with open_house(migrate=True):
        from django.core.management import call_command

        from langso.units import loading

        loading.load()
        call_command("collectstatic", interactive=False, verbosity=0)
        _measure()


def _measure() -> None:
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from langso.assessments.judging import MAIN_FRAMEWORK
    from langso.measures.models import ReportedFigure

    settings.ALLOWED_HOSTS.append("testserver")
    account, contents = _arrange()
    print(f"{len(contents)} workbooks, {sum(map(len, contents)) / 1e6:.1f} MB")
    browser = Client()
    browser.force_login(account)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for k, content in enumerate(contents):
            archive.writestr(f"{k:03d}.xlsx", content)
    for label in ("first time", "the same again"):
        began = time.perf_counter()
        answer = browser.post(
            "/danh-gia/nhap-nhieu/",
            {"tep": SimpleUploadedFile("tinh.zip", buffer.getvalue()), "ky": "2026", "khung": MAIN_FRAMEWORK},
        )
        took = time.perf_counter() - began
        assert answer.status_code == 302, answer.content.decode()[:2000]
        print(f"{label:16} {took:6.1f} s   limit {LIMIT_S:.0f} s   {'within' if took < LIMIT_S else 'OVER'}")
    page = browser.get(answer.headers["Location"])
    assert f"Kết quả nhập {len(contents)} tệp" in page.content.decode()
    print(f"figures standing {ReportedFigure.objects.using('owner').filter(replaced_at=None).count()}")


def _arrange() -> tuple[Any, list[bytes]]:
    """An account that writes for one province, and a filled workbook of each of its first communes."""
    from datetime import date

    from openpyxl import load_workbook
    from psycopg.types.range import Range

    from langso.assessments import blank, workbook
    from langso.assessments.judging import MAIN_FRAMEWORK, edition_of
    from langso.lib.period import REFORM, Period
    from langso.measures.rules import is_ratio
    from langso.people.models import Account, Person, Post
    from langso.people.roles import Role
    from langso.units.models import Unit
    from langso.units.queries import units_on

    today, edition, period = date(2026, 11, 20), edition_of(MAIN_FRAMEWORK), Period.year(2026)
    provinces = units_on(today, level="province")
    by_province = {p.code: units_on(today, level="commune", province_code=p.code) for p in provinces[:8]}
    code, communes = max(by_province.items(), key=lambda item: len(item[1]))
    province = next(p for p in provinces if p.code == code)
    account = Account(username="bench")
    account.set_unusable_password()
    account.save(using="owner")
    person = Person(account=account, full_name="Người đo", address="anh", sort_key="nguoi do")
    person.save(using="owner")
    post = Post(person=person, role=Role.PROVINCE_ADMIN, valid=Range(REFORM, None))
    post.unit = Unit.objects.using("owner").get(pk=province.id)
    post.save(using="owner")
    contents = []
    for commune in communes[:FILES]:
        book = load_workbook(BytesIO(blank.make(edition, commune, period, {})))
        sheet = book[workbook.SHEET]
        fields = workbook.asked(edition)
        for row in sheet.iter_rows(min_row=workbook.HEADING_ROW + 2):
            fld = fields.get(str(row[0].value))
            if fld is None:
                continue
            if is_ratio(fld.measure):
                row[4].value, row[5].value = 80, 100
            else:
                row[6].value = "Có" if workbook.choices_of(fld) else 12
            row[7].value = "31/10/2026"
        buffer = BytesIO()
        book.save(buffer)
        contents.append(buffer.getvalue())
    return account, contents


if __name__ == "__main__":
    main()
