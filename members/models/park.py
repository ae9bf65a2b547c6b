"""The site and brand that a unit runs, its yearly numbers and its recognitions."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from members import permissions
from members.choices import Datum, District, Facility, Industry, ParkType, Platform, RecognitionLevel, Tenure
from members.models.base import Versioned, tracked
from members.models.organization import Organization

NOT_NEGATIVE = MinValueValidator(0, "不能是负数。")


def area(label):
    """A field for square metres, to the hundredth."""
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )


class ParkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Parks of the units that the person may see; none of a unit that was merged into another."""
        if permissions.can_view_roster(user):
            return self.filter(organization__merged_into__isnull=True)
        return self.filter(organization__in=Organization.objects.visible_to(user).values("pk"))

    def public_on(self, day):
        """Parks that everybody may see on `day`: not withdrawn, and run by a unit that is a member that day.

        The same question as `Organization.objects.members_on`, asked of the unit's own row beside the park; the few
        units with several periods are looked up.
        """
        stays = Q(organization__latest_left_on__isnull=True) | Q(organization__latest_left_on__gt=day)
        once = Q(organization__membership_count=1, organization__latest_joined_on__lte=day) & stays
        rejoined = Organization.objects.filter(membership_count__gt=1).members_on(day)
        member = once | Q(organization__in=rejoined.values("pk"))
        return self.filter(member, organization__merged_into__isnull=True, is_public=True)

    def public(self):
        """Parks of the public directory: `public_on` today."""
        return self.public_on(localdate())


