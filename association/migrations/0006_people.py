"""Resets of a lost second factor, and sessions that end by a count."""

import association.trigger_migrations
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '0005_reachable_and_confirmed'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='FactorReset',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=200, verbose_name='依据')),
                    ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                    ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='作废时间')),
                    ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='confirmed_factor_resets', to=settings.AUTH_USER_MODEL, verbose_name='确认人')),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposed_factor_resets', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factor_resets', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ],
                options={
                    'verbose_name': '重设第二步验证',
                    'verbose_name_plural': '重设第二步验证',
                    'ordering': ['-pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('user',), name='factor_reset_one_open'), models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(models.Q(('confirmed_by', models.F('proposed_by')), _negated=True), models.Q(('confirmed_by', models.F('user')), _negated=True)), _connector='OR'), name='factor_reset_two_people'), models.CheckConstraint(condition=models.Q(('proposed_by', models.F('user')), _negated=True), name='factor_reset_not_for_oneself'), models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='factor_reset_ends_once')],
                },
            ),
            migrations.CreateModel(
                name='FactorResetEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('reason', models.CharField(max_length=200, verbose_name='依据')),
                    ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                    ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='作废时间')),
                    ('confirmed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='association.factorreset')),
                    ('proposed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                    ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddField(
                model_name='user',
                name='session_round',
                field=models.PositiveIntegerField(default=0, editable=False, verbose_name='登录批次'),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='factorreset',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "association_factorresetevent" ("confirmed_at", "confirmed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "user_id", "withdrawn_at") SELECT new_values."confirmed_at", new_values."confirmed_by_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."proposed_at", new_values."proposed_by_id", new_values."reason", new_values."user_id", new_values."withdrawn_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5598564b7880deea1ca53fe9127b9b5146ad73a1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_46d91', referencing='REFERENCING NEW TABLE AS new_values ', table='association_factorreset', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='factorreset',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "association_factorresetevent" ("confirmed_at", "confirmed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "user_id", "withdrawn_at") SELECT new_values."confirmed_at", new_values."confirmed_by_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."proposed_at", new_values."proposed_by_id", new_values."reason", new_values."user_id", new_values."withdrawn_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2b849a6874671f75b545becae7ecd4a8ad15fcbc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1d0ed', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='association_factorreset', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='factorreset',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "association_factorresetevent" ("confirmed_at", "confirmed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "user_id", "withdrawn_at") SELECT old_values."confirmed_at", old_values."confirmed_by_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."proposed_at", old_values."proposed_by_id", old_values."reason", old_values."user_id", old_values."withdrawn_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7c817a7e2db10207bbd707210c7af16696936954', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_536b8', referencing='REFERENCING OLD TABLE AS old_values ', table='association_factorreset', when='AFTER')),
            ),
        ]),
    ]
