"""Uploading a park's logo and photographs, several at once."""

from django import forms
from django.conf import settings

REQUIRED = {"required": "请选择图片。", "empty": "文件是空的，请检查后重新上传。"}
MOST_AT_ONCE = 10


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """One or more files; gives them in a list."""

    widget = SeveralFiles(attrs={"accept": "image/*"})

    def clean(self, data, initial=None):
        files = [super(PicturesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > MOST_AT_ONCE:
            raise forms.ValidationError(f"一次最多上传 {MOST_AT_ONCE} 张，请分几次上传。")
        return files


class LogoForm(forms.Form):
    logo = forms.FileField(
        label="标识图片",
        max_length=255,
        error_messages=REQUIRED,
        help_text="最好是方形、白底或透明底的 PNG。上传新的就换掉原来的。",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["logo"].widget.attrs["data-max-bytes"] = settings.UPLOAD_MAX_BYTES


class PhotosForm(forms.Form):
    photos = PicturesField(label="照片", max_length=255, error_messages=REQUIRED)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        most = settings.UPLOAD_MAX_BYTES
        self.fields["photos"].widget.attrs["data-max-bytes"] = most
        self.fields[
            "photos"
        ].help_text = f"可以一次选几张，每张不超过 {most // 2**20} MB。照片里的拍摄地点等信息会自动去掉。"
