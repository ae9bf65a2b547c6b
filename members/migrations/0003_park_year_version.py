import association.trigger_migrations
import django.utils.timezone
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_latest_membership'),
    ]

    operations = [
        association.trigger_migrations.Together([
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
                name='created_at',
                field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='建立时间'),
                preserve_default=False,
            ),
            migrations.AddField(
                model_name='parkyear',
                name='updated_at',
                field=models.DateTimeField(auto_now=True, verbose_name='更新时间'),
            ),
            migrations.AddField(
                model_name='parkyear',
                name='version',
                field=models.PositiveIntegerField(default=1, editable=False, verbose_name='版本'),
            ),
            migrations.AddField(
                model_name='parkyearevent',
                name='created_at',
                field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='建立时间'),
                preserve_default=False,
            ),
            migrations.AddField(
                model_name='parkyearevent',
                name='updated_at',
                field=models.DateTimeField(auto_now=True, verbose_name='更新时间'),
            ),
            migrations.AddField(
                model_name='parkyearevent',
                name='version',
                field=models.PositiveIntegerField(default=1, editable=False, verbose_name='版本'),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='parkyear',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkyearevent" ("created_at", "culture_tenants", "employees", "hightech_tenants", "id", "large_tenants", "listed_tenants", "operating_revenue", "park_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rent", "rented_area", "tax", "tenant_revenue", "tenants", "updated_at", "version", "year") SELECT new_values."created_at", new_values."culture_tenants", new_values."employees", new_values."hightech_tenants", new_values."id", new_values."large_tenants", new_values."listed_tenants", new_values."operating_revenue", new_values."park_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rent", new_values."rented_area", new_values."tax", new_values."tenant_revenue", new_values."tenants", new_values."updated_at", new_values."version", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c5894c89b3e1e5c98aff0bd037b80cfb2b3c3738', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8ca12', referencing='REFERENCING NEW TABLE AS new_values ', table='members_parkyear', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='parkyear',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkyearevent" ("created_at", "culture_tenants", "employees", "hightech_tenants", "id", "large_tenants", "listed_tenants", "operating_revenue", "park_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rent", "rented_area", "tax", "tenant_revenue", "tenants", "updated_at", "version", "year") SELECT new_values."created_at", new_values."culture_tenants", new_values."employees", new_values."hightech_tenants", new_values."id", new_values."large_tenants", new_values."listed_tenants", new_values."operating_revenue", new_values."park_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rent", new_values."rented_area", new_values."tax", new_values."tenant_revenue", new_values."tenants", new_values."updated_at", new_values."version", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5dfdd643ddaf78dc7b652133dc3b16a63acd29ec', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c55c7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='members_parkyear', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='parkyear',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkyearevent" ("created_at", "culture_tenants", "employees", "hightech_tenants", "id", "large_tenants", "listed_tenants", "operating_revenue", "park_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rent", "rented_area", "tax", "tenant_revenue", "tenants", "updated_at", "version", "year") SELECT old_values."created_at", old_values."culture_tenants", old_values."employees", old_values."hightech_tenants", old_values."id", old_values."large_tenants", old_values."listed_tenants", old_values."operating_revenue", old_values."park_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rent", old_values."rented_area", old_values."tax", old_values."tenant_revenue", old_values."tenants", old_values."updated_at", old_values."version", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6c59e298aa50f109d8e3bccf76b887a2159af345', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6aa4e', referencing='REFERENCING OLD TABLE AS old_values ', table='members_parkyear', when='AFTER')),
            ),
        ]),
    ]
