"""Which petitions the demonstration consists of, as plain data; nothing here touches the database.

Units and departments are invented; what went badly happened to invented units only.
"""

from dataclasses import dataclass

from events.choices import StepKind as S

DEPARTMENTS = (
    ("演示部门一（文化产业）", "city", ""), ("演示部门二（城市更新）", "city", ""), ("演示部门三（金融服务）", "city", ""),
    ("演示部门四（区级综合）", "district", "110105"),
)  # fmt: skip
LIAISON = ("顾联办", "liaison@example.cn", "演示一处")

# How far a petition came: each step with the days after the one before.
CLOSED = ((S.SUBMITTED, 0), (S.ACCEPTED, 1), (S.HANDED, 1), (S.SIGNED, 2), (S.REPLIED, 9), (S.SATISFIED, 3))
SCRIPTS = {
    "closed": CLOSED,
    "late": (*CLOSED[:3], (S.SIGNED, 27), (S.REPLIED, 6), (S.SATISFIED, 2)),
    "extended": (*CLOSED[:4], (S.EXTENDED, 8), (S.REPLIED, 12), (S.SATISFIED, 2)),
    "objected": (
        *CLOSED[:3],
        (S.OBJECTED, 2),
        (S.HANDED, 1),
        (S.SIGNED, 2),
        (S.REPLIED, 8),
        (S.SATISFIED, 2),
    ),
    "redone": (*CLOSED[:5], (S.DISSATISFIED, 3), (S.SIGNED, 2), (S.REPLIED, 10), (S.SATISFIED, 2)),
    "unhappy": (
        *CLOSED[:5],
        (S.DISSATISFIED, 3),
        (S.SIGNED, 2),
        (S.REPLIED, 10),
        (S.UNHAPPY, 2),
        (S.SETTLED, 4),
    ),
    "unreached": (*CLOSED[:5], (S.CALLED, 8), (S.SETTLED, 3)),
    "own": ((S.SUBMITTED, 0), (S.ACCEPTED, 1), (S.ANSWERED, 4), (S.SATISFIED, 2)),
    "mended": ((S.SUBMITTED, 0), (S.ASKED, 1), (S.SUPPLEMENTED, 3), *CLOSED[1:]),
    "refused": ((S.SUBMITTED, 0), (S.REFUSED, 1)),
    "withdrawn": ((S.SUBMITTED, 0), (S.ACCEPTED, 1), (S.WITHDRAWN, 5)),
    "submitted": ((S.SUBMITTED, 0),),
    "asked": ((S.SUBMITTED, 0), (S.ASKED, 1)),
    "accepted": ((S.SUBMITTED, 0), (S.ACCEPTED, 1)),
    "handed": CLOSED[:3],
    "working": CLOSED[:4],
    "answered": (*CLOSED[:4], (S.REPLIED, 6)),
    "followed": (*CLOSED[:4], (S.REPLIED, 6), (S.CALLED, 8)),
    "redoing": (*CLOSED[:4], (S.REPLIED, 6), (S.DISSATISFIED, 2)),
    "joined": ((S.SUBMITTED, 0), (S.ACCEPTED, 1), (S.JOINED, 2), (S.HANDED, 0), (S.SIGNED, 0)),
}
VERDICTS = {S.SATISFIED: "satisfied"}
SETTLED_AS = {"unhappy": "dissatisfied", "unreached": "unreached"}
SAID = {
    S.ASKED: "请补充园区现有用电合同和近三个月的电费单（演示）。",
    S.SUPPLEMENTED: "合同和电费单已上传（演示）。",
    S.REFUSED: "这是租户之间的合同纠纷，建议通过调解或诉讼解决（演示）。",
    S.WITHDRAWN: "园区已自行解决（演示）。",
    S.OBJECTED: "不属于本部门职责，建议转城市更新部门（演示）。",
    S.DISSATISFIED: "答复没有写明办理时间（演示）。",
    S.UNHAPPY: "仍然没有可执行的方案（演示）。",
    S.CALLED: "",
    S.EXTENDED: "需与其他部门会商，延长 5 个工作日（演示）。",
}
SETTLED_WORDS = {
    "unhappy": "电话向单位解释了政策依据，单位保留意见（演示）。",
    "unreached": "三次致电未接通，已留言（演示）。",
}
REPLIES = ("您反映的情况已研究，现行办法允许按年度申报，请于下季度提交材料（演示）。",
           "已列入年度工作安排，并确定专人与园区对接（演示）。")  # fmt: skip


