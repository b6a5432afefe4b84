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
    TEAM_READ = "team_read", "xem tổ công nghệ số cộng đồng, thôn, độ phủ"
    TEAM_WRITE = "team_write", "lập và sửa thôn, tổ, thành viên"
    ALLOWANCE_WRITE = "allowance_write", "lập và duyệt bảng chi hỗ trợ tổ"
    RATE_WRITE = "rate_write", "ghi mức hỗ trợ của tỉnh"
    HOUSEHOLD_READ = "household_read", "xem hộ gia đình"
    HOUSEHOLD_WRITE = "household_write", "ghi hộ gia đình, chọn bản đúng khi hai người ghi khác nhau"
    VISIT_READ = "visit_read", "xem lượt đến hộ, buổi hướng dẫn"
    VISIT_WRITE = "visit_write", "ghi, sửa, chọn lượt đến hộ; hỏi lại hộ"
    REQUEST_WRITE = "request_write", "nhận và trả lời yêu cầu giúp"
    CAMPAIGN_WRITE = "campaign_write", "mở chiến dịch, viết lời hướng dẫn"
    FORM_WRITE = "form_write", "nhập và ban hành phiếu"
    PHONE_WRITE = "phone_write", "ghi danh và thu hồi máy của thành viên tổ"


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
    Role.VOLUNTEER: frozenset({R.ASSESSMENT_READ, R.TEAM_READ}),
    Role.COMMUNE_OFFICER: frozenset(
        {
            R.FIGURE_READ,
            R.FIGURE_WRITE,
            R.ASSESSMENT_READ,
            R.ASSESSMENT_WRITE,
            R.ASSESSMENT_PUBLISH,
            R.POST_READ,
            R.APPEAL_WRITE,
            R.TEAM_READ,
            R.TEAM_WRITE,
            R.ALLOWANCE_WRITE,
            R.HOUSEHOLD_READ,
            R.HOUSEHOLD_WRITE,
            R.VISIT_READ,
            R.VISIT_WRITE,
            R.REQUEST_WRITE,
            R.CAMPAIGN_WRITE,
            R.FORM_WRITE,
            R.PHONE_WRITE,
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
            R.TEAM_READ,
            R.TEAM_WRITE,
            R.ALLOWANCE_WRITE,
            R.HOUSEHOLD_READ,
            R.HOUSEHOLD_WRITE,
            R.VISIT_READ,
            R.VISIT_WRITE,
            R.REQUEST_WRITE,
            R.CAMPAIGN_WRITE,
            R.FORM_WRITE,
            R.PHONE_WRITE,
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
            R.TEAM_READ,
            R.VISIT_READ,
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
            R.TEAM_READ,
            R.TEAM_WRITE,
            R.ALLOWANCE_WRITE,
            R.RATE_WRITE,
            R.VISIT_READ,
            R.VISIT_WRITE,
            R.REQUEST_WRITE,
            R.CAMPAIGN_WRITE,
            R.FORM_WRITE,
            R.PHONE_WRITE,
        }
    ),
    Role.MINISTRY_EDITOR: frozenset({R.ASSESSMENT_READ, R.FIGURE_READ, R.APPRAISAL_READ, R.TEAM_READ, R.VISIT_READ}),
    Role.MINISTRY_ADMIN: frozenset(Right) - {R.HOUSEHOLD_READ, R.HOUSEHOLD_WRITE},
}

# Granted with a post by those who manage posts, who do not hold it themselves: nobody signs for a head of commune, and
# who lives in which house is known in the commune only.
GRANTED_UNHELD = frozenset({R.SUBMISSION_SIGN, R.HOUSEHOLD_READ, R.HOUSEHOLD_WRITE})

NATIONAL = frozenset({Role.MINISTRY_EDITOR, Role.MINISTRY_ADMIN})  # posts without a unit: the whole country


def roles_with(right: Right) -> list[Role]:
    return [role for role, rights in RIGHTS.items() if right in rights]
