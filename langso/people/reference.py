"""The page of roles and rights, made from `roles.py`. A test keeps it current.

`python -m langso.people.reference` writes docs/reference/roles.md.
"""

from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "roles.md"


def page() -> str:
    """The whole page in Markdown, in Vietnamese: officers read it too."""
    from langso.people.roles import NATIONAL, RIGHTS, Right, Role

    lines = [
        "# Vai trò và quyền",
        "",
        "Trang này được tạo từ `langso/people/roles.py`, không sửa tay. Quyền đi theo vị trí: giữ vị trí ở đâu thì",
        "làm được ở đó, ở các nơi thuộc về đó, và ở các đơn vị cũ đã nhập vào đó.",
        "",
        "| vai trò | ở cấp | " + " | ".join(str(right.label) for right in Right) + " |",
        "|---|---|" + "---|" * len(Right),
    ]
    for role in Role:
        where = "cả nước" if role in NATIONAL else "cấp tỉnh" if role.value.startswith("province") else "cấp xã"
        marks = ["có" if right in RIGHTS[role] else "" for right in Right]
        lines.append(f"| {role.label} (`{role.value}`) | {where} | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langso.web.settings")
    django.setup()
    PAGE.write_text(page(), "utf-8")
