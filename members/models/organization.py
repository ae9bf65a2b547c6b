"""The legal unit that is, was or may become a member."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from association import chinese
from association.errors import Refused
from members import permissions
from members.choices import Category, District, NameKind, Nature
from members.models.base import Versioned, tracked

KEYS = ("pinyin_full", "pinyin_initials", "stroke_key", "search_text")


class Grams(Func):
    """The 1- and 2-grams of a text, by the database function that the search index is built on."""

    function = "house_grams"
    output_field = ArrayField(TextField())


class OrganizationQuerySet(models.QuerySet):
    def get(self, *args, **kwargs):
        """As ever; but a verb that locks a unit which was merged into another meanwhile is told so in words."""
        try:
            return super().get(*args, **kwargs)
        except self.model.DoesNotExist:
            if self.query.select_for_update and "pk" in kwargs:
                _refuse_merged(kwargs["pk"])
            raise

    def visible_to(self, user):
        """Rows the person may know of: staff all, a member's people their own unit, others none.

        People of a unit that has left read its page for ninety days more (domain 10.12).
        """
        if permissions.can_view_roster(user):
            return self
        if not user.is_authenticated:
            return self.none()
        duties = self.model._meta.get_field("contact_roles").related_model.objects.current()
        readable = Q(latest_left_on__isnull=True) | Q(
            latest_left_on__gt=localdate() - permissions.READABLE_AFTER_LEAVING
        )
        return self.filter(readable, Exists(duties.filter(organization=OuterRef("pk"), contact__user=user)))

    def members_on(self, day):
        """Units whose membership is open on `day`: joined on or before it, left after it or never (domain 1.4).

        Nearly every unit has one period, and that one is known in the unit's own row; the few with several are
        looked up.
        """
        open_then = Q(latest_left_on__isnull=True) | Q(latest_left_on__gt=day)
        once = Q(membership_count=1, latest_joined_on__lte=day) & open_then
        again = _membership().on(day).filter(organization__membership_count__gt=1)
        return self.filter(once | Q(pk__in=again.values("organization_id")))

    def left_by(self, day):
        """Units that were members before but are not on `day`."""
        before = _membership().filter(organization=OuterRef("pk"), left_on__lte=day)
        return self.filter(Exists(before)).exclude(pk__in=self.model.objects.members_on(day).values("pk"))

    def matching(self, text):
        """Units found by any part of a name, former or short name, park, pinyin, number or credit code."""
        terms = chinese.normalise(text).lower().split()
        found = self
        for term in terms[:8]:
            found = found.filter(search_condition(term))
        return found

    def with_code(self, code):
        return self.filter(credit_code=code)


def _membership():
    # The model lies in a sibling module that points here; the registry knows it by the time of a query.
    return Organization._meta.get_field("memberships").related_model.objects


def _refuse_merged(pk):
    gone = (
        Organization.everything.filter(pk=pk, merged_into__isnull=False).select_related("merged_into").first()
    )
    if gone is not None:
        raise Refused(
            f"{gone.name}已并入{gone.merged_into.name}，这一步没有做。请到{gone.merged_into.name}的页面办理。"
        )


class StandingManager(models.Manager.from_queryset(OrganizationQuerySet)):
    """Units that stand for themselves. One that was merged into another is kept for the record only: no list, count,
    search or export knows it, because all of them begin here."""

    def get_queryset(self):
        return super().get_queryset().filter(merged_into__isnull=True)


def search_condition(term: str, field: str = "search_text") -> Q:
    """The condition that `term` occurs in `field`; the index on 1- and 2-grams narrows it, LIKE decides."""
    grams = chinese.grams(term)
    # Pairs say all that single characters would; fewer keys make the index quicker.
    keys = [g for g in grams if len(g) == 2] or grams
    return Q(**{f"{field}__grams_contain": keys, f"{field}__contains": term})


@TextField.register_lookup
class GramsContain(models.Lookup):
    """`field__grams_contain=[…]`: the field's 1- and 2-grams include all of the given ones; served by a GIN index."""

    lookup_name = "grams_contain"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        # The sub-select hides the keys from the planner. Seeing that nearly every row has them it would read the
        # table and take each text apart (0.3 ms a row); the index answers without doing that.
        return f"house_grams({left}) @> (SELECT %s::text[])", [*left_params, list(self.rhs)]


