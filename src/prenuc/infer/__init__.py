"""What the data allow one to say."""

from prenuc.infer.fit import Fit, fit, linearised
from prenuc.infer.global_fit import GlobalFit, global_fit
from prenuc.infer.parameter import Parameter

__all__ = ["Fit", "GlobalFit", "Parameter", "fit", "global_fit", "linearised"]
