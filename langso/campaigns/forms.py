from typing import Any

from django import forms

from langso.campaigns.actions import CampaignFacts
from langso.campaigns.models import Campaign
from langso.campaigns.queries import last_day
from langso.teams.forms import ActForm
from langso.ui.forms import DayField, DecimalField
from langso.villages.topics import TOPICS, codes_of


class CampaignForm(ActForm):
    title = forms.CharField(
        label="Tên chiến dịch",
        max_length=200,
        help_text="Ví dụ: Tháng cao điểm VNeID.",
        error_messages={"required": "Chưa ghi tên chiến dịch."},
    )
    topics = forms.MultipleChoiceField(
        label="Việc hướng dẫn",
        choices=list(TOPICS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chọn ít nhất một việc hướng dẫn."},
    )
    first = DayField(label="Từ ngày")
    last = DayField(label="Đến hết ngày")
    target_share = DecimalField(
        label="Chỉ tiêu (% số hộ)", required=False, help_text="Bao nhiêu phần trăm số hộ được hướng dẫn, ví dụ 80."
    )
    about = forms.CharField(
        label="Nội dung", required=False, widget=forms.Textarea(attrs={"rows": "3"}), help_text="Người đến hộ đọc được."
    )
    form_id = forms.CharField(
        label="Mã phiếu hỏi kèm theo", required=False, max_length=60, help_text="Không có phiếu thì để trống."
    )

    @classmethod
    def of(cls, campaign: Campaign, data: Any = None) -> "CampaignForm":
        return cls(
            data,
            initial={
                "title": campaign.title,
                "topics": codes_of(campaign.topics),
                "first": campaign.valid.lower,
                "last": last_day(campaign),
                "target_share": campaign.target_share,
                "about": campaign.about,
                "form_id": campaign.form_id,
            },
        )

    def facts(self) -> CampaignFacts:
        given = self.cleaned_data
        return CampaignFacts(**{k: v for k, v in given.items() if k != "uid"})


class ScriptForm(ActForm):
    title = forms.CharField(
        label="Tên bài",
        max_length=200,
        help_text="Ví dụ: Cài VNeID mức 2.",
        error_messages={"required": "Chưa ghi tên bài."},
    )
    steps = forms.CharField(
        label="Các bước",
        widget=forms.Textarea(attrs={"rows": "10"}),
        help_text="Mỗi dòng một bước, nói như nói ở cửa nhà. Máy có thể đọc to từng bước.",
        error_messages={"required": "Chưa ghi bước nào."},
    )
