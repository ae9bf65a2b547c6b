"""Invitations of contacts by link."""

import association.trigger_migrations
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '__first__'),
        ('members', '0007_publicity'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('duty', models.CharField(choices=[('head', '负责人'), ('representative', '会员代表'), ('liaison', '联络员'), ('finance', '财务（开票）'), ('publicity', '宣传'), ('reporter', '数据填报员'), ('manager', '会员管理员'), ('clerk', '经办人')], max_length=20, verbose_name='职责')),
                    ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='邀请时间')),
                    ('expires_at', models.DateTimeField(verbose_name='有效至')),
                    ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='接受时间')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                    ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='members.contact', verbose_name='联系人')),
                    ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations_sent', to=settings.AUTH_USER_MODEL, verbose_name='邀请人')),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='members.organization', verbose_name='单位')),
                ],
                options={
                    'verbose_name': '邀请',
                    'verbose_name_plural': '邀请',
                    'ordering': ['-pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True)), fields=('organization', 'contact', 'duty'), name='invitation_one_open'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='invitation_ends_once')],
                },
            ),
            migrations.CreateModel(
                name='InvitationEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('duty', models.CharField(choices=[('head', '负责人'), ('representative', '会员代表'), ('liaison', '联络员'), ('finance', '财务（开票）'), ('publicity', '宣传'), ('reporter', '数据填报员'), ('manager', '会员管理员'), ('clerk', '经办人')], max_length=20, verbose_name='职责')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='邀请时间')),
                    ('expires_at', models.DateTimeField(verbose_name='有效至')),
                    ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='接受时间')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                    ('account', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ('contact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.contact', verbose_name='联系人')),
                    ('invited_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='邀请人')),
                    ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.organization', verbose_name='单位')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='members.invitation')),
                ],
                options={
                    'abstract': False,
                },
            ),
            association.trigger_migrations.AddTrigger(
                model_name='invitation',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_invitationevent" ("accepted_at", "account_id", "contact_id", "created_at", "duty", "expires_at", "id", "invited_by_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") SELECT new_values."accepted_at", new_values."account_id", new_values."contact_id", new_values."created_at", new_values."duty", new_values."expires_at", new_values."id", new_values."invited_by_id", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."revoked_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='46d41603dd07be1ca2514809ffebb53389b0d2f6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_df347', referencing='REFERENCING NEW TABLE AS new_values ', table='members_invitation', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='invitation',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_invitationevent" ("accepted_at", "account_id", "contact_id", "created_at", "duty", "expires_at", "id", "invited_by_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") SELECT new_values."accepted_at", new_values."account_id", new_values."contact_id", new_values."created_at", new_values."duty", new_values."expires_at", new_values."id", new_values."invited_by_id", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."revoked_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."accepted_at" IS DISTINCT FROM (new_values."accepted_at") OR old_values."account_id" IS DISTINCT FROM (new_values."account_id") OR old_values."contact_id" IS DISTINCT FROM (new_values."contact_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."duty" IS DISTINCT FROM (new_values."duty") OR old_values."expires_at" IS DISTINCT FROM (new_values."expires_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."invited_by_id" IS DISTINCT FROM (new_values."invited_by_id") OR old_values."organization_id" IS DISTINCT FROM (new_values."organization_id") OR old_values."revoked_at" IS DISTINCT FROM (new_values."revoked_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0c6d5408debc37370f34ab6e2eaa1993e5d66b77', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_34c15', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='members_invitation', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='invitation',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_invitationevent" ("accepted_at", "account_id", "contact_id", "created_at", "duty", "expires_at", "id", "invited_by_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") SELECT old_values."accepted_at", old_values."account_id", old_values."contact_id", old_values."created_at", old_values."duty", old_values."expires_at", old_values."id", old_values."invited_by_id", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."revoked_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='5185bbfd94bb2b08696eb8fd2de75d69686bc2be', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1089f', referencing='REFERENCING OLD TABLE AS old_values ', table='members_invitation', when='AFTER')),
            ),
        ]),
    ]