@tracked(exclude=("search_text", "latest_joined_on", "latest_left_on", "membership_count", "merged_into"))
class Organization(Versioned):
    name = models.CharField("单位名称", max_length=120)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    member_number = models.CharField("会员编号", max_length=20, blank=True, editable=False)
    category = models.CharField("会员类别", max_length=30, choices=Category, default=Category.PARK_OPERATOR)
    nature = models.CharField("企业性质", max_length=20, blank=True, choices=Nature)
    district = models.CharField("所属区", max_length=6, blank=True, choices=District)
    legal_representative = models.CharField("法定代表人", max_length=50, blank=True)
    registered_capital = models.DecimalField(
        "注册资本（万元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    founded_on = models.DateField("成立日期", null=True, blank=True)
    registered_address = models.CharField("注册地址", max_length=200, blank=True)
    english_name = models.CharField("英文名", max_length=200, blank=True)
    phone = models.CharField("单位电话", max_length=20, blank=True)
    email = models.EmailField("单位邮箱", blank=True)
    website = models.URLField("网址", blank=True)
    introduction = models.TextField("单位简介", max_length=4000, blank=True)
    invoice_title = models.CharField("发票抬头", max_length=120, blank=True)
    invoice_address_phone = models.CharField("开票地址电话", max_length=200, blank=True)
    invoice_email = models.EmailField("收票邮箱", blank=True)
    bank_name = models.CharField("开户行", max_length=100, blank=True)
    bank_account = models.CharField("银行账号", max_length=40, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    pinyin_full = models.CharField("全拼", max_length=600, blank=True, editable=False)
    pinyin_initials = models.CharField("首字母", max_length=120, blank=True, editable=False)
    stroke_key = models.CharField("笔画序", max_length=600, blank=True, editable=False)
    search_text = models.TextField("检索文本", blank=True, editable=False)

    # Derived by a trigger on the memberships, whoever writes them, so that a list of many thousands is quick.
    latest_joined_on = models.DateField("最近入会日期", null=True, editable=False)
    latest_left_on = models.DateField("最近退会日期", null=True, editable=False)
    membership_count = models.PositiveSmallIntegerField("会籍段数", default=0, editable=False)

    # Part of the row itself, so that whoever waits for its lock sees a merge that was quicker.
    # Without an index of all rows: nearly every one is empty, and the planner would walk them instead of searching.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name="并入",
    )

    objects = StandingManager()
    everything = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        indexes = [
            GinIndex(Grams(F("search_text")), name="organization_search"),
            models.Index(fields=["pinyin_full", "id"], name="organization_pinyin"),
            models.Index(fields=["name"], name="organization_name"),
            models.Index(fields=["category"], name="organization_category"),
            models.Index(
                fields=["district", "latest_joined_on"],
                include=["latest_left_on", "membership_count", "id", "merged_into"],
                name="organization_district",
            ),
            models.Index(F("latest_joined_on").desc(nulls_last=True), "id", name="organization_newest"),
            models.Index(F("latest_joined_on").asc(nulls_last=True), "id", name="organization_oldest"),
            models.Index(fields=["member_number", "id"], name="organization_number"),
            models.Index(fields=["id"], condition=Q(membership_count__gt=1), name="organization_rejoined"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="organization_absorbed"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="organization_credit_code_unique",
                violation_error_message="已有单位使用这个统一社会信用代码。",
            ),
            models.UniqueConstraint(
                fields=["member_number"],
                condition=~Q(member_number=""),
                name="organization_member_number_unique",
            ),
        ]

    def __str__(self):
        return self.name

    @cached_property
    def absorbed(self) -> list:
        """Units that were merged into this one; their past is its past."""
        return list(Organization.everything.filter(merged_into=self.pk).order_by("pk"))

    def get_absolute_url(self):
        from django.urls import reverse  # noqa: PLC0415  (urls import views import models)

        return reverse("members:organization", args=[self.pk])


@tracked()
class AlternativeName(models.Model):
    """A name under which a unit or one of its parks is or was also known.

    A former name was in use until `used_until` (exclusive), so the roster of an earlier day shows it.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="alternative_names")
    park = models.ForeignKey(
        "members.Park", models.CASCADE, null=True, blank=True, related_name="alternative_names"
    )
    kind = models.CharField("种类", max_length=10, choices=NameKind)
    name = models.CharField("名称", max_length=120)
    used_until = models.DateField("用至（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "曾用名与简称"
        indexes = [models.Index(fields=["name"])]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "park", "kind", "name"],
                nulls_distinct=False,
                name="alternative_name_unique",
            )
        ]

    def __str__(self):
        return self.name


@tracked()
class Tag(models.Model):
    """A word of the secretariat's own to gather units by."""

    name = models.CharField("标签", max_length=20, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "标签"
        ordering = ["name"]

    def __str__(self):
        return self.name


@tracked()
class Tagging(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")

    class Meta:
        verbose_name = verbose_name_plural = "单位标签"
        constraints = [models.UniqueConstraint(fields=["organization", "tag"], name="tagging_unique")]

    def __str__(self):
        return str(self.tag)
