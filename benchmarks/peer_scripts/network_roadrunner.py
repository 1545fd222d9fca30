"""libroadrunner on a mass action network; runs in its own environment."""

import antimony
import numpy as np
import roadrunner
from mass_action import antimony as written
from mass_action import main

roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)


class Roadrunner:
    """A loaded model; a run resets it, sets the constants and simulates to the end."""

    def __init__(self, given):
        if antimony.loadAntimonyString(written(given)) < 0:
            raise RuntimeError(antimony.getLastError())
        self.model = roadrunner.RoadRunner(antimony.getSBMLString("network"))
        self.model.timeCourseSelections = [f"[{name}]" for name in given["species"]]
        self.model.integrator.setValue("maximum_num_steps", 1_000_000)
        self.duration = given["duration"]
        ids = list(self.model.model.getGlobalParameterIds())
        self.order = np.array([int(name[1:]) for name in ids])
        self.tolerance = None

    def run(self, k, rtol, atol):
        model = self.model
        if self.tolerance != (rtol, atol):
            model.integrator.setValue("relative_tolerance", rtol)
            model.integrator.setValue("absolute_tolerance", atol)
            self.tolerance = (rtol, atol)
        model.reset()
        model.model.setGlobalParameterValues(k[self.order])
        return np.array(model.simulate(0.0, self.duration, 2))[-1]


main(Roadrunner)
