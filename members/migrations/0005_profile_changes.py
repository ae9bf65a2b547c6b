"""Changes of sensitive fields that wait for the secretariat; who reported a park's yearly numbers, and when."""

import association.trigger_migrations
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '__first__'),
        ('members', '0004_own_rights'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='ProfileChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                    ('field', models.CharField(choices=[('name', '单位名称'), ('credit_code', '统一社会信用代码'), ('legal_representative', '法定代表人'), ('representative', '会员代表'), ('bank', '开户行与银行账号')], max_length=30, verbose_name='项目')),
                    ('old', models.JSONField(default=dict, verbose_name='原值')),
                    ('new', models.JSONField(default=dict, verbose_name='新值')),
                    ('state', models.CharField(choices=[('pending', '待审核'), ('accepted', '已生效'), ('rejected', '已驳回'), ('withdrawn', '已撤回')], default='pending', max_length=12, verbose_name='状态')),
                    ('filed_at', models.DateTimeField(verbose_name='提交时间')),
                    ('due_on', models.DateField(verbose_name='审核期限')),
                    ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='办结时间')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                    ('filed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人')),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profile_changes', to='members.organization', verbose_name='单位')),
                    ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办结人')),
                ],
                options={
                    'verbose_name': '资料变更',
                    'verbose_name_plural': '资料变更',
                    'ordering': ['due_on', 'pk'],
                    'indexes': [models.Index(fields=['state', 'due_on'], name='profile_change_due')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('organization', 'field'), name='profile_change_one_open', violation_error_message='这一项已有待审核的修改。'), models.CheckConstraint(condition=models.Q(('state', 'pending'), ('settled_at__isnull', False), _connector='XOR'), name='profile_change_settled_once'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'rejected']), _negated=True), models.Q(('settled_by', models.F('filed_by')), _negated=True), _connector='OR'), name='profile_change_two_people'), models.CheckConstraint(condition=models.Q(('reason', ''), ('state', 'rejected'), _negated=True), name='profile_change_rejected_with_reason')],
                },
            ),
            migrations.CreateModel(
                name='ProfileChangeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                    ('field', models.CharField(choices=[('name', '单位名称'), ('credit_code', '统一社会信用代码'), ('legal_representative', '法定代表人'), ('representative', '会员代表'), ('bank', '开户行与银行账号')], max_length=30, verbose_name='项目')),
                    ('old', models.JSONField(default=dict, verbose_name='原值')),
                    ('new', models.JSONField(default=dict, verbose_name='新值')),
                    ('state', models.CharField(choices=[('pending', '待审核'), ('accepted', '已生效'), ('rejected', '已驳回'), ('withdrawn', '已撤回')], default='pending', max_length=12, verbose_name='状态')),
                    ('filed_at', models.DateTimeField(verbose_name='提交时间')),
                    ('due_on', models.DateField(verbose_name='审核期限')),
                    ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='办结时间')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                    ('filed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人')),
                    ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.organization', verbose_name='单位')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='members.profilechange')),
                    ('settled_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办结人')),
                ],
                options={
                    'abstract': False,
                },
            ),
            association.trigger_migrations.RemoveTrigger(
                model_name='parkyear',
                name='insert_insert',
            ),
            association.trigger_migrations.RemoveTrigger(
                model_name='parkyear',
                name='update_update',
            ),
            association.trigger_migrations.RemoveTrigger(
                model_name='parkyear',
                name='delete_delete',
            ),
            migrations.AddField(
                model_name='parkyear',
                name='reported_at',
                field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='填报时间'),
            ),
            migrations.AddField(
                model_name='parkyear',
                name='reported_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人'),
            ),
            migrations.AddField(
                model_name='parkyearevent',
                name='reported_at',
                field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='填报时间'),
            ),
            migrations.AddField(
                model_name='parkyearevent',
                name='reported_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人'),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='parkyear',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkyearevent" ("created_at", "culture_tenants", "employees", "hightech_tenants", "id", "large_tenants", "listed_tenants", "operating_revenue", "park_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rent", "rented_area", "reported_at", "reported_by_id", "tax", "tenant_revenue", "tenants", "updated_at", "version", "year") SELECT new_values."created_at", new_values."culture_tenants", new_values."employees", new_values."hightech_tenants", new_values."id", new_values."large_tenants", new_values."listed_tenants", new_values."operating_revenue", new_values."park_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rent", new_values."rented_area", new_values."reported_at", new_values."reported_by_id", new_values."tax", new_values."tenant_revenue", new_values."tenants", new_values."updated_at", new_values."version", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='51ee499e54299e5343571b168dacb95872d205bf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8ca12', referencing='REFERENCING NEW TABLE AS new_values ', table='members_parkyear', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='parkyear',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkyearevent" ("created_at", "culture_tenants", "employees", "hightech_tenants", "id", "large_tenants", "listed_tenants", "operating_revenue", "park_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rent", "rented_area", "reported_at", "reported_by_id", "tax", "tenant_revenue", "tenants", "updated_at", "version", "year") SELECT new_values."created_at", new_values."culture_tenants", new_values."employees", new_values."hightech_tenants", new_values."id", new_values."large_tenants", new_values."listed_tenants", new_values."operating_revenue", new_values."park_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rent", new_values."rented_area", new_values."reported_at", new_values."reported_by_id", new_values."tax", new_values."tenant_revenue", new_values."tenants", new_values."updated_at", new_values."version", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3a055f6be06677053255770fdb451259f34f3fdc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c55c7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='members_parkyear', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='parkyear',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkyearevent" ("created_at", "culture_tenants", "employees", "hightech_tenants", "id", "large_tenants", "listed_tenants", "operating_revenue", "park_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rent", "rented_area", "reported_at", "reported_by_id", "tax", "tenant_revenue", "tenants", "updated_at", "version", "year") SELECT old_values."created_at", old_values."culture_tenants", old_values."employees", old_values."hightech_tenants", old_values."id", old_values."large_tenants", old_values."listed_tenants", old_values."operating_revenue", old_values."park_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rent", old_values."rented_area", old_values."reported_at", old_values."reported_by_id", old_values."tax", old_values."tenant_revenue", old_values."tenants", old_values."updated_at", old_values."version", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='029605a50f8610bfe164e273d4e9d66833eb8ce9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6aa4e', referencing='REFERENCING OLD TABLE AS old_values ', table='members_parkyear', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='profilechange',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_profilechangeevent" ("created_at", "due_on", "field", "filed_at", "filed_by_id", "id", "new", "old", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "settled_at", "settled_by_id", "state", "updated_at", "version") SELECT new_values."created_at", new_values."due_on", new_values."field", new_values."filed_at", new_values."filed_by_id", new_values."id", new_values."new", new_values."old", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."settled_at", new_values."settled_by_id", new_values."state", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='db42d04ae97cefbdc1ff00a122d31fb19351093d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_786e5', referencing='REFERENCING NEW TABLE AS new_values ', table='members_profilechange', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='profilechange',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_profilechangeevent" ("created_at", "due_on", "field", "filed_at", "filed_by_id", "id", "new", "old", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "settled_at", "settled_by_id", "state", "updated_at", "version") SELECT new_values."created_at", new_values."due_on", new_values."field", new_values."filed_at", new_values."filed_by_id", new_values."id", new_values."new", new_values."old", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."settled_at", new_values."settled_by_id", new_values."state", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a0d9f9466f18de4e361f6bc2466405a17771d9e4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3fe08', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='members_profilechange', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='profilechange',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_profilechangeevent" ("created_at", "due_on", "field", "filed_at", "filed_by_id", "id", "new", "old", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "settled_at", "settled_by_id", "state", "updated_at", "version") SELECT old_values."created_at", old_values."due_on", old_values."field", old_values."filed_at", old_values."filed_by_id", old_values."id", old_values."new", old_values."old", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."settled_at", old_values."settled_by_id", old_values."state", old_values."updated_at", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='503cb44f438efdf1ac7ba2a2529d70438dcb5b6c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_76c4f', referencing='REFERENCING OLD TABLE AS old_values ', table='members_profilechange', when='AFTER')),
            ),
        ]),
    ]
