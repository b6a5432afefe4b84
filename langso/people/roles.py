"""The whole table of rights: which role may do what, at its unit and everything below it."""

from django.db import models


class Right(models.TextChoices):
    FIGURE_READ = "figure_read", "xem số liệu chưa công bố"
    FIGURE_WRITE = "figure_write", "nhập và sửa số liệu"
    ASSESSMENT_READ = "assessment_read", "xem bản đánh giá"
    ASSESSMENT_WRITE = "assessment_write", "mở và làm bản tự đánh giá"
    ASSESSMENT_PUBLISH = "assessment_publish", "công bố kết quả"
    POST_READ = "post_read", "xem người và vị trí"
    POST_GRANT = "post_grant", "cấp và thu hồi vị trí"
    LEDGER_READ = "ledger_read", "xem nhật ký"
    CYCLE_WRITE = "cycle_write", "mở và sửa đợt đánh giá"
    SUBMISSION_SIGN = "submission_sign", "ký và nộp bản tự đánh giá"
    APPEAL_WRITE = "appeal_write", "kiến nghị về kết luận thẩm định"
    APPRAISAL_READ = "appraisal_read", "xem hồ sơ thẩm định"
    APPRAISAL_WRITE = "appraisal_write", "thẩm định và kết luận"
    VERIFICATION_WRITE = "verification_write", "xác minh tiêu chí của ngành mình"
    COUNCIL_WRITE = "council_write", "lập hội đồng, ghi phiên họp và phiếu"
    RECOGNITION_WRITE = "recognition_write", "ghi quyết định công nhận, thu hồi"


class Role(models.TextChoices):
    VOLUNTEER = "volunteer", "Thành viên Tổ công nghệ số cộng đồng"
    COMMUNE_OFFICER = "commune_officer", "Công chức cấp xã"
    COMMUNE_HEAD = "commune_head", "Chủ tịch UBND cấp xã"
    PROVINCE_APPRAISER = "province_appraiser", "Chuyên viên thẩm định cấp tỉnh"
    PROVINCE_VERIFIER = "province_verifier", "Chuyên viên xác minh của sở, ngành"
    PROVINCE_ADMIN = "province_admin", "Quản trị cấp tỉnh"
    MINISTRY_EDITOR = "ministry_editor", "Biên tập viên khung tiêu chí, Bộ"
    MINISTRY_ADMIN = "ministry_admin", "Quản trị toàn quốc"


R = Right

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VOLUNTEER: frozenset({R.ASSESSMENT_READ}),
    Role.COMMUNE_OFFICER: frozenset(
        {
            R.FIGURE_READ,
            R.FIGURE_WRITE,
            R.ASSESSMENT_READ,
            R.ASSESSMENT_WRITE,
            R.ASSESSMENT_PUBLISH,
            R.POST_READ,
            R.APPEAL_WRITE,
        }
    ),
    Role.COMMUNE_HEAD: frozenset(
        {
            R.FIGURE_READ,
            R.FIGURE_WRITE,
            R.ASSESSMENT_READ,
            R.ASSESSMENT_WRITE,
            R.ASSESSMENT_PUBLISH,
            R.POST_READ,
            R.POST_GRANT,
            R.LEDGER_READ,
            R.SUBMISSION_SIGN,
            R.APPEAL_WRITE,
        }
    ),
    Role.PROVINCE_APPRAISER: frozenset(
        {
            R.FIGURE_READ,
            R.ASSESSMENT_READ,
            R.POST_READ,
            R.LEDGER_READ,
            R.APPRAISAL_READ,
            R.APPRAISAL_WRITE,
            R.COUNCIL_WRITE,
        }
    ),
    Role.PROVINCE_VERIFIER: frozenset({R.FIGURE_READ, R.ASSESSMENT_READ, R.APPRAISAL_READ, R.VERIFICATION_WRITE}),
    Role.PROVINCE_ADMIN: frozenset(
        {
            R.FIGURE_READ,
            R.FIGURE_WRITE,
            R.ASSESSMENT_READ,
            R.ASSESSMENT_WRITE,
            R.ASSESSMENT_PUBLISH,
            R.POST_READ,
            R.POST_GRANT,
            R.LEDGER_READ,
            R.CYCLE_WRITE,
            R.VERIFICATION_WRITE,
            R.APPRAISAL_READ,
            R.APPRAISAL_WRITE,
            R.COUNCIL_WRITE,
            R.RECOGNITION_WRITE,
            R.APPEAL_WRITE,
        }
    ),
    Role.MINISTRY_EDITOR: frozenset({R.ASSESSMENT_READ, R.FIGURE_READ, R.APPRAISAL_READ}),
    Role.MINISTRY_ADMIN: frozenset(Right),
}

# Granted with a post by those who manage posts, who do not hold it themselves: nobody signs for a head of commune.
GRANTED_UNHELD = frozenset({R.SUBMISSION_SIGN})

NATIONAL = frozenset({Role.MINISTRY_EDITOR, Role.MINISTRY_ADMIN})  # posts without a unit: the whole country


def roles_with(right: Right) -> list[Role]:
    return [role for role, rights in RIGHTS.items() if right in rights]
