"""Two at once: functions run in threads of their own, each on a connection of its own, started together."""

import threading

from django.db import connections


def at_once(*functions):
    """Run the functions at the same moment; gives for each its result or the exception it ended with.

    Only for tests with real transactions: every thread has a connection of its own and commits.
    """
    start = threading.Barrier(len(functions), timeout=10)
    results = [None] * len(functions)

    def run(index, function):
        try:
            start.wait()
            results[index] = function()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads), "a thread is still waiting"
    return results
