"""The ways out of the house. In a demonstration there is one only, into files: nobody real can be reached."""

from django.conf import settings

from association.choices import Channel
from association.gateways.errors import Failed, Temporary
from association.gateways.files import FileGateway
from association.gateways.sms import HttpSms
from association.gateways.smtp import Smtp

__all__ = ["Failed", "Temporary", "gateway_for", "is_local", "sends_sms"]


def gateway_for(channel):
    """A gateway to use as a context for a batch: `with gateway_for(channel) as way: way.send(delivery)`."""
    if settings.DEMO:
        return FileGateway()
    return Smtp() if channel == Channel.EMAIL else HttpSms()


def is_local(channel) -> bool:
    """Whether sending writes a file and waits for nobody."""
    return settings.DEMO


def sends_sms() -> bool:
    """Whether the house can send text messages at all."""
    return settings.DEMO or bool(settings.SMS_GATEWAY_URL)
