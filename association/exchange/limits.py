"""What an uploaded table may measure, and the one exception that says why it may not come in."""

MAX_FILE_BYTES = 10 * 2**20
MAX_UNPACKED_BYTES = 100 * 2**20
MAX_MEMBERS = 1_000
MAX_DIRECTORY_BYTES = 2**20
MAX_RATIO = 200  # sheets of formatted, empty rows reach about 60; a bomb of zeros 1,000

MAX_ROWS = 5_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 32_767  # Excel's own limit
MAX_TEXT_CHARACTERS = 20_000_000
HEADER_WITHIN = 10
LAST_ROW = MAX_ROWS + 100  # titles, the header, the example row and some blank rows between
MAX_CELL_ELEMENTS = 2_000_000

DATA_SHEET = "数据"
NOTE_SHEETS = ("填写说明", "说明")
AS_OF_LABEL = "截至日期"
ERROR_HEADER = "错误原因"
EXAMPLE_MARK = "【示例】"

RESAVE = "请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传。"


class WorkbookRefused(Exception):
    """An uploaded file that is not read; `sentence` says in Chinese what is wrong and what to do."""

    status = 422

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence


def damaged(detail=""):
    """The refusal for a file whose inside is broken; `detail` names the place, where it is known."""
    return WorkbookRefused(f"文件不完整或已损坏{f'（{detail}）' if detail else ''}。{RESAVE}")
