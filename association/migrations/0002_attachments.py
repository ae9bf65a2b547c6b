import django.db.models.deletion
import uuid
from django.conf import settings
import association.trigger_migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('association', '0001_initial'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        association.trigger_migrations.Together([
            migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                    ('object_id', models.BigIntegerField()),
                    ('kind', models.CharField(blank=True, max_length=30, verbose_name='种类')),
                    ('name', models.CharField(max_length=200, verbose_name='文件名')),
                    ('media_type', models.CharField(max_length=100, verbose_name='类型')),
                    ('size', models.PositiveBigIntegerField(verbose_name='大小')),
                    ('sha256', models.CharField(max_length=64, verbose_name='校验值')),
                    ('state', models.CharField(choices=[('processing', '处理中'), ('ready', '可用'), ('refused', '拒收')], default='processing', max_length=12, verbose_name='状态')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='拒收原因')),
                    ('width', models.PositiveIntegerField(blank=True, null=True, verbose_name='宽')),
                    ('height', models.PositiveIntegerField(blank=True, null=True, verbose_name='高')),
                    ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                    ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='移除时间')),
                    ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                    ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='移除人')),
                    ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ],
                options={
                    'verbose_name': '附件',
                    'verbose_name_plural': '附件',
                    'indexes': [models.Index(fields=['content_type', 'object_id', '-id'], name='attachment_owner')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state', 'refused'), ('reason', ''), _connector='XOR'), name='attachment_refused_with_reason')],
                },
            ),
            migrations.CreateModel(
                name='StoredFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('original', '原件'), ('display', '显示图'), ('thumbnail', '缩略图')], max_length=10, verbose_name='用途')),
                    ('stored_name', models.CharField(max_length=100, unique=True, verbose_name='存储名')),
                    ('media_type', models.CharField(max_length=100, verbose_name='类型')),
                    ('size', models.PositiveBigIntegerField(verbose_name='大小')),
                    ('sha256', models.CharField(max_length=64, verbose_name='校验值')),
                    ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='association.attachment', verbose_name='附件')),
                ],
                options={
                    'verbose_name': '存储文件',
                    'verbose_name_plural': '存储文件',
                    'constraints': [models.UniqueConstraint(fields=('attachment', 'role'), name='stored_file_one_of_a_role')],
                },
            ),
        ]),
    ]
