"""Forms of the roster import: the file, the reason for taking an import back."""

import contextlib
import os
import tempfile

from django import forms

from association.exchange.guards import glance
from association.exchange.limits import MAX_FILE_BYTES, MAX_ROWS, WorkbookRefused
from association.forms.fields import TextField

SUFFIXES = (".xlsx", ".csv")
MEGABYTES = MAX_FILE_BYTES // 2**20


class UploadForm(forms.Form):
    file = forms.FileField(
        label="名册文件",
        help_text=f".xlsx 或 CSV，不超过 {MEGABYTES} MB、{MAX_ROWS:,} 行。列的先后不限，按表头的名称对应。",
        error_messages={
            "required": "请选择要导入的文件。",
            "empty": "文件是空的（0 字节）。请检查原文件后重新上传。",
            "max_length": "文件名太长，请改短后重新上传。",
        },
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES), "data-max-bytes": MAX_FILE_BYTES}),
    )

    def clean_file(self):
        """Only what is cheap enough for a request: size, first bytes, the directory of the zip."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(
                f"文件有 {file.size / 2**20:.1f} MB，超过 {MEGABYTES} MB 的上限。请删去图片和无关的工作表，或分成几份后上传。"
            )
        if os.path.splitext(file.name)[1].lower() not in SUFFIXES:
            raise forms.ValidationError(
                "只能导入 .xlsx 或 .csv 文件。其他格式请用 Excel 或 WPS 另存为 .xlsx 后上传。"
            )
        try:
            with on_disk(file) as path:
                glance(path)
        except WorkbookRefused as refused:
            raise forms.ValidationError(refused.sentence) from refused
        return file


@contextlib.contextmanager
def on_disk(file):
    """The path of an upload; a small one lies in memory and is put into a file for as long as it is looked at."""
    if hasattr(file, "temporary_file_path"):
        yield file.temporary_file_path()
        return
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        yield copy.name


class UndoForm(forms.Form):
    basis = TextField(
        label="撤销的原因",
        max_length=200,
        rows=2,
        help_text="会写进记录。",
        error_messages={"required": "请写明撤销的原因。"},
    )


class ConfirmForm(forms.Form):
    """`round` is the check that the person saw on the page."""

    round = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32_767)
    only_right = forms.BooleanField(widget=forms.HiddenInput, required=False)
