"""What the commands in bin/ share. Standard library only; this file must be readable by any Python 3."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older Python does get here)
    found = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(
        "需要 Python 3.11 或更新的版本，当前的 python3 是 "
        + found
        + "。装好后可以这样启动：python3.11 bin/serve"
    )

sys.path.insert(0, __file__.rsplit("/bin/", 1)[0])
