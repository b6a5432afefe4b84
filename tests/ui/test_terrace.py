"""The hillside says what the engine found, the same way each time."""

import hashlib

import pytest

from langso.ui.terrace import Field, Group, column, step_icon, terrace, words
from tests.ui.markup import Markup

GROUPS = (
    Group("Tiêu chí chung", (Field(3), Field(3), Field(3), Field(3), Field(1, 1))),
    Group("Chính quyền số", (Field(3), Field(3), Field(3), Field(2, 1), Field(0, 3))),
    Group("Kinh tế số", (Field(3), Field(3), Field(3), Field(2, 1), Field(1, 2))),
    Group("Xã hội số", (Field(4), Field(4), Field(4), Field(2, 1, 1), Field(0, 2, 2))),
)


def test_the_same_commune_always_looks_the_same() -> None:
    drawn = terrace("Xã Hoàng Su Phì", 3, GROUPS)
    assert drawn == terrace("Xã Hoàng Su Phì", 3, GROUPS)
    # A change of the drawing is a decision: look at the gallery, then write the new sum here.
    assert hashlib.sha256(drawn.encode()).hexdigest()[:16] == "34b32312cfa259ff"
    assert len(drawn) < 9000


def test_the_drawing_is_told_in_words() -> None:
    assert words("Xã Hoàng Su Phì", 3, GROUPS) == (
        "Xã Hoàng Su Phì ở mức 3 trên 5, Cơ bản. "
        "Tiêu chí chung: mức 4; Chính quyền số: mức 3; Kinh tế số: mức 3; Xã hội số: mức 3."
    )
    assert words("Xã A", None, GROUPS) == "Xã A chưa có số liệu."
    assert words("Xã A", 0, GROUPS).startswith("Xã A chưa đạt mức 1.")
    assert "mức 2 trên 5, Hai" in words("Xã A", 2, GROUPS, ("Một", "Hai", "Ba", "Bốn", "Năm"))


def test_a_field_is_ripe_only_above_ripe_fields() -> None:
    skipped = Group("G", (Field(0, 2), Field(2)))
    assert skipped.level == 0
    drawn = terrace("Xã A", 0, (skipped,), labels=False)
    assert "t-ripe" not in drawn
    assert "t-grow" in drawn


def test_no_criteria_at_a_level_is_drawn_as_unknown() -> None:
    assert 't-none" d' in terrace("Xã A", 1, (Group("G", (Field(2), Field(0))),), labels=False)
    assert Group("G", (Field(0),)).level == 0


def test_all_unknown_has_no_water_left_to_see() -> None:
    drawn = terrace("Xã A", None, (Group("G", (Field(0, 0, 3),)),))
    assert "t-none" in drawn
    assert "t-grow" not in drawn
    assert "t-ripe" not in drawn


def test_names_are_escaped() -> None:
    drawn = terrace('<b>"&', 1, (Group("<i>x</i> y", (Field(1),)),), levels=("<u>",))
    assert Markup(drawn).faults == []
    assert not {"b", "i", "u"} & {tag for tag, _ in Markup(drawn).elements}


@pytest.mark.parametrize(
    "groups", [(), (Group("G", (Field(1),) * 6),), (Group("A", (Field(1),)), Group("B", (Field(1),) * 2))]
)
def test_a_shape_that_has_no_hillside_is_refused(groups: tuple[Group, ...]) -> None:
    with pytest.raises(ValueError, match="hillside"):
        terrace("Xã A", 1, groups)


def test_the_step_icon_counts_what_is_reached() -> None:
    assert step_icon(5).count("<path") == 1
    assert step_icon(3).count('class="i-on"') == 1
    assert step_icon(3).split('class="i-on"')[1].split("/>")[0].count("M") == 3
    assert "i-none" in step_icon(None)
    assert "i-on" not in step_icon(0)


def test_a_column_draws_five_slabs_and_what_grows_on_them() -> None:
    drawn = column(GROUPS[1])
    assert drawn.count("t-ripe") == 3
    assert drawn.count("t-wait") == 2
    assert drawn.count("t-grow") == 1
