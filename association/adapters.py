"""How allauth behaves here: nobody opens an account on their own."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Accounts are made by invitation of the secretariat."""
        return False
