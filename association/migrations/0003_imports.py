import association.models.exchange
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
import association.trigger_migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '0002_attachments'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='ImportBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('plan', models.CharField(max_length=60)),
                    ('filename', models.CharField(max_length=120, verbose_name='文件名')),
                    ('file', models.FileField(blank=True, max_length=200, storage=association.models.exchange.private_store, upload_to=association.models.exchange.stored_name)),
                    ('error_copy', models.FileField(blank=True, max_length=200, storage=association.models.exchange.private_store, upload_to=association.models.exchange.stored_name)),
                    ('size', models.PositiveIntegerField(default=0)),
                    ('checksum', models.CharField(blank=True, max_length=64)),
                    ('state', models.CharField(choices=[('checking', '核对中'), ('refused', '不能导入'), ('ready', '待确认'), ('stale', '需重新核对'), ('applying', '导入中'), ('done', '已导入'), ('undoing', '撤销中'), ('undone', '已撤销'), ('discarded', '已放弃')], default='checking', max_length=10, verbose_name='状态')),
                    ('round', models.PositiveSmallIntegerField(default=1)),
                    ('sentence', models.CharField(blank=True, max_length=500)),
                    ('as_of', models.DateField(blank=True, null=True, verbose_name='截至日期')),
                    ('columns', models.JSONField(default=list)),
                    ('notes', models.JSONField(default=list)),
                    ('total', models.PositiveIntegerField(default=0)),
                    ('new_count', models.PositiveIntegerField(default=0)),
                    ('update_count', models.PositiveIntegerField(default=0)),
                    ('same_count', models.PositiveIntegerField(default=0)),
                    ('error_count', models.PositiveIntegerField(default=0)),
                    ('difference_count', models.PositiveIntegerField(default=0)),
                    ('only_right', models.BooleanField(default=False)),
                    ('effects', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('last_activity', models.BigIntegerField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                    ('checked_at', models.DateTimeField(blank=True, null=True)),
                    ('applied_at', models.DateTimeField(blank=True, null=True)),
                    ('undo_basis', models.CharField(blank=True, max_length=200)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='association.job')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                    ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '导入批次',
                    'verbose_name_plural': '导入批次',
                    'indexes': [models.Index(fields=['plan', '-created_at'], name='association_plan_4d621d_idx')],
                },
            ),
            migrations.CreateModel(
                name='ImportRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='行')),
                    ('result', models.PositiveSmallIntegerField(choices=[(0, '错误'), (1, '更新'), (2, '新增'), (3, '不变')], verbose_name='结果')),
                    ('title', models.CharField(blank=True, max_length=200, verbose_name='单位')),
                    ('found_by', models.CharField(blank=True, max_length=200)),
                    ('summary', models.CharField(blank=True, max_length=300)),
                    ('differences', models.JSONField(default=list)),
                    ('errors', models.JSONField(default=list)),
                    ('operations', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('target', models.BigIntegerField(blank=True, null=True)),
                    ('fingerprint', models.CharField(blank=True, max_length=32)),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='association.importbatch')),
                ],
                options={
                    'verbose_name': '导入行',
                    'verbose_name_plural': '导入行',
                    'ordering': ['result', 'number'],
                    'indexes': [models.Index(fields=['batch', 'result', 'number'], name='association_batch_i_be9c3c_idx')],
                    'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='import_row_number_unique')],
                },
            ),
        ]),
    ]
