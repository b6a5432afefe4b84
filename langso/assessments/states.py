"""Where an assessment stands in its cycle, and the only ways on. Pure; the diagram in docs is made from this table."""

from dataclasses import dataclass
from enum import StrEnum

from langso.lib.refusal import Refused


class State(StrEnum):
    NOT_STARTED = "not_started"
    DRAFTING = "drafting"
    TO_SIGN = "to_sign"
    SUBMITTED = "submitted"
    APPRAISING = "appraising"
    RETURNED = "returned"
    APPRAISED = "appraised"
    IN_COUNCIL = "in_council"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def shape(self) -> str:
        """The status shape that goes with the word (`{% verdict %}`)."""
        return SHAPES[self]


S = State

LABELS = {
    S.NOT_STARTED: "Chưa làm",
    S.DRAFTING: "Đang tự đánh giá",
    S.TO_SIGN: "Chờ ký",
    S.SUBMITTED: "Đã nộp",
    S.APPRAISING: "Đang thẩm định",
    S.RETURNED: "Bị trả lại",
    S.APPRAISED: "Đã thẩm định",
    S.IN_COUNCIL: "Đang trình hội đồng",
    S.RECOGNISED: "Đã công nhận",
    S.NOT_RECOGNISED: "Không công nhận",
    S.REVOKED: "Đã thu hồi",
}
SHAPES = {
    S.NOT_STARTED: "unknown",
    S.DRAFTING: "draft",
    S.TO_SIGN: "draft",
    S.SUBMITTED: "sent",
    S.APPRAISING: "review",
    S.RETURNED: "returned",
    S.APPRAISED: "review",
    S.IN_COUNCIL: "review",
    S.RECOGNISED: "recognised",
    S.NOT_RECOGNISED: "unmet",
    S.REVOKED: "returned",
}
CHOICES = [(state.value, label) for state, label in LABELS.items()]

# The commune has the file in its hands, may change what it claims, and is late when the day has passed.
WITH_UNIT = frozenset({S.NOT_STARTED, S.DRAFTING, S.TO_SIGN, S.RETURNED})
ENDED = frozenset({S.RECOGNISED, S.NOT_RECOGNISED, S.REVOKED})


@dataclass(frozen=True)
class Move:
    """One way on: from which states, to which, who (a right), and in which words."""

    sources: tuple[State, ...]
    target: State
    right: str
    label: str
    needs_reason: bool = False
    after_closing: bool = False  # possible in a closed cycle too: what was decided in it can still be taken back


MOVES: dict[str, Move] = {
    "start": Move((S.NOT_STARTED,), S.DRAFTING, "assessment_write", "bắt đầu"),
    "send_to_sign": Move((S.DRAFTING, S.RETURNED), S.TO_SIGN, "assessment_write", "trình ký"),
    "take_back": Move((S.TO_SIGN,), S.DRAFTING, "assessment_write", "lấy về sửa"),
    "submit": Move((S.TO_SIGN,), S.SUBMITTED, "submission_sign", "ký và nộp"),
    "withdraw": Move((S.SUBMITTED,), S.DRAFTING, "submission_sign", "rút lại", needs_reason=True),
    "claim": Move((S.SUBMITTED,), S.APPRAISING, "appraisal_write", "nhận thẩm định"),
    "release": Move((S.APPRAISING,), S.SUBMITTED, "appraisal_write", "đưa lại vào hàng chờ"),
    "return": Move((S.APPRAISING,), S.RETURNED, "appraisal_write", "trả lại cho xã", needs_reason=True),
    "conclude": Move((S.APPRAISING,), S.APPRAISED, "appraisal_write", "kết luận thẩm định"),
    "reopen": Move(
        (S.APPRAISED, S.NOT_RECOGNISED), S.APPRAISING, "appraisal_write", "thẩm định lại", needs_reason=True
    ),
    "put_before": Move((S.APPRAISED,), S.IN_COUNCIL, "council_write", "trình hội đồng"),
    "dismiss": Move(
        (S.APPRAISED,), S.NOT_RECOGNISED, "council_write", "kết thúc vì chưa đủ điều kiện", needs_reason=True
    ),
    "take_out": Move((S.IN_COUNCIL,), S.APPRAISED, "council_write", "đưa ra khỏi phiên họp", needs_reason=True),
    "decline": Move((S.IN_COUNCIL,), S.NOT_RECOGNISED, "council_write", "kết luận không công nhận"),
    "recognise": Move((S.IN_COUNCIL,), S.RECOGNISED, "recognition_write", "công nhận"),
    "revoke": Move((S.RECOGNISED,), S.REVOKED, "recognition_write", "thu hồi", needs_reason=True, after_closing=True),
    "restore": Move((S.REVOKED,), S.IN_COUNCIL, "council_write", "xét công nhận lại", needs_reason=True),
}


class MoveNotPossible(Refused):
    says = "Hồ sơ đang ở bước “{state}” nên không thể {label}. Tải lại trang để xem bước hiện tại."


class ReasonMissing(Refused):
    says = "Ghi lý do rồi {label}. Bên kia sẽ đọc được lý do này."


def check_move(verb: str, state: str, *, reason: str = "") -> Move:
    """The move that the verb means from this state.

    Refuses: MoveNotPossible, ReasonMissing.
    """
    move = MOVES[verb]
    if state not in move.sources:
        raise MoveNotPossible(state=State(state).label, label=move.label)
    if move.needs_reason and not reason.strip():
        raise ReasonMissing(field="reason", label=move.label)
    return move
