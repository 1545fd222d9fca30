"""What the data allow one to say."""

from prenuc.infer.fit import Fit, fit, linearised
from prenuc.infer.results import GlobalFit
from prenuc.infer.parameter import Parameter

__all__ = ["Fit", "GlobalFit", "Parameter", "fit", "linearised"]
