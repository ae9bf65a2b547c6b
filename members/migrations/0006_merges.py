"""Pairs that look like one unit, the search for them, and merges."""

import association.trigger_migrations
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '0005_reachable_and_confirmed'),
        ('association', '__first__'),
        ('members', '0005_profile_changes'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='DuplicatePair',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('score', models.PositiveSmallIntegerField(verbose_name='相似度')),
                    ('reasons', models.JSONField(default=list, verbose_name='理由')),
                    ('state', models.CharField(choices=[('open', '待核对'), ('not_duplicate', '不是重复'), ('merged', '已合并')], default='open', max_length=14, verbose_name='状态')),
                    ('found_at', models.DateTimeField(auto_now_add=True, verbose_name='发现时间')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='判定时间')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='判定人')),
                    ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organization', verbose_name='单位甲')),
                    ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organization', verbose_name='单位乙')),
                ],
                options={
                    'verbose_name': '疑似重复',
                    'verbose_name_plural': '疑似重复',
                    'indexes': [models.Index(fields=['state', '-score', 'id'], name='duplicate_pair_listed')],
                    'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='duplicate_pair_unique'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='duplicate_pair_in_order')],
                },
            ),
            migrations.CreateModel(
                name='DuplicateSearch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('running', '正在查重'), ('done', '已查完'), ('failed', '没有查完')], default='running', max_length=10, verbose_name='状态')),
                    ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='开始时间')),
                    ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                    ('step', models.CharField(blank=True, max_length=40, verbose_name='进行到')),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('total', models.PositiveIntegerField(default=0)),
                    ('found', models.PositiveIntegerField(default=0, verbose_name='候选对')),
                    ('crowded', models.PositiveIntegerField(default=0, verbose_name='过于常见的名称')),
                    ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='association.job')),
                    ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                ],
                options={
                    'verbose_name': '查重',
                    'verbose_name_plural': '查重',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='duplicate_search_one_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='Merge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('proposed', '待确认'), ('declined', '没有合并'), ('done', '已合并'), ('undo_asked', '待确认撤销'), ('undone', '已撤销')], default='proposed', max_length=12, verbose_name='状态')),
                    ('picks', models.JSONField(default=dict, verbose_name='各项取值')),
                    ('kept_version', models.PositiveIntegerField(default=0)),
                    ('merged_version', models.PositiveIntegerField(default=0)),
                    ('basis', models.CharField(max_length=200, verbose_name='合并理由')),
                    ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                    ('decline_basis', models.CharField(blank=True, max_length=200, verbose_name='不合并的理由')),
                    ('effects', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('outcome', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='结果')),
                    ('undo_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='提出撤销的时间')),
                    ('undo_basis', models.CharField(blank=True, max_length=200, verbose_name='撤销理由')),
                    ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人')),
                    ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organization', verbose_name='保留的单位')),
                    ('merged', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organization', verbose_name='并入的单位')),
                    ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                    ('undo_asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出撤销的人')),
                    ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认撤销的人')),
                ],
                options={
                    'verbose_name': '单位合并',
                    'verbose_name_plural': '单位合并',
                    'indexes': [models.Index(fields=['state', '-id'], name='merge_listed')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'done', 'undo_asked'))), fields=('merged',), name='merge_one_of_a_unit', violation_error_message='这家单位已有合并在办理，或已并入别的单位。'), models.CheckConstraint(condition=models.Q(('kept', models.F('merged')), _negated=True), name='merge_of_two_units'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('done', 'undo_asked', 'undone')), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='merge_by_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'undone'), _negated=True), models.Q(('undone_by__isnull', False), models.Q(('undone_by', models.F('undo_asked_by')), _negated=True)), _connector='OR'), name='merge_undone_by_two_people')],
                },
            ),
            migrations.CreateModel(
                name='DuplicatePairEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('score', models.PositiveSmallIntegerField(verbose_name='相似度')),
                    ('reasons', models.JSONField(default=list, verbose_name='理由')),
                    ('state', models.CharField(choices=[('open', '待核对'), ('not_duplicate', '不是重复'), ('merged', '已合并')], default='open', max_length=14, verbose_name='状态')),
                    ('found_at', models.DateTimeField(auto_now_add=True, verbose_name='发现时间')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='判定时间')),
                    ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='判定人')),
                    ('first', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.organization', verbose_name='单位甲')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='members.duplicatepair')),
                    ('second', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.organization', verbose_name='单位乙')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='MergeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('proposed', '待确认'), ('declined', '没有合并'), ('done', '已合并'), ('undo_asked', '待确认撤销'), ('undone', '已撤销')], default='proposed', max_length=12, verbose_name='状态')),
                    ('picks', models.JSONField(default=dict, verbose_name='各项取值')),
                    ('kept_version', models.PositiveIntegerField(default=0)),
                    ('merged_version', models.PositiveIntegerField(default=0)),
                    ('basis', models.CharField(max_length=200, verbose_name='合并理由')),
                    ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                    ('decline_basis', models.CharField(blank=True, max_length=200, verbose_name='不合并的理由')),
                    ('outcome', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='结果')),
                    ('undo_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='提出撤销的时间')),
                    ('undo_basis', models.CharField(blank=True, max_length=200, verbose_name='撤销理由')),
                    ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人')),
                    ('kept', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.organization', verbose_name='保留的单位')),
                    ('merged', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.organization', verbose_name='并入的单位')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='members.merge')),
                    ('proposed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                    ('undo_asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出撤销的人')),
                    ('undone_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认撤销的人')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.RemoveIndex(
                model_name='organization',
                name='organization_district',
            ),
            migrations.AddField(
                model_name='organization',
                name='merged_into',
                field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organization', verbose_name='并入'),
            ),
            migrations.AddIndex(
                model_name='organization',
                index=models.Index(fields=['district', 'latest_joined_on'], include=('latest_left_on', 'membership_count', 'id', 'merged_into'), name='organization_district'),
            ),
            migrations.AddIndex(
                model_name='organization',
                index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='organization_absorbed'),
            ),
            association.trigger_migrations.RemoveTrigger(
                model_name='membership',
                name='keep_latest',
            ),
            association.trigger_migrations.AddTrigger(
                model_name='duplicatepair',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_duplicatepairevent" ("decided_at", "decided_by_id", "first_id", "found_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "score", "second_id", "state") SELECT new_values."decided_at", new_values."decided_by_id", new_values."first_id", new_values."found_at", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reasons", new_values."score", new_values."second_id", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c1dfbacb72de672431bfbb319f221738a9bf964a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_49f9e', referencing='REFERENCING NEW TABLE AS new_values ', table='members_duplicatepair', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='duplicatepair',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_duplicatepairevent" ("decided_at", "decided_by_id", "first_id", "found_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "score", "second_id", "state") SELECT new_values."decided_at", new_values."decided_by_id", new_values."first_id", new_values."found_at", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reasons", new_values."score", new_values."second_id", new_values."state" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0bfa12a3b8751d4745a504fc599b8d43da5aa4a1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b16c0', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='members_duplicatepair', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='duplicatepair',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_duplicatepairevent" ("decided_at", "decided_by_id", "first_id", "found_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "score", "second_id", "state") SELECT old_values."decided_at", old_values."decided_by_id", old_values."first_id", old_values."found_at", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reasons", old_values."score", old_values."second_id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1a44bd2b02a18a3532d6eca58bea7a413101211f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a1e2c', referencing='REFERENCING OLD TABLE AS old_values ', table='members_duplicatepair', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='merge',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_mergeevent" ("basis", "decided_at", "decided_by_id", "decline_basis", "id", "kept_id", "kept_version", "merged_id", "merged_version", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picks", "proposed_at", "proposed_by_id", "state", "undo_asked_at", "undo_asked_by_id", "undo_basis", "undone_at", "undone_by_id") SELECT new_values."basis", new_values."decided_at", new_values."decided_by_id", new_values."decline_basis", new_values."id", new_values."kept_id", new_values."kept_version", new_values."merged_id", new_values."merged_version", new_values."outcome", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."picks", new_values."proposed_at", new_values."proposed_by_id", new_values."state", new_values."undo_asked_at", new_values."undo_asked_by_id", new_values."undo_basis", new_values."undone_at", new_values."undone_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='568e8fbbcd52dd0aed601c608917ffeb5bc04c88', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3bce5', referencing='REFERENCING NEW TABLE AS new_values ', table='members_merge', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='merge',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_mergeevent" ("basis", "decided_at", "decided_by_id", "decline_basis", "id", "kept_id", "kept_version", "merged_id", "merged_version", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picks", "proposed_at", "proposed_by_id", "state", "undo_asked_at", "undo_asked_by_id", "undo_basis", "undone_at", "undone_by_id") SELECT new_values."basis", new_values."decided_at", new_values."decided_by_id", new_values."decline_basis", new_values."id", new_values."kept_id", new_values."kept_version", new_values."merged_id", new_values."merged_version", new_values."outcome", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."picks", new_values."proposed_at", new_values."proposed_by_id", new_values."state", new_values."undo_asked_at", new_values."undo_asked_by_id", new_values."undo_basis", new_values."undone_at", new_values."undone_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."basis" IS DISTINCT FROM (new_values."basis") OR old_values."decided_at" IS DISTINCT FROM (new_values."decided_at") OR old_values."decided_by_id" IS DISTINCT FROM (new_values."decided_by_id") OR old_values."decline_basis" IS DISTINCT FROM (new_values."decline_basis") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."kept_id" IS DISTINCT FROM (new_values."kept_id") OR old_values."kept_version" IS DISTINCT FROM (new_values."kept_version") OR old_values."merged_id" IS DISTINCT FROM (new_values."merged_id") OR old_values."merged_version" IS DISTINCT FROM (new_values."merged_version") OR old_values."outcome" IS DISTINCT FROM (new_values."outcome") OR old_values."picks" IS DISTINCT FROM (new_values."picks") OR old_values."proposed_at" IS DISTINCT FROM (new_values."proposed_at") OR old_values."proposed_by_id" IS DISTINCT FROM (new_values."proposed_by_id") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."undo_asked_at" IS DISTINCT FROM (new_values."undo_asked_at") OR old_values."undo_asked_by_id" IS DISTINCT FROM (new_values."undo_asked_by_id") OR old_values."undo_basis" IS DISTINCT FROM (new_values."undo_basis") OR old_values."undone_at" IS DISTINCT FROM (new_values."undone_at") OR old_values."undone_by_id" IS DISTINCT FROM (new_values."undone_by_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c3f1eb6ca6cc275b43de965a098072be2a55f3f4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_73828', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='members_merge', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='merge',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_mergeevent" ("basis", "decided_at", "decided_by_id", "decline_basis", "id", "kept_id", "kept_version", "merged_id", "merged_version", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picks", "proposed_at", "proposed_by_id", "state", "undo_asked_at", "undo_asked_by_id", "undo_basis", "undone_at", "undone_by_id") SELECT old_values."basis", old_values."decided_at", old_values."decided_by_id", old_values."decline_basis", old_values."id", old_values."kept_id", old_values."kept_version", old_values."merged_id", old_values."merged_version", old_values."outcome", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."picks", old_values."proposed_at", old_values."proposed_by_id", old_values."state", old_values."undo_asked_at", old_values."undo_asked_by_id", old_values."undo_basis", old_values."undone_at", old_values."undone_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='02e4ef792d5ff77845876dcf1e0a01c4c30bf14a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_349e2', referencing='REFERENCING OLD TABLE AS old_values ', table='members_merge', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='membership',
                trigger=pgtrigger.compiler.Trigger(name='keep_latest', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nUPDATE members_organization AS unit\nSET latest_joined_on = period.joined_on, latest_left_on = period.left_on, membership_count = period.number\nFROM (\n    SELECT owner.id, max(joined_on) AS joined_on, (array_agg(left_on ORDER BY joined_on DESC))[1] AS left_on,\n           count(member.id) AS number\n    FROM members_organization AS owner LEFT JOIN members_membership AS member ON member.organization_id = owner.id\n    WHERE owner.id IN (NEW.organization_id, OLD.organization_id) GROUP BY owner.id\n) AS period\nWHERE unit.id = period.id\n  AND (unit.latest_joined_on, unit.latest_left_on, unit.membership_count)\n      IS DISTINCT FROM (period.joined_on, period.left_on, period.number);\nRETURN NULL;\n', hash='144d94b1d0c7cb1b33cc005dbd32acb462fc5f8f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_latest_1c3e7', table='members_membership', when='AFTER')),
            ),
        ]),
    ]
