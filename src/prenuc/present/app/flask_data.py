"""Spectra that are laid over a flask, and how far the flask is from them as it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import PrenucError
from prenuc.infer.selection.laid_over import LaidOver

if TYPE_CHECKING:
    from prenuc.observe.live.experiment import Live
    from prenuc.observe.series import SpectrumSeries


@dataclass(frozen=True)
class FlaskData:
    """Spectra over a flask.

    Args:
        name: What the user calls the file.
        held: They, ready to be held against the flask; None where that has no meaning.
        why: Why it has none.
    """

    name: str
    held: LaidOver | None
    why: str = ""

    @classmethod
    def of(cls, name: str, series: SpectrumSeries, live: Live) -> FlaskData:
        """Return spectra that can be drawn over a flask, whether or not they can be weighed.

        Args:
            name: What the user calls the file.
            series: What is in it.
            live: The flask.
        """
        try:
            return cls(name, LaidOver.of(series, live.mechanism_now, live.protocol_now))
        except PrenucError as error:
            return cls(name, None, str(error))

    def told(self, live: Live) -> dict[str, Any]:
        """Return χ² of the flask as it is now, or why there is none.

        Args:
            live: The flask.
        """
        if self.held is None:
            return {"why": self.why}
        try:
            found = self.held.misfit(live.mechanism_now, live.protocol_now)
        except PrenucError as error:
            return {"why": str(error)}
        return {
            "chi2": found.chi2,
            "readings": found.readings,
            "expected": list(found.expected),
            "amplitudes": dict(found.amplitudes),
            "noise": found.noise,
        }
