"""Django's plain admin, for looking only: accounts, duties, background work, activity.

Nothing is written here: state changes are verbs. Business records are not shown at all (docs/decisions/0003).
"""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from association.models import Activity, Job, RoleAssignment, User

admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = admin.site.site_title = "系统后台"


class LookOnly(admin.ModelAdmin):
    """A model that the admin shows and never changes."""

    actions = None
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(LookOnly):
    list_display = ("full_name", "email", "is_active", "last_login")
    search_fields = ("full_name", "email")
    fields = ("full_name", "email", "is_active", "is_staff", "last_login", "created_at")


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(LookOnly):
    list_display = ("user", "role", "since", "until", "granted_by")
    list_select_related = ("user", "granted_by")
    list_filter = ("role",)


@admin.register(Job)
class JobAdmin(LookOnly):
    list_display = ("name", "state", "attempts", "created_at", "finished_at", "error")
    list_filter = ("state", "name")


@admin.register(Activity)
class ActivityAdmin(LookOnly):
    list_display = ("happened_at", "by", "sentence")
    list_select_related = ("by",)
    fields = ("happened_at", "by", "kind", "sentence", "basis")