@tracked(exclude=("search_text",))
class Park(Versioned):
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="parks", verbose_name="运营机构"
    )
    name = models.CharField("园区名称", max_length=120)
    is_main = models.BooleanField("主园区", default=False)
    english_name = models.CharField("英文名", max_length=200, blank=True)
    district = models.CharField("所属区", max_length=6, choices=District)
    street = models.CharField("街道（乡镇）", max_length=50, blank=True)
    address = models.CharField("详细地址", max_length=200, blank=True)
    boundaries = models.CharField("四至", max_length=200, blank=True)
    longitude = models.DecimalField(
        "经度",
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[
            MinValueValidator(Decimal("115.4"), "北京的经度在 115.4 至 117.6 之间。"),
            MaxValueValidator(Decimal("117.6"), "北京的经度在 115.4 至 117.6 之间。"),
        ],
    )
    latitude = models.DecimalField(
        "纬度",
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[
            MinValueValidator(Decimal("39.4"), "北京的纬度在 39.4 至 41.1 之间。"),
            MaxValueValidator(Decimal("41.1"), "北京的纬度在 39.4 至 41.1 之间。"),
        ],
    )
    datum = models.CharField("坐标系", max_length=10, blank=True, choices=Datum)
    transport = models.CharField("地铁与公交", max_length=200, blank=True)
    parking_spaces = models.PositiveIntegerField("停车位", null=True, blank=True)
    park_type = models.CharField("园区类型", max_length=20, blank=True, choices=ParkType)
    industries = ArrayField(
        models.CharField(max_length=2, choices=Industry),
        verbose_name="主导产业",
        default=list,
        blank=True,
        size=3,
    )
    land_area = area("占地面积（㎡）")
    floor_area = area("建筑面积（㎡）")
    rentable_area = area("可出租面积（㎡）")
    public_area = area("公共空间面积（㎡）")
    culture_area = area("公共文化空间面积（㎡）")
    owner_name = models.CharField("产权单位", max_length=120, blank=True)
    tenure = models.CharField("产权性质", max_length=20, blank=True, choices=Tenure)
    lease_until = models.DateField("租赁到期日", null=True, blank=True)
    land_use = models.CharField("土地性质", max_length=50, blank=True)
    former_use = models.CharField("改造前用途", max_length=100, blank=True)
    opened_on = models.DateField("开园日期", null=True, blank=True)
    platforms = ArrayField(
        models.CharField(max_length=20, choices=Platform),
        verbose_name="公共服务平台",
        default=list,
        blank=True,
    )
    facilities = ArrayField(
        models.CharField(max_length=20, choices=Facility), verbose_name="文化设施", default=list, blank=True
    )
    website = models.URLField("网址", blank=True)
    introduction = models.TextField("园区简介", max_length=4000, blank=True)
    is_featured = models.BooleanField("品牌代表园区", default=False)
    is_public = models.BooleanField("在公开名录展示", default=True, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    pinyin_full = models.CharField("全拼", max_length=600, blank=True, editable=False)
    pinyin_initials = models.CharField("首字母", max_length=120, blank=True, editable=False)
    stroke_key = models.CharField("笔画序", max_length=600, blank=True, editable=False)

    objects = ParkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "园区"
        ordering = ["-is_main", "pk"]
        indexes = [
            models.Index(fields=["district"]),
            models.Index(fields=["name"]),
            models.Index(
                fields=["district", "organization"], condition=Q(is_main=False), name="park_further"
            ),
            models.Index(fields=["pinyin_full", "id"], condition=Q(is_public=True), name="park_directory"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="park_name_unique",
                violation_error_message="该单位已有同名园区。",
            ),
            models.UniqueConstraint(fields=["organization"], condition=Q(is_main=True), name="park_one_main"),
            models.CheckConstraint(
                condition=Q(rentable_area__isnull=True)
                | Q(floor_area__isnull=True)
                | Q(rentable_area__lte=F("floor_area")),
                name="park_rentable_within_floor",
                violation_error_message="可出租面积不应大于建筑面积。",
            ),
        ]

    def __str__(self):
        return self.name


@tracked()
class ParkYear(Versioned):
    """Numbers of a park for one year. Money in 万元, areas in ㎡, rent in 元/㎡·天."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="years", verbose_name="园区")
    year = models.PositiveSmallIntegerField(
        "统计年度", validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    rented_area = area("已出租面积（㎡）")
    tenants = models.PositiveIntegerField("入驻企业数", null=True, blank=True)
    culture_tenants = models.PositiveIntegerField("文化企业数", null=True, blank=True)
    large_tenants = models.PositiveIntegerField("规上企业数", null=True, blank=True)
    listed_tenants = models.PositiveIntegerField("上市挂牌企业数", null=True, blank=True)
    hightech_tenants = models.PositiveIntegerField("高新技术企业数", null=True, blank=True)
    employees = models.PositiveIntegerField("从业人员数", null=True, blank=True)
    tenant_revenue = models.DecimalField(
        "园区企业总收入（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    tax = models.DecimalField("税收（万元）", max_digits=16, decimal_places=2, null=True, blank=True)
    operating_revenue = models.DecimalField(
        "园区运营收入（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    rent = models.DecimalField("平均租金（元/㎡·天）", max_digits=8, decimal_places=2, null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="填报人",
    )
    reported_at = models.DateTimeField("填报时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "园区年度数据"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["park", "year"],
                name="park_year_unique",
                violation_error_message="该年度的数据已经填报。",
            ),
            models.CheckConstraint(
                condition=Q(culture_tenants__isnull=True)
                | Q(tenants__isnull=True)
                | Q(culture_tenants__lte=F("tenants")),
                name="park_year_culture_within_tenants",
                violation_error_message="文化企业数不应多于入驻企业数。",
            ),
        ]

    def __str__(self):
        return f"{self.park} {self.year}"


@tracked()
class Recognition(models.Model):
    """A title that an authority gave a park in the list of one year."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="recognitions", verbose_name="园区")
    level = models.CharField("认定级别", max_length=30, choices=RecognitionLevel)
    year = models.PositiveSmallIntegerField(
        "认定年度", validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    title = models.CharField("认定名称", max_length=120, blank=True)
    authority = models.CharField("认定机关", max_length=100, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "认定"
        ordering = ["-year"]
        indexes = [models.Index(fields=["level", "year"])]
        constraints = [
            models.UniqueConstraint(
                fields=["park", "level", "year", "title"],
                name="recognition_unique",
                violation_error_message="这项认定已经登记。",
            )
        ]

    def __str__(self):
        return f"{self.year} {self.title or self.get_level_display()}"
