"""The closed lists of the member roster, with the words a reader sees."""

from django.db import models


class Category(models.TextChoices):
    PARK_OPERATOR = "park_operator", "园区运营机构"
    STATE_ASSET_HOLDER = "state_asset_holder", "国有资产持有机构"
    INVESTOR = "investor", "文化投资机构"
    TECHNOLOGY = "technology", "文化科技企业"
    OTHER = "other", "其他"


class Nature(models.TextChoices):
    STATE = "state", "国有"
    PRIVATE = "private", "民营"
    MIXED = "mixed", "混合所有制"
    FOREIGN = "foreign", "外资"
    OTHER = "other", "其他"


class District(models.TextChoices):
    """The 16 districts by GB/T 2260; the development area has no code of its own and comes last."""

    DONGCHENG = "110101", "东城区"
    XICHENG = "110102", "西城区"
    CHAOYANG = "110105", "朝阳区"
    FENGTAI = "110106", "丰台区"
    SHIJINGSHAN = "110107", "石景山区"
    HAIDIAN = "110108", "海淀区"
    MENTOUGOU = "110109", "门头沟区"
    FANGSHAN = "110111", "房山区"
    TONGZHOU = "110112", "通州区"
    SHUNYI = "110113", "顺义区"
    CHANGPING = "110114", "昌平区"
    DAXING = "110115", "大兴区"
    HUAIROU = "110116", "怀柔区"
    PINGGU = "110117", "平谷区"
    MIYUN = "110118", "密云区"
    YANQING = "110119", "延庆区"
    BDA = "BDA", "北京经济技术开发区"


class Grade(models.IntegerChoices):
    """Standing of a member unit, a consequence of its posts; the smaller the number the higher."""

    PRESIDENT = 10, "会长单位"
    VICE_PRESIDENT = 20, "副会长单位"
    SUPERVISOR = 30, "监事单位"
    STANDING_COUNCIL = 40, "常务理事单位"
    COUNCIL = 50, "理事单位"
    MEMBER = 90, "会员单位"


class ParkType(models.TextChoices):
    OLD_FACTORY = "old_factory", "老旧厂房改造"
    COMMERCIAL = "commercial", "传统商业设施升级"
    MARKET = "market", "有形市场腾退转型"
    NEW = "new", "新建"
    UNIVERSITY = "university", "高校科技园"
    HEADQUARTERS = "headquarters", "总部型"
    BUILDING = "building", "楼宇"
    COURTYARD = "courtyard", "街区院落"


class Industry(models.TextChoices):
    """文化及相关产业分类（2018）, the nine broad classes; 01–06 are the core field."""

    NEWS = "01", "新闻信息服务"
    CONTENT = "02", "内容创作生产"
    DESIGN = "03", "创意设计服务"
    CHANNELS = "04", "文化传播渠道"
    INVESTMENT = "05", "文化投资运营"
    LEISURE = "06", "文化娱乐休闲服务"
    INTERMEDIARY = "07", "文化辅助生产和中介服务"
    EQUIPMENT = "08", "文化装备生产"
    TERMINALS = "09", "文化消费终端生产"


class Tenure(models.TextChoices):
    OWNED = "owned", "自有"
    LEASED = "leased", "租赁"
    ENTRUSTED = "entrusted", "委托运营"


class Datum(models.TextChoices):
    GCJ02 = "GCJ-02", "GCJ-02（国测局）"
    WGS84 = "WGS-84", "WGS-84"


class Platform(models.TextChoices):
    FINANCE = "finance", "投融资服务"
    COPYRIGHT = "copyright", "版权与知识产权"
    TECHNOLOGY = "technology", "技术服务"
    INCUBATION = "incubation", "孵化服务"
    TALENT = "talent", "人才服务"
    GOVERNMENT = "government", "政务服务"


class Facility(models.TextChoices):
    GALLERY = "gallery", "美术馆"
    BOOKSHOP = "bookshop", "书店"
    THEATRE = "theatre", "剧场"
    CINEMA = "cinema", "影院"
    LIBRARY = "library", "城市书房"


