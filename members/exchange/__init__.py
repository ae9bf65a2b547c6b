"""The roster from a workbook into the books: which unit each row means, what differs, how it is written and undone.

    layout, cleaning → rows → matching, units → comparing → identity, membership, people, parks → check
    fingerprints → writing → apply, undo

Nothing here changes a record except `apply` and `undo`, which the kernel calls inside its own verbs.
"""
