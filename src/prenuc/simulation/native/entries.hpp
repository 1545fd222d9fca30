// The entries of the engine, for one instruction set.
#pragma once

#include "engine.hpp"
#include "tangents.hpp"

namespace prenuc::PRENUC_ISA {

Outcome integrate(const Stretch& on, const Vessel& vessel, Work& w) {
    return course(on, vessel, w, [](const Step&, Index) {});
}

Outcome integrate_followed(const Stretch& on, const Vessel& vessel, Work& w, Followed& own) {
    begin_tangents(on, vessel, w, own);
    const Outcome done = course(on, vessel, w, [&](const Step& step, Index told) {
        follow(on, step, told, w, own);
    });
    end_tangents(done.window, own);
    return done;
}

// Solve W u = right in the first stage, for the whole window.
void solve_linear(const Stretch& on, const Probe& probe, Work& w) {
    const Index window = probe.f.size;
    constants(on.net, probe.temperature, w.k);
    begin_detachment(on.pop, probe.temperature, window, probe.x, w);
    linearise(on, window, probe.x, probe.f, w);
    prepare(on, window, probe.h, w);
    copy(window, probe.right_f.data, w.raw[0].data);
    solve_stage(on, window, 0, probe.right, w);
    copy(probe.x.size, w.u[0].data, probe.right.data);
    copy(window, w.raw[0].data, probe.right_f.data);
    for (Index c = 0; c < w.columns.count && window > 0; ++c)
        if (w.share[0][c] != 0.0)
            add(window, w.share[0][c], w.columns[c].data, probe.right_f.data);
}

// Take the eight stages of a network alone directly and in differences.
void stages_both_ways(const Stretch& on, const Probe& probe, Work& w, Table direct) {
    constants(on.net, probe.temperature, w.k);
    linearise(on, 0, probe.x, probe.f, w);
    prepare(on, 0, probe.h, w);
    take_step(on, 0, 0.0, probe.h, probe.x, probe.f, w, w.x1, w.f1);
    copy(direct.flat().size, w.u.data, direct.data);
    linearise(on, 0, probe.x, probe.f, w);  // the stages have left their own rates
    take_differences(on.net, on.plan, probe.h, probe.x, w, w.x1);
}

}  // namespace prenuc::PRENUC_ISA