class NameKind(models.TextChoices):
    FORMER = "former", "曾用名"
    SHORT = "short", "简称"


class RecognitionLevel(models.TextChoices):
    NATIONAL = "national", "国家级文化产业示范园区"
    NATIONAL_CANDIDATE = "national_candidate", "国家级文化产业示范园区（创建）"
    MODEL = "model", "北京市级文化产业示范园区"
    MODEL_NOMINEE = "model_nominee", "北京市级文化产业示范园区（提名）"
    MUNICIPAL = "municipal", "北京市级文化产业园区"
    OTHER = "other", "其他认定"


# Every level of the city's own list: a unit "on the municipal list" may hold any of the three.
MUNICIPAL_LEVELS = (RecognitionLevel.MODEL, RecognitionLevel.MODEL_NOMINEE, RecognitionLevel.MUNICIPAL)
# From the highest to the lowest, for showing one of several.
LEVEL_ORDER = list(RecognitionLevel.values)


class ContactDuty(models.TextChoices):
    HEAD = "head", "负责人"
    REPRESENTATIVE = "representative", "会员代表"
    LIAISON = "liaison", "联络员"
    FINANCE = "finance", "财务（开票）"
    PUBLICITY = "publicity", "宣传"
    REPORTER = "reporter", "数据填报员"
    # What a person of the unit may do here: a manager keeps everything of the unit, a clerk acts for it day by day.
    MANAGER = "manager", "会员管理员"
    CLERK = "clerk", "经办人"


class SensitiveField(models.TextChoices):
    """What a member's own people may only propose to change (domain 10.2)."""

    NAME = "name", "单位名称"
    CREDIT_CODE = "credit_code", "统一社会信用代码"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
    REPRESENTATIVE = "representative", "会员代表"
    BANK = "bank", "开户行与银行账号"


class ChangeState(models.TextChoices):
    """Where a proposed change of a sensitive field stands."""

    PENDING = "pending", "待审核"
    ACCEPTED = "accepted", "已生效"
    REJECTED = "rejected", "已驳回"
    WITHDRAWN = "withdrawn", "已撤回"


# Several people of a unit may hold these side by side; of the others there is one holder at a time.
SHARED_DUTIES = (ContactDuty.MANAGER, ContactDuty.CLERK, ContactDuty.REPORTER)
# What a unit's own manager may give to colleagues; who represents the unit is for the secretariat to register.
GIVEN_BY_MANAGERS = (
    ContactDuty.MANAGER, ContactDuty.CLERK, ContactDuty.REPORTER, ContactDuty.LIAISON, ContactDuty.FINANCE,
    ContactDuty.PUBLICITY,
)  # fmt: skip


class LeaveReason(models.TextChoices):
    WITHDRAWAL = "withdrawal", "自愿退会"
    DEEMED = "deemed", "视为退会"
    EXPULSION = "expulsion", "除名"
    DISSOLVED = "dissolved", "单位注销或合并"


class Standing(models.TextChoices):
    """Where a unit stands on a given day; derived from its membership periods, never stored."""

    ACTIVE = "active", "在籍"
    LEFT = "left", "已退会"
    NONE = "none", "未入会"


class PairState(models.TextChoices):
    """What became of two units that look like one."""

    OPEN = "open", "待核对"
    NOT_DUPLICATE = "not_duplicate", "不是重复"
    MERGED = "merged", "已合并"


class SearchState(models.TextChoices):
    RUNNING = "running", "正在查重"
    DONE = "done", "已查完"
    FAILED = "failed", "没有查完"


class MergeState(models.TextChoices):
    PROPOSED = "proposed", "待确认"
    DECLINED = "declined", "没有合并"
    DONE = "done", "已合并"
    UNDO_ASKED = "undo_asked", "待确认撤销"
    UNDONE = "undone", "已撤销"
