"""The demonstration's member roster; what it holds and why is told in docs/decisions/0004-demo-data.md."""

from members.demo.loading import load

__all__ = ["load"]
