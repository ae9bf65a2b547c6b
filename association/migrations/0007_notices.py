"""Notices, their deliveries, and what people wish to be told."""

import association.models.notice
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
import association.trigger_migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '0006_people'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='AddressState',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('email', '邮件'), ('sms', '短信')], max_length=5, verbose_name='方式')),
                    ('address', models.CharField(max_length=254, verbose_name='地址')),
                    ('state', models.CharField(choices=[('ok', '正常'), ('bouncing', '退回'), ('blocked', '拒收')], default='ok', max_length=8, verbose_name='状态')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                    ('since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='自')),
                ],
                options={
                    'verbose_name': '地址状态',
                    'verbose_name_plural': '地址状态',
                    'constraints': [models.UniqueConstraint(fields=('channel', 'address'), name='address_state_one')],
                },
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=80, verbose_name='种类')),
                    ('title', models.CharField(max_length=200, verbose_name='标题')),
                    ('body', models.TextField(blank=True, verbose_name='正文')),
                    ('url', models.CharField(blank=True, max_length=300, verbose_name='去处')),
                    ('object_id', models.BigIntegerField(blank=True, null=True)),
                    ('key', models.CharField(blank=True, max_length=250)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                    ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='已读')),
                    ('content_type', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                    ('recipient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '通知',
                    'verbose_name_plural': '通知',
                    'indexes': [models.Index(fields=['recipient', '-id'], name='notice_inbox'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['recipient'], name='notice_unread'), models.Index(fields=['content_type', 'object_id'], name='notice_about')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('recipient', 'key'), name='notice_once_a_key')],
                },
            ),
            migrations.CreateModel(
                name='NoticePreference',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('subject', models.CharField(max_length=80, verbose_name='事项')),
                    ('channel', models.CharField(choices=[('email', '邮件'), ('sms', '短信')], max_length=5, verbose_name='方式')),
                    ('wanted', models.BooleanField(default=True, verbose_name='接收')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_preferences', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '通知设置',
                    'verbose_name_plural': '通知设置',
                    'constraints': [models.UniqueConstraint(fields=('user', 'subject', 'channel'), name='notice_preference_one')],
                },
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(blank=True, max_length=80, verbose_name='种类')),
                    ('channel', models.CharField(choices=[('email', '邮件'), ('sms', '短信')], max_length=5, verbose_name='方式')),
                    ('address', models.CharField(max_length=254, verbose_name='地址')),
                    ('subject', models.CharField(blank=True, max_length=230, verbose_name='标题')),
                    ('text', models.TextField(blank=True, verbose_name='正文')),
                    ('html', models.TextField(blank=True)),
                    ('template', models.CharField(blank=True, max_length=80, verbose_name='短信模板')),
                    ('values', models.JSONField(blank=True, default=dict)),
                    ('state', models.CharField(choices=[('queued', '待发'), ('held', '免打扰，待发'), ('sending', '发送中'), ('sent', '已发'), ('failed', '失败')], default='queued', max_length=7, verbose_name='状态')),
                    ('secret', models.BooleanField(default=False)),
                    ('urgent', models.BooleanField(default=False)),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                    ('losses', models.PositiveSmallIntegerField(default=0)),
                    ('claimed_at', models.DateTimeField(blank=True, null=True)),
                    ('begun_at', models.DateTimeField(blank=True, null=True)),
                    ('send_after', models.DateTimeField(default=django.utils.timezone.now, verbose_name='不早于')),
                    ('give_up_at', models.DateTimeField(verbose_name='最迟')),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发出时间')),
                    ('bounced', models.BooleanField(default=False, verbose_name='退回')),
                    ('last_error', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                    ('message_id', models.CharField(default=association.models.notice.new_message_id, editable=False, max_length=120, unique=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='收件人')),
                    ('notice', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to='association.notice', verbose_name='通知')),
                ],
                options={
                    'verbose_name': '发送记录',
                    'verbose_name_plural': '发送记录',
                    'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'held'])), fields=['-urgent', 'send_after', 'id'], name='delivery_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='delivery_claimed'), models.Index(fields=['-created_at', '-id'], name='delivery_log'), models.Index(fields=['state', '-created_at'], name='delivery_log_state'), models.Index(fields=['channel', 'address'], name='delivery_address')],
                    'constraints': [models.UniqueConstraint(fields=('notice', 'channel'), name='delivery_once_a_channel')],
                },
            ),
        ]),
    ]
