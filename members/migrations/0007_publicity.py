"""What the public site shows of a park."""

import association.trigger_migrations
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0006_merges'),
    ]

    operations = [
        association.trigger_migrations.Together([
            association.trigger_migrations.RemoveTrigger(
                model_name='park',
                name='insert_insert',
            ),
            association.trigger_migrations.RemoveTrigger(
                model_name='park',
                name='update_update',
            ),
            association.trigger_migrations.RemoveTrigger(
                model_name='park',
                name='delete_delete',
            ),
            migrations.AddField(
                model_name='park',
                name='is_public',
                field=models.BooleanField(default=True, editable=False, verbose_name='在公开名录展示'),
            ),
            migrations.AddField(
                model_name='parkevent',
                name='is_public',
                field=models.BooleanField(default=True, editable=False, verbose_name='在公开名录展示'),
            ),
            migrations.AddIndex(
                model_name='park',
                index=models.Index(condition=models.Q(('is_public', True)), fields=['pinyin_full', 'id'], name='park_directory'),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='park',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkevent" ("address", "boundaries", "created_at", "culture_area", "datum", "district", "english_name", "facilities", "floor_area", "former_use", "id", "industries", "introduction", "is_demo", "is_featured", "is_main", "is_public", "land_area", "land_use", "latitude", "lease_until", "longitude", "name", "opened_on", "organization_id", "owner_name", "park_type", "parking_spaces", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin_full", "pinyin_initials", "platforms", "public_area", "rentable_area", "street", "stroke_key", "tenure", "transport", "updated_at", "version", "website") SELECT new_values."address", new_values."boundaries", new_values."created_at", new_values."culture_area", new_values."datum", new_values."district", new_values."english_name", new_values."facilities", new_values."floor_area", new_values."former_use", new_values."id", new_values."industries", new_values."introduction", new_values."is_demo", new_values."is_featured", new_values."is_main", new_values."is_public", new_values."land_area", new_values."land_use", new_values."latitude", new_values."lease_until", new_values."longitude", new_values."name", new_values."opened_on", new_values."organization_id", new_values."owner_name", new_values."park_type", new_values."parking_spaces", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."pinyin_full", new_values."pinyin_initials", new_values."platforms", new_values."public_area", new_values."rentable_area", new_values."street", new_values."stroke_key", new_values."tenure", new_values."transport", new_values."updated_at", new_values."version", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c5173ef72169feb1a673f6bd5e2ef1e6dd52c0fa', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e6dcc', referencing='REFERENCING NEW TABLE AS new_values ', table='members_park', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='park',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkevent" ("address", "boundaries", "created_at", "culture_area", "datum", "district", "english_name", "facilities", "floor_area", "former_use", "id", "industries", "introduction", "is_demo", "is_featured", "is_main", "is_public", "land_area", "land_use", "latitude", "lease_until", "longitude", "name", "opened_on", "organization_id", "owner_name", "park_type", "parking_spaces", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin_full", "pinyin_initials", "platforms", "public_area", "rentable_area", "street", "stroke_key", "tenure", "transport", "updated_at", "version", "website") SELECT new_values."address", new_values."boundaries", new_values."created_at", new_values."culture_area", new_values."datum", new_values."district", new_values."english_name", new_values."facilities", new_values."floor_area", new_values."former_use", new_values."id", new_values."industries", new_values."introduction", new_values."is_demo", new_values."is_featured", new_values."is_main", new_values."is_public", new_values."land_area", new_values."land_use", new_values."latitude", new_values."lease_until", new_values."longitude", new_values."name", new_values."opened_on", new_values."organization_id", new_values."owner_name", new_values."park_type", new_values."parking_spaces", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."pinyin_full", new_values."pinyin_initials", new_values."platforms", new_values."public_area", new_values."rentable_area", new_values."street", new_values."stroke_key", new_values."tenure", new_values."transport", new_values."updated_at", new_values."version", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f82cfc1edd937eb38f10e1ae8c53598a3c7f19b4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ba9c3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='members_park', when='AFTER')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='park',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_parkevent" ("address", "boundaries", "created_at", "culture_area", "datum", "district", "english_name", "facilities", "floor_area", "former_use", "id", "industries", "introduction", "is_demo", "is_featured", "is_main", "is_public", "land_area", "land_use", "latitude", "lease_until", "longitude", "name", "opened_on", "organization_id", "owner_name", "park_type", "parking_spaces", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin_full", "pinyin_initials", "platforms", "public_area", "rentable_area", "street", "stroke_key", "tenure", "transport", "updated_at", "version", "website") SELECT old_values."address", old_values."boundaries", old_values."created_at", old_values."culture_area", old_values."datum", old_values."district", old_values."english_name", old_values."facilities", old_values."floor_area", old_values."former_use", old_values."id", old_values."industries", old_values."introduction", old_values."is_demo", old_values."is_featured", old_values."is_main", old_values."is_public", old_values."land_area", old_values."land_use", old_values."latitude", old_values."lease_until", old_values."longitude", old_values."name", old_values."opened_on", old_values."organization_id", old_values."owner_name", old_values."park_type", old_values."parking_spaces", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."pinyin_full", old_values."pinyin_initials", old_values."platforms", old_values."public_area", old_values."rentable_area", old_values."street", old_values."stroke_key", old_values."tenure", old_values."transport", old_values."updated_at", old_values."version", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='33504a49be9cb758479497c03d76df0239aa1cd2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9a94f', referencing='REFERENCING OLD TABLE AS old_values ', table='members_park', when='AFTER')),
            ),
        ]),
    ]