@dataclass(frozen=True)
class PetitionPlan:
    """`event` is the number of the 政企沟通会 at which it was raised, on whose day it begins; else `day`: of 2022 as
    (month, day), of what is open as days before the demonstration is loaded. `department` counts DEPARTMENTS. `own`
    ones are the signed-in demo member's, and go well."""

    title: str
    topic: str
    kind: str
    stand: str
    department: int | None = 0
    event: int | None = None
    day: tuple | int | None = None
    hides: bool = False
    own: bool = False
    follows: str = ""

    @property
    def text(self) -> str:
        return f"{self.title}：园区希望了解办理条件和程序，并请有关部门给予指导（演示）。"


P = PetitionPlan
OF_2022 = (
    P("老厂房改造后能否申报国家级示范园区", "national", "enquiry", "closed", event=1),
    P("改造项目消防验收的办理路径", "operation", "help", "objected", 1, event=1),
    P("房租减免的申报口径", "other", "policy", "closed", 3, event=2),
    P("减免房租的园区自身如何获得支持", "other", "policy", "extended", 0, event=2),
    P("园区智慧平台建设能否享受补贴", "smart", "enquiry", "closed", event=3),
    P("拟上市文化企业的辅导服务", "listing", "help", "closed", 2, event=4, own=True),
    P("知识产权质押融资对接", "listing", "help", "redone", 2, event=4),
    P("园区认定复核的材料清单", "national", "enquiry", "own", None, event=5),
    P("人才公租房的配租名额", "other", "help", "unreached", 3, event=6),
    P("研发费用加计扣除在文化企业的适用", "other", "policy", "closed", 0, event=7),
    P("屋顶光伏并网手续", "green", "enquiry", "late", 1, event=8),
    P("低碳改造贷款贴息", "green", "policy", "closed", 2, event=8),
    P("园区、社区、校区共用停车场", "merging", "advice", "closed", 3, event=9),
    P("公共文化空间夜间开放的安保要求", "operation", "enquiry", "mended", 3, event=10),
    P("园区外立面更新的审批时限", "operation", "advice", "unhappy", 1, event=11, hides=True),
    P("数据中心用电指标", "smart", "help", "closed", 1, event=12),
    P("租户合同纠纷请求协调", "other", "help", "refused", None, day=(7, 12)),
    P("快递车辆进出园区的时段限制", "operation", "help", "withdrawn", None, day=(9, 6)),
    P("高校园区共建实训基地的政策依据", "merging", "enquiry", "own", None, event=14),
    P("绿色建筑标识申报辅导", "green", "help", "closed", 1, event=15),
    P("境外展品临时进境的便利措施", "other", "policy", "closed", 0, event=16),
)
OPEN = (
    P("自动驾驶接驳车进园区的测试许可", "smart", "enquiry", "submitted", None, day=1),
    P("园区联合申办市级文化节", "merging", "advice", "submitted", None, day=0),
    P("充电桩扩容的用电容量", "green", "help", "asked", None, day=4),
    P("文化企业纾困贷款的申请条件", "listing", "policy", "accepted", None, day=3),
    P("智慧消防平台与区级平台对接", "smart", "help", "handed", 0, day=4),
    P("国家级示范园区创建辅导", "national", "help", "working", 0, day=8, own=True),
    P("沿街业态调整的审批", "operation", "help", "working", 0, day=45, hides=True),
    P("老旧管网改造资金", "green", "help", "working", 1, day=9),
    P("地下管线更新的费用分担", "green", "advice", "joined", 1, day=7, follows="老旧管网改造资金"),
    P("艺术品仓储的消防分类", "operation", "enquiry", "answered", 0, day=12, own=True),
    P("共享单车停放点位", "merging", "advice", "answered", 3, day=11),
    P("拟上市企业的合规证明", "listing", "help", "followed", 2, day=20),
    P("园区内道路的管养责任", "merging", "advice", "redoing", 0, day=14),
)  # fmt: skip
