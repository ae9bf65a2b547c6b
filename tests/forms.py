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


def refused(client, url, data, cases) -> dict:
    """Send `data` with each of `cases` (field values → the field that is wrong) put into it; gives the cases whose
    answer was anything but 422 beside exactly that field."""
    wrong = {}
    for fields, field in cases:
        answer = client.post(url, data | fields)
        found = list(errors(answer)) if answer.status_code == 422 else answer.status_code
        if found != [field]:
            wrong[str(fields)[:80]] = found
    return wrong
