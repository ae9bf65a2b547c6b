"""Choosing what comes by letter or text message, and finding deliveries."""

from django import forms

from association import notices
from association.choices import Channel, DeliveryState
from association.forms.fields import TextField


class WishesForm(forms.Form):
    """Ticked pairs of group and channel; `choices` as `association.domain.inbox.choices_of` gives them."""

    wanted = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = [
            (f"{group['name']}|{channel}", group["name"])
            for group in choices
            for channel, choice in group["channels"].items()
            if not choice["fixed"]
        ]

    def clean_wanted(self) -> set[tuple]:
        return {tuple(pair.rsplit("|", 1)) for pair in self.cleaned_data["wanted"]}


def _any(choices):
    return [("", "全部"), *choices]


class DeliveriesForm(forms.Form):
    """The log's filters; all of them may be empty."""

    q = TextField(label="收件人或标题", required=False, max_length=100)
    state = forms.ChoiceField(label="状态", required=False, choices=_any(DeliveryState.choices))
    channel = forms.ChoiceField(label="方式", required=False, choices=_any(Channel.choices))
    kind = forms.ChoiceField(label="种类", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = _any((k.name, k.label) for k in notices.kinds())

    def words(self) -> list[tuple]:
        """(name, label, text) of each filter in force."""
        return [
            (name, field.label, dict(getattr(field, "choices", ())).get(value, value))
            for name, field in self.fields.items()
            if (value := self.cleaned_data.get(name))
        ]
