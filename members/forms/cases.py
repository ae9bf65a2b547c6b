"""Forms on leaving: the unit's wish and words, the secretariat's letters, what council and assembly decided."""

from django import forms
from django.conf import settings

from association.forms.attachments import EXTENSIONS
from association.forms.fields import DayField, TextField
from members import votes
from members.forms.photos import SeveralFiles

MOST_AT_ONCE = 10
FILE_ERRORS = {
    "required": "请选择文件。",
    "empty": "文件是空的，请检查后重新上传。",
    "max_length": "文件名太长，请改短后重新上传。",
}
BASIS_HINT = "如“理事会决议〔2023〕5号”，会写进通知和时间线。"


class SeveralFilesField(forms.FileField):
    """No, one or more files; gives them in a list."""

    widget = SeveralFiles(attrs={"accept": EXTENSIONS})

    def clean(self, data, initial=None):
        files = [super(SeveralFilesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > MOST_AT_ONCE:
            raise forms.ValidationError(f"一次最多上传 {MOST_AT_ONCE} 个文件，请分几次提交。")
        return [file for file in files if file]


def _files(label, **kwargs):
    return SeveralFilesField(label=label, max_length=255, error_messages=FILE_ERRORS, **kwargs)


class _WithFiles(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        most = settings.UPLOAD_MAX_BYTES
        for field in self.fields.values():
            if isinstance(field, forms.FileField):
                hint = f"图片或 PDF 等，每个不超过 {most // 2**20} MB。"
                field.help_text = f"{field.help_text}{hint}"
                field.widget.attrs |= {"accept": EXTENSIONS, "data-max-bytes": most}


class AskForm(_WithFiles):
    """The unit's own wish to leave."""

    reason = TextField(label="退会理由", max_length=1000, rows=4)
    wanted_on = DayField(
        label="希望退会的日期", help_text="从这一天起不再是会员；实际日期由理事会确认，不早于理事会决定当天。"
    )
    letter = forms.FileField(
        label="盖章的退会申请书", max_length=255, help_text="可以拍照。", error_messages=FILE_ERRORS
    )


class ExpelForm(_WithFiles):
    reason = TextField(
        label="事由", max_length=1000, rows=5, help_text="写明事实和违反的章程条款，会原样告知单位。"
    )
    evidence = _files("证据材料", required=False)


class NoteForm(forms.Form):
    note = TextField(
        label="核对说明", max_length=500, rows=3, required=False, help_text="写进卷宗，供理事会参考。"
    )


class LetterForm(forms.Form):
    """The words of a letter; what goes out is kept as it was sent."""

    text = TextField(
        label="函件正文", max_length=1900, rows=9, help_text="发出后留在卷宗里，不能再改；可以打印盖章寄送。"
    )


class UrgeForm(LetterForm):
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=3)


class WordsForm(_WithFiles):
    """What a unit says for itself, with files."""

    text = TextField(label="意见", max_length=1900, rows=8)
    files = _files("材料", required=False)


class ObjectionForm(forms.Form):
    text = TextField(
        label="异议", max_length=1900, rows=5, help_text="写明理由；秘书处和理事会会看到你的姓名和内容。"
    )


class ReasonForm(forms.Form):
    reason = TextField(label="撤销的理由", max_length=300, help_text="单位会看到。")


class CouncilForm(forms.Form):
    """The council's vote; the day of leaving is asked for only where the vote carries."""

    decided_on = DayField(label="理事会决定的日期")
    basis = TextField(label="理事会决议", max_length=200, help_text=BASIS_HINT)
    present = forms.IntegerField(label="到会理事", min_value=1, max_value=1000)
    in_favour = forms.IntegerField(
        label="同意", min_value=0, max_value=1000, help_text="弃权和无效票仍计入到会。"
    )
    left_on = DayField(
        label="会籍终止的日期",
        required=False,
        help_text="通过时必填：从这一天起不再是会员。不早于理事会决定当天；未通过的留空。",
    )

    def clean(self):
        data = super().clean()
        present, in_favour = data.get("present"), data.get("in_favour")
        if present is None or in_favour is None:
            return data
        if in_favour > present:
            self.add_error("in_favour", "同意的人数不能多于到会人数。")
        elif (
            votes.COUNCIL.passes(in_favour, present)
            and not data.get("left_on")
            and "left_on" not in self.errors
        ):
            self.add_error("left_on", "同意的已达到会理事三分之二，请填写会籍终止的日期。")
        return data


class AppealDecisionForm(forms.Form):
    result = forms.ChoiceField(
        label="会员大会的决定",
        choices=[("upheld", "维持除名"), ("overturned", "申诉成立，会籍恢复且不中断")],
        widget=forms.RadioSelect,
    )
    decided_on = DayField(label="会员大会决定的日期")
    basis = TextField(label="会员大会决议", max_length=200, help_text="会写进通知和时间线。")


class PostsForm(forms.Form):
    text = TextField(
        label="处理结果",
        max_length=300,
        help_text="如“理事会第五次会议补选某单位为副会长单位”，或“至换届暂缺”。",
    )


class SuspendForm(forms.Form):
    since = DayField(label="自哪一天起暂停")
    reason = TextField(label="事由", max_length=300)
    basis = TextField(label="决议", max_length=200, help_text=BASIS_HINT)


class LiftForm(forms.Form):
    until = DayField(label="自哪一天起恢复")
    basis = TextField(label="恢复依据", max_length=200)
