"""How sending may fail. The reasons are our own words: what a server answers may hold addresses."""

from association.choices import AddressHealth


class Temporary(Exception):
    """Not now. `away`: nothing can be sent this way at present, so the others need not be tried either. `in_doubt`:
    the whole message had left, and nobody said whether it was taken."""

    def __init__(self, reason: str, *, away: bool = False):
        super().__init__(reason)
        self.reason, self.away, self.in_doubt = reason, away, False


class Failed(Exception):
    """Never like this. `health` is what it says about the address, if anything."""

    def __init__(self, reason: str, *, health: AddressHealth | None = None):
        super().__init__(reason)
        self.reason, self.health = reason, health
