"""The one stylesheet, put together from small files: `python -m langso.ui.stylesheet` writes it.

Order: tokens, base, layout, one file per component, print. A test holds the written file current.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
WRITTEN = HERE / "static" / "ui" / "langso.css"


def squeeze(css: str) -> str:
    """Without comments and without space that means nothing. Strings stay as they are."""
    kept = re.split(r'("[^"]*")', re.sub(r"/\*.*?\*/", "", css, flags=re.S))
    for i in range(0, len(kept), 2):
        text = re.sub(r"\s+", " ", kept[i])
        text = re.sub(r" ?([{};,>]) ?", r"\1", text)
        kept[i] = re.sub(r"(?<=[\w\])-]): ", ":", text).replace(";}", "}")
    return "".join(kept).strip() + "\n"


def component_names() -> list[str]:
    return sorted(path.stem for path in (HERE / "components").glob("*.css"))


def build() -> str:
    """The text of the stylesheet. Cost: reads some forty small files; for developing and tests only."""

    def layer(name: str, *paths: Path) -> str:
        return f"@layer {name} {{ {' '.join(path.read_text('utf-8') for path in paths)} }}"

    css = HERE / "css"
    parts = [HERE / "components" / f"{name}.css" for name in component_names()]
    return squeeze(
        "@layer tokens, base, layout, parts, print;"
        + (css / "tokens.css").read_text("utf-8")
        + layer("base", css / "base.css")
        + layer("layout", css / "layout.css", css / "pages.css", css / "appraisal.css")
        + layer("parts", *parts)
        + layer("print", css / "print.css")
    )


if __name__ == "__main__":
    WRITTEN.write_text(build(), "utf-8")
