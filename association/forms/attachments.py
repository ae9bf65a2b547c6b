from django import forms
from django.conf import settings

from association.filetypes import ACCEPTED

EXTENSIONS = ".jpg,.jpeg,.png,.webp,.gif,.pdf,.docx,.xlsx,.pptx,.csv,.txt"


class UploadForm(forms.Form):
    """One file for a record; `kinds` are those that the record's kind of thing knows."""

    file = forms.FileField(
        label="文件",
        max_length=255,
        error_messages={
            "required": "请选择文件。",
            "empty": "文件是空的，请检查后重新上传。",
            "max_length": "文件名太长，请改短后重新上传。",
        },
    )
    kind = forms.ChoiceField(label="种类", error_messages={"invalid_choice": "请从列出的种类中选择。"})

    def __init__(self, *args, kinds=(), **kwargs):
        super().__init__(*args, **kwargs)
        most = settings.UPLOAD_MAX_BYTES
        self.fields["file"].help_text = f"{ACCEPTED}每个不超过 {most // 2**20} MB，动图只保留第一帧。"
        self.fields["file"].widget.attrs |= {"accept": EXTENSIONS, "data-max-bytes": most}
        if kinds:
            self.fields["kind"].choices = [(kind, kind) for kind in kinds]
        else:
            del self.fields["kind"]
