"""The record of what was done: `@verb` opens the frame, `record()` writes the sentence."""

import functools

import pghistory
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from association import stamps
from association.models import Activity, ActivitySubject


def verb(function):
    """Decorate a domain function that changes state: one transaction, one history context.

    Counts kept in the cache are counted again after it."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        with transaction.atomic(), pghistory.context(verb=f"{function.__module__}.{function.__name__}"):
            stamps.bump_after_commit()
            return function(*args, **kwargs)

    return call


def record(kind: str, *subjects, by, sentence: str, basis: str = "") -> Activity:
    """Append one activity about `subjects` (model instances) inside a verb.

    The rows that the database's history gathers under the same context are its changed fields.
    Raises RuntimeError outside a verb, because then no changed fields could be found later.
    """
    with pghistory.context() as context:
        if "verb" not in context.metadata:
            raise RuntimeError("record() belongs inside a function decorated with @verb")
        activity = Activity.objects.create(
            kind=kind, sentence=sentence[:500], basis=basis[:500], by=by, context_id=context.id
        )
    ActivitySubject.objects.bulk_create(
        ActivitySubject(
            activity=activity, content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk
        )
        for subject in subjects
    )
    return activity


def record_many(kind: str, pairs, *, by, basis: str = "") -> list[Activity]:
    """Append one activity for each (subject, sentence) pair in two statements; for bulk verbs. A subject may be a
    tuple of several."""
    pairs = list(pairs)
    with pghistory.context() as context:
        activities = Activity.objects.bulk_create(
            Activity(kind=kind, sentence=sentence[:500], basis=basis[:500], by=by, context_id=context.id)
            for _, sentence in pairs
        )
    ActivitySubject.objects.bulk_create(
        ActivitySubject(
            activity=activity, content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk
        )
        for activity, (subjects, _) in zip(activities, pairs, strict=True)
        for subject in (subjects if isinstance(subjects, tuple) else (subjects,))
    )
    return activities
