"""What an instrument would show, and what it did show; both share one type."""

from prenuc.observe.absorption import uv_vis
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace

__all__ = ["SpectrumSeries", "Trace", "uv_vis"]
