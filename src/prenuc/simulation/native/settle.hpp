// Components without mass: what they must be at once, from the equations that stand in their rows.
//
// A free ligand, a binding polynomial or the surface of all dots has no time of its own. Its row of
// dx/dt = F is an equation G(x) = 0, and a Rosenbrock method takes it as the limit of a fast
// reaction (index 1; Hairer and Wanner 1996, Solving ODEs II, ch. VI.4): 1/(hγ) and the sums over
// stages leave its row. Where a stretch begins these components are solved for, by Newton with the
// others held; a component falls at most to a tenth at once, so that it stays above zero, and to
// less where there is none of it.
#pragma once

#include "linear.hpp"

namespace prenuc::PRENUC_ISA {

constexpr int MOST_TURNS = 200;
constexpr int SLOW = 20;           // turns that may be on the way to a small number, not to none
constexpr double SETTLED = 4e-16;  // of a component: as close as it gets
constexpr double NOTHING = 1e-60;  // mol/m³

// Set the matrix of Newton's method: the rows of G, and ones for components that have mass.
inline void settle_matrix(const Stretch& on, Numbers x, Work& w) {
    slopes(on.net, x, w.k, w.r, w.s);
    assemble(on.plan.network, w.s, w.matrix);
    for (Index m = 0; m < w.schur.size; ++m) w.schur[m] = 0.0;
    const Pattern& pattern = on.plan.network;
    for (Index i = 0; i < x.size; ++i) w.schur[on.plan.diagonal[i]] = on.net.mass[i];
    for (Index m = 0; m < on.net.settled.size; ++m) {
        const Index i = on.net.settled[m];
        for (Index at = pattern.row[i]; at < pattern.row[i + 1]; ++at)
            w.schur[at] = -w.matrix[at];
    }
    eliminate(on.plan, w.schur, w.inverse);
}

// Set G in `right`: zero for components that have mass.
inline void settle_residual(const Stretch& on, Index window, Numbers f, Work& w) {
    const ClassArrays& pop = on.pop;
    network_change(on.net, w.r, w.moved, w.right);
    for (Index i = 0; i < w.right.size; ++i) w.right[i] *= 1.0 - on.net.mass[i];
    for (Index l = 0; l < pop.ladders() && window > 0; ++l)
        if (pop.surface[l] >= 0)
            w.right[pop.surface[l]] += ladder_dot(window / pop.ladders(), pop.area.data,
                                                  f.data + l, pop.ladders());
}

// Set a start for components without mass that are not above zero: 1, or none of it where none
// solves its equation, as that of a ligand that is absent.
inline void settle_start(const Stretch& on, Index window, Numbers x, Numbers f, Work& w) {
    const Places settled = on.net.settled;
    for (Index m = 0; m < settled.size; ++m)
        if (!(x[settled[m]] > 0.0)) x[settled[m]] = 0.0;
    rates(on.net, x, w.k, w.r);
    settle_residual(on, window, f, w);
    for (Index m = 0; m < settled.size; ++m) {
        const Index i = settled[m];
        if (x[i] == 0.0 && w.right[i] != 0.0) x[i] = 1.0;
    }
}

// Set all components without mass in x, for constants that are there.
inline void settle(const Stretch& on, Index window, Numbers x, Numbers f, Work& w) {
    const Places settled = on.net.settled;
    settle_start(on, window, x, f, w);
    double before = 1e300;
    for (int turn = 0; turn < MOST_TURNS && settled.size > 0; ++turn) {
        settle_matrix(on, x, w);
        settle_residual(on, window, f, w);
        back_substitute(on.plan, w.schur, w.inverse, w.right, w.x);
        double moved = 0.0, least = turn < SLOW ? 0.1 : 1e-6;
        for (Index m = 0; m < settled.size; ++m) {
            const Index i = settled[m];
            const double size = magnitude(x[i]), next = x[i] + w.x[i];
            if (size > NOTHING) moved = larger(moved, magnitude(w.x[i]) / size);
            x[i] = next > least * size ? next : least * size;
        }
        if (moved <= SETTLED || (moved < 1e-10 && moved >= before)) break;
        before = moved;
    }
}

}  // namespace prenuc::PRENUC_ISA
