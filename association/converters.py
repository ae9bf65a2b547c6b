"""Address parts: keys of the database."""

from django.urls import register_converter


class Key:
    """Positive numbers that fit a database key; a longer one is no address of ours."""

    regex = "[0-9]{1,18}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)


register_converter(Key, "id")
