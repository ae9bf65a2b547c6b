import association.trigger_migrations
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '0003_imports'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='ExportJob',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('listing', models.CharField(max_length=60, verbose_name='列表')),
                    ('title', models.CharField(max_length=60, verbose_name='名称')),
                    ('query', models.TextField(blank=True, verbose_name='地址参数')),
                    ('conditions', models.TextField(blank=True, verbose_name='筛选条件')),
                    ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None, verbose_name='列')),
                    ('as_of', models.DateField(verbose_name='截至日期')),
                    ('format', models.CharField(choices=[('xlsx', 'Excel 工作簿（.xlsx）'), ('csv', 'CSV 文本（.csv）')], default='xlsx', max_length=4, verbose_name='格式')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='用途')),
                    ('is_unmasked', models.BooleanField(default=False, verbose_name='含完整个人号码')),
                    ('rows_total', models.PositiveIntegerField(default=0, verbose_name='总行数')),
                    ('rows_done', models.PositiveIntegerField(default=0, verbose_name='已完成行数')),
                    ('state', models.CharField(choices=[('queued', '排队'), ('running', '生成中'), ('done', '完成'), ('failed', '失败'), ('expired', '已过期')], default='queued', max_length=10, verbose_name='状态')),
                    ('failure', models.CharField(blank=True, max_length=200, verbose_name='失败原因')),
                    ('fingerprint', models.CharField(blank=True, max_length=64)),
                    ('file', models.CharField(blank=True, max_length=100, verbose_name='文件')),
                    ('file_name', models.CharField(max_length=100, verbose_name='文件名')),
                    ('size', models.PositiveBigIntegerField(default=0, verbose_name='大小')),
                    ('sha256', models.CharField(blank=True, max_length=64, verbose_name='校验和')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='申请时间')),
                    ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                    ('downloaded_at', models.DateTimeField(blank=True, null=True, verbose_name='首次下载时间')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                    ('work', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='association.job')),
                ],
                options={
                    'verbose_name': '导出记录',
                    'verbose_name_plural': '导出记录',
                    'ordering': ['-pk'],
                    'indexes': [models.Index(fields=['person', '-created_at'], name='export_job_of_person'), models.Index(fields=['listing', '-id'], name='export_job_of_listing')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running']), models.Q(('fingerprint', ''), _negated=True)), fields=('person', 'fingerprint'), name='export_job_one_open')],
                },
            ),
            association.trigger_migrations.AddTrigger(
                model_name='exportjob',
                trigger=pgtrigger.compiler.Trigger(name='request_is_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."listing" IS DISTINCT FROM (NEW."listing") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."query" IS DISTINCT FROM (NEW."query") OR OLD."conditions" IS DISTINCT FROM (NEW."conditions") OR OLD."columns" IS DISTINCT FROM (NEW."columns") OR OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."format" IS DISTINCT FROM (NEW."format") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."is_unmasked" IS DISTINCT FROM (NEW."is_unmasked"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0e8e81452c5cea79b7984afe09d313b6d618a2fc', operation='UPDATE', pgid='pgtrigger_request_is_fixed_8baff', table='association_exportjob', when='BEFORE')),
            ),
            association.trigger_migrations.AddTrigger(
                model_name='exportjob',
                trigger=pgtrigger.compiler.Trigger(name='row_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6ea236d6de52e42e3e03840f9d590c56bfd5d3e7', operation='DELETE', pgid='pgtrigger_row_is_kept_c4eb2', table='association_exportjob', when='BEFORE')),
            ),
        ]),
    ]
