"""Passwords: the same work and the same answer for unknown accounts and for those switched off."""

from allauth.account.auth_backends import AuthenticationBackend


class PasswordBackend(AuthenticationBackend):
    """allauth's own, without its memory of people who gave the right password of an account that is switched off:
    that they would be led to another page tells that the account exists."""

    @classmethod
    def _stash_user(cls, user):
        return None
