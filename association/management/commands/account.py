"""Accounts from the command line: the first ones of a new house, before anybody can sign in."""

import secrets

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from association.choices import Role
from association.domain import accounts
from association.models import User


class Command(BaseCommand):
    help = "建立账号并授予职责：account 邮箱 姓名 --role 秘书处 [--role 财务]"

    def add_arguments(self, parser):
        parser.add_argument("email", help="邮箱，用来登录")
        parser.add_argument("full_name", help="姓名")
        parser.add_argument(
            "--role", action="append", default=[], help="职责，可写多次：" + "、".join(Role.labels)
        )

    def handle(self, *, email, full_name, role, **options):
        roles = [self._role(text) for text in role]
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError("邮箱的写法不对。") from error
        password = secrets.token_urlsafe(12)
        created = not User.objects.filter(email=email.lower()).exists()
        user = accounts.open_account(email=email, full_name=full_name, password=password, by=None)
        for chosen in roles:
            accounts.grant_role(user, chosen, by=None, basis="命令行")
        if created:
            self.stdout.write(f"已建立账号 {user.email}，初始密码 {password}，登录后请修改。")
        else:
            self.stdout.write(f"账号 {user.email} 原已存在，密码不变。")
        if roles:
            self.stdout.write("职责：" + "、".join(Role(r).label for r in roles))

    def _role(self, text):
        for role in Role:
            if text in (role.value, role.label):
                return role.value
        raise CommandError(f"没有“{text}”这项职责；可用：{'、'.join(Role.labels)}。")
