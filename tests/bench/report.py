"""What a benchmark prints."""


class Report:
    """Lines of (what, value, wanted) printed as they come; `failed` counts those that miss what was wanted."""

    def __init__(self):
        self.failed = 0

    def line(self, what, value, wanted, ok):
        self.failed += not ok
        print(f"{'达到' if ok else '未达'}  {what}：{value}（要求 {wanted}）", flush=True)

    def note(self, text):
        print(f"      {text}", flush=True)
