"""What a household may be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.villages.topics import SKILLS, TOPICS, mask_of

ERASED = "Hộ đã xóa tên"  # what stands where a name was
NAMELESS = "Hộ không ghi tên"  # with four letters of its number: the household did not agree to be named
CONSENTS = ("unasked", "yes", "no")


class HouseholdWrong(Refused):
    """A household that cannot be what was meant."""


class HeadMissing(HouseholdWrong):
    says = "Chưa ghi tên chủ hộ."


class MembersWrong(HouseholdWrong):
    says = "Số người trong hộ từ 1 đến 99. Để trống nếu chưa biết."


class ConsentWrong(HouseholdWrong):
    says = "Chưa chọn hộ có đồng ý cho ghi hay không."


class NothingChanged(HouseholdWrong):
    says = "Bản sửa này không đổi gì."


class VillageUnknown(HouseholdWrong):
    says = "Thôn này không thuộc địa bàn của xã. Chọn lại thôn rồi gửi."


class OtherVillage(HouseholdWrong):
    says = "Thôn này do tổ khác phục vụ. Nhờ tổ ấy ghi, hoặc báo xã."


class EntityTaken(HouseholdWrong):
    says = "Mã hộ này đã dùng cho hộ khác. Ghi lại thành hộ mới."


class VersionWrong(HouseholdWrong):
    says = "Số phiên bản của hộ không đọc được. Cập nhật ứng dụng rồi gửi lại."


class HouseholdErased(HouseholdWrong):
    says = "Hộ này đã yêu cầu xóa tên. Không ghi thêm gì về hộ này nữa."


class HouseholdNeverCame(HouseholdWrong):
    says = "Quá hạn chờ mà chưa thấy hộ này được gửi tới. Bản ghi được giữ; báo xã để chọn đúng hộ."


def nameless(uid: UUID) -> str:
    """What a household is called that does not agree to be named."""
    return f"{NAMELESS} {uid.hex[-4:].upper()}"


def read_fields(said: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
    """Fields of a household in the form in which versions keep them: village as text of a uid, sets as bits.

    A household that does not agree to be named is read without the name, whatever was sent.

    Refuses: HouseholdWrong, TopicUnknown.
    """
    fields: dict[str, Any] = {}
    refuses = said.get("consent") == "no"
    if not refuses and ("head" in said or is_new):
        head = said.get("head")
        fields["head"] = nfc(head)[:120] if isinstance(head, str) else ""
        if not fields["head"]:
            raise HeadMissing(field="head")
    if "members" in said:
        members = said["members"]
        if members is not None and (
            isinstance(members, bool) or not isinstance(members, int) or not 1 <= members <= 99
        ):
            raise MembersWrong(field="members")
        fields["members"] = members
    for name, words in (("skills", SKILLS), ("needs", TOPICS)):
        if name in said:
            codes = said[name]
            fields[name] = mask_of((str(c) for c in codes), words) if isinstance(codes, list) else 0
    if "consent" in said:
        if said["consent"] not in CONSENTS:
            raise ConsentWrong(field="consent")
        fields["consent"] = said["consent"]
    if "village" in said or is_new:
        fields["village"] = str(said.get("village") or "")
    if said.get("gone") is True:
        fields["gone"] = True
    if not fields:
        raise NothingChanged()
    return fields


def read_step(body: Mapping[str, Any]) -> tuple[int, int, UUID | None]:
    """Trunk, base and branch of an edit; see docs/teams-and-field.md.

    Refuses: VersionWrong.
    """
    base, trunk, branch = body.get("base", 0), body.get("trunk", 0), body.get("branch")
    whole = all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 1_000_000 for n in (base, trunk))
    if not whole or base < trunk:
        raise VersionWrong()
    try:
        run = UUID(str(branch)) if branch else None
    except ValueError:
        raise VersionWrong() from None
    if base > trunk and run is None:
        raise VersionWrong()
    return trunk, base, run
