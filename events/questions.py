"""Which questions are asked of whom, and which answers hold; pure."""

from events.choices import QuestionKind

YES, NO = "是", "否"


def choices_of(question) -> list[str]:
    """The answers that may be given; empty where anything may be written."""
    if question.kind == QuestionKind.YES_NO:
        return [YES, NO]
    return list(question.options) if question.kind in (QuestionKind.ONE, QuestionKind.SEVERAL) else []


def is_asked(question, mode: str, answers: dict) -> bool:
    """Whether the question is asked of one who takes part in that mode and gave these answers ({question key: text})."""
    if question.mode and question.mode != mode:
        return False
    if question.asked_after_id is None:
        return True
    given = answers.get(question.asked_after_id, "")
    return question.asked_when in given.split("、")


def settled(questions, mode: str, answers: dict) -> tuple[dict, dict]:
    """(answers that count, what is wrong): `answers` without those to questions that were not asked, and a sentence by
    question key. `questions` stand in their order, so that a condition is known before what hangs on it."""
    kept, wrong = {}, {}
    for question in questions:
        if not is_asked(question, mode, kept):
            continue
        text = answers.get(question.pk, "").strip()
        if not text:
            if question.is_required:
                wrong[question.pk] = f"请回答“{question.text}”。"
            continue
        allowed = choices_of(question)
        parts = text.split("、") if question.kind == QuestionKind.SEVERAL else [text]
        if allowed and any(part not in allowed for part in parts):
            wrong[question.pk] = f"“{question.text}”请从所列的选项中选择。"
            continue
        kept[question.pk] = text[:500]
    return kept, wrong
