"""The page of states says what the table of states says."""

from langso.assessments import reference
from langso.assessments.states import MOVES, State


def test_the_page_of_states_is_current() -> None:
    assert reference.PAGE.read_text("utf-8") == reference.page(), "run: python -m langso.assessments.reference"


def test_the_page_of_states_names_every_state_and_every_move() -> None:
    page = reference.page()

    assert all(f"`{state.value}`" in page for state in State)
    assert all(f"(`{verb}`)" in page for verb in MOVES)
