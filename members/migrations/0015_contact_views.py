from django.db import migrations

# Postgres runs a cascade with the rights of the table's owner, so that a contact that an undone import takes back can
# go although the application may not remove a row of the log itself.
GO_WITH_THE_CONTACT = """
ALTER TABLE members_contactview ADD CONSTRAINT contact_view_contact FOREIGN KEY (contact_id)
    REFERENCES members_contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0014_erasing")]
    operations = [
        migrations.RunSQL(
            GO_WITH_THE_CONTACT, "ALTER TABLE members_contactview DROP CONSTRAINT contact_view_contact"
        )
    ]
