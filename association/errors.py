"""Refusals: what the house will not do, said in one Chinese sentence."""


class Refused(Exception):
    """Raised by a verb that cannot be done now; caught once, by the middleware.

    `sentence` is shown to the person as it stands. `status` is 409 when the state forbids it and 422 when the
    input does. `context` may carry values for the page (both versions of an edited record, say).
    """

    def __init__(self, sentence: str, status: int = 409, **context):
        super().__init__(sentence)
        self.sentence, self.status, self.context = sentence, status, context
