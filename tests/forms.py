"""Forms as a browser sends them: what the page showed, with some fields changed."""


def filled(response, **changes) -> dict:
    """The data that the form on a page would send, with `changes`."""
    form = response.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        data[bound.html_name] = value if isinstance(value, (list, tuple)) else str(value)
    return data | changes


def errors(response) -> dict:
    """Field → messages of the form that a page came back with."""
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}
