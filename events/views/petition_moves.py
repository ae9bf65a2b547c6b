"""The steps that may be taken on a petition: who, when, with which form and verb. Pages and buttons are made from these."""

from collections.abc import Callable
from dataclasses import dataclass

from events import masks, permissions
from events.choices import ASKED_STATES, AT_DEPARTMENT, CLOSED_STATES, MERGEABLE, PetitionState
from events.domain import petition_handovers as handovers
from events.domain import petition_merging as merging
from events.domain import petitions
from events.forms import petitions as forms
from events.models import Petition

State = PetitionState


@dataclass(frozen=True)
class Move:
    """One step: `verb(petition, by=…, **cleaned data)`; without a form it is a mere POST. `when` says more of where the
    petition stands, `options` what its form is made with."""

    label: str
    explain: str
    done: str
    form: type | None
    verb: Callable
    who: Callable
    states: tuple
    tone: str = ""
    when: Callable = lambda petition: True
    initial: Callable = lambda petition: {}
    options: Callable = lambda user, petition: {}
    own_label: str = ""

    def label_for(self, user) -> str:
        """What the step is called; a liaison answers, where the secretariat writes an answer down."""
        return self.own_label if self.own_label and permissions.serves_department(user) else self.label

    def fits(self, petition) -> bool:
        """Whether the petition stands where the step is taken."""
        return petition.state in self.states and self.when(petition)


def _files(user, petition) -> bool:
    return permissions.can_file_petitions_for(user, petition.organization)


def _alone(petition) -> bool:
    return petition.lead_id is None


def _ours(petition) -> bool:
    return petition.lead_id is None and petition.handover_id is None


def _theirs(petition) -> bool:
    return petition.lead_id is None and petition.handover_id is not None


def _extendable(petition) -> bool:
    return _theirs(petition) and petition.handover.extended_from is None


def _joins(petition) -> bool:
    return _ours(petition) and not petition.followers.exists()


def leads_for(petition):
    """Petitions of others into which this one may go."""
    found = Petition.objects.in_state(*MERGEABLE).leading().exclude(organization=petition.organization_id)
    found = found.select_related("organization")
    return found.order_by("-topic", "-year", "-serial")


keeps = permissions.keeps_petition

MOVES = {
    "accept": Move(
        "受理", "", "已受理，提出单位会收到通知。", None, petitions.accept, keeps, (State.SUBMITTED,), "primary"
    ),
    "ask": Move(
        "要求补充", "单位补充以后，两个工作日内再决定是否受理。", "已请单位补充。", forms.AskForm, petitions.ask, keeps,
        (State.SUBMITTED,),
    ),
    "refuse": Move(
        "不予受理", "理由会告诉提出单位；以后不能再改为受理，单位可以另提。", "已登记不予受理。", forms.ReasonForm, petitions.refuse,
        keeps, (State.SUBMITTED, State.ASKED), "danger",
    ),
    "supplement": Move(
        "补充", "材料上传到本件的“附件”。补充的内容接在原来的正文后面，部门转办时一并看到。", "已补充，秘书处会收到通知。",
        forms.SupplementForm, petitions.supplement, _files, (State.ASKED,), "primary",
    ),
    "hand_over": Move(
        "转办", "生成有编号的转办函，部门的联络员会收到通知，登录后签收、答复。", "已转办，转办函可以下载盖章。", forms.HandOverForm,
        handovers.hand_over, permissions.hands_over, (State.ACCEPTED, State.REDOING), "primary", when=_ours,
        initial=masks.told,
    ),
    "answer": Move(
        "自办答复", "不需要转给部门、由协会自己答复的。", "已答复，单位会收到通知。", forms.AnswerForm, petitions.answer, keeps,
        (State.ACCEPTED, State.REDOING), when=_ours,
    ),
    "join": Move(
        "并入别件", "内容相近的诉求可以一并办理：转办、答复对各家都有效，每家各自确认是否满意。没有办结之前可以再分开。",
        "已并入。", forms.JoinForm, merging.join, keeps, (State.ACCEPTED,), when=_joins,
        options=lambda user, petition: {"leads": leads_for(petition)},
    ),
    "separate": Move(
        "分开办理", "", "已分开，回到已受理。", None, merging.separate, keeps,
        tuple(state for state in State if state not in CLOSED_STATES), when=lambda petition: not _alone(petition),
    ),
    "sign": Move(
        "签收", "", "已签收，请在期限前答复。", None, handovers.sign, permissions.answers_petition,
        (State.HANDED, State.REDOING), "primary", when=_theirs,
    ),
    "reply": Move(
        "登记部门答复", "答复会告诉所有提出单位，请他们确认是否满意。", "已答复，单位会收到通知。", forms.ReplyForm, handovers.reply,
        permissions.answers_petition, AT_DEPARTMENT, "primary", when=_theirs,
        options=lambda user, petition: {"from_liaison": permissions.serves_department(user)}, own_label="答复",
    ),
    "object": Move(
        "派单异议", "不属于本部门职责的，说明理由，协会另行转办。签收以后不能再提。", "已提出异议，由协会另行处理。", forms.ReasonForm,
        handovers.object_to, permissions.answers_petition, (State.HANDED,), when=_theirs,
    ),
    "extend": Move(
        "延期", "每件只能延期一次，理由会告诉提出单位。", "已延期。", forms.ExtendForm, handovers.extend,
        permissions.answers_petition, (State.HANDED, State.WORKING), when=_extendable,
    ),
    "satisfied": Move(
        "满意", "", "已确认满意，本件办结。", None, petitions.satisfied, _files, ASKED_STATES, "primary"
    ),
    "dissatisfied": Move(
        "不满意", "说明哪里没有解决。第一次不满意的，部门重办；重办以后仍不满意的，由秘书处回访。", "已告诉秘书处和承办部门。",
        forms.ReasonForm, petitions.dissatisfied, _files, ASKED_STATES,
    ),
    "settle": Move(
        "登记回访", "选“不满意”而还没有重办过的，转为重办；其他的就此办结。", "已登记。", forms.SettleForm, petitions.settle, keeps,
        (State.FOLLOWED,), "primary",
    ),
    "withdraw": Move(
        "撤销", "撤销以后不再办理；已经转给部门的，部门会收到通知。", "已撤销。", forms.WithdrawForm, petitions.withdraw, _files,
        petitions.BEFORE_ANSWER, "quiet",
    ),
}  # fmt: skip


def open_to(user, petition) -> list[tuple]:
    """(label, name of the address, the step, tone) of every step that the person may take now; the first main one stays
    the only main one."""
    found = [(name, move) for name, move in MOVES.items() if move.fits(petition) and move.who(user, petition)]
    main = next((name for name, move in found if move.tone == "primary"), "")
    return [
        (move.label_for(user), f"events:petition_{name}", move, _tone(move, name == main))
        for name, move in found
    ]


def _tone(move, is_main: bool) -> str:
    return move.tone if is_main or move.tone != "primary" else ""
