// The eight stages of a step, for a network with its size classes and on a ramp.
//
// The scheme is equations (1) to (3) of tableau.hpp; the linear systems are (3) to (5) of
// classes.hpp.
#pragma once

#include "differences.hpp"

namespace prenuc::PRENUC_ISA {

// Set base + Σ_j row_j u_j for the components.
inline void combine(Index count, Known row, Numbers base, Table u, Numbers out) {
    copy(base.size, base.data, out.data);
    for (Index j = 0; j < count; ++j) add(base.size, row[j], u[j].data, out.data);
}

// Set what the columns z weigh in Σ_j row_j u_j.
inline void column_weights(Index count, Known row, Table share, Numbers out) {
    for (Index c = 0; c < out.size; ++c) {
        double total = 0.0;
        for (Index j = 0; j < count; ++j) total += row[j] * share[j][c];
        out[c] = total;
    }
}

// Set base + Σ_j row_j u_j for the classes, from the parts of u that are kept apart.
inline void combine_classes(Index count, Known row, Numbers base, Index window, Work& w,
                            Numbers out) {
    column_weights(count, row, w.share, w.weights);
    gather(window, count, base, w.raw, row, w.columns, w.weights, out);
}

// Set ∂F/∂t of a ramp: every rate grows by r Ea/(R T²) dT/dt, ψ of a ladder by −Γ/T² dT/dt.
inline void warming(const Stretch& on, Index window, double temperature, Numbers f, Work& w) {
    const ClassArrays& pop = on.pop;
    const double per = on.heating / (temperature * temperature);
    for (Index i = 0; i < w.r.size; ++i) w.pace[i] = w.r[i] * on.net.energy[i] * per;
    clear(window, w.ramp.data);
    right_side(on, window, w.pace, w.beta, f, w, w.drift, w.ramp);
    if (window == 0) return;
    for (Index l = 0; l < pop.ladders(); ++l) {
        if (pop.surface[l] >= 0) w.drift[pop.surface[l]] = 0.0;  // its row does not know the time
        const double tilting = -pop.capillarity[l] * per;
        if (tilting == 0.0) continue;
        add(tilting, w.tilt[l], w.drift);
        add(window, tilting, w.sources[2 * pop.groups() + l].data, w.ramp.data);
    }
}

// Linearise at the start of a step.
inline void open_step(const Stretch& on, Index window, double t, Numbers x, Numbers f, Work& w) {
    const double temperature = on.setting.begin + on.heating * t;
    if (on.heating != 0.0) constants(on.net, temperature, w.k);
    if (tensions(on.pop, temperature, x, w.psi) || w.known_window < window)
        begin_detachment(on.pop, temperature, window, x, w);
    linearise(on, window, x, f, w);
    if (on.heating != 0.0) warming(on, window, temperature, f, w);
}

// β of a stage: that of the step's start, as long as no ψ is another one.
inline Table stage_detachment(const ClassArrays& pop, double temperature, Index window, Numbers x,
                              Work& w) {
    copy(w.psi.size, w.psi.data, w.stage_psi.data);
    if (!tensions(pop, temperature, x, w.stage_psi)) return w.beta;
    detachment(pop, window, w.stage_psi, w.held, w.stage_beta);
    return w.stage_beta;
}

// Add Σ_j row_j u_j of the stages before one, but to components without mass.
inline void add_stages(const RateArrays& net, Index stage, Known row, Table u, Numbers right) {
    for (Index j = 0; j < stage; ++j)
        for (Index i = 0; i < right.size; ++i) right[i] += row[j] * net.mass[i] * u[j][i];
}

// Set the right-hand side of a stage, equation (1) of tableau.hpp.
inline void open_stage(const Stretch& on, Index window, double t, double h, Index stage, Numbers x,
                       Numbers f, Work& w) {
    const Known a = weights_of(A[stage]), row = {w.row.data, STAGES};
    for (Index j = 0; j < stage; ++j) w.row[j] = C[stage][j] / h;
    combine(stage, a, x, w.u, w.x);
    if (window > 0) {
        column_weights(stage, a, w.share, w.weights);
        column_weights(stage, row, w.share, w.others);
        gather_both(window, stage, f, a, row, w, w.f, w.raw[stage]);
    }
    const double temperature = on.setting.begin + on.heating * (t + TIME[stage] * h);
    if (on.heating != 0.0) constants(on.net, temperature, w.k);
    const Table beta = stage_detachment(on.pop, temperature, window, w.x, w);
    rates(on.net, w.x, w.k, w.r);
    right_side(on, window, w.r, beta, w.f, w, w.right, w.raw[stage]);
    add_stages(on.net, stage, row, w.u, w.right);
    if (on.heating != 0.0 && SLOPE[stage] != 0.0) {
        add(h * SLOPE[stage], w.drift, w.right);
        add(window, h * SLOPE[stage], w.ramp.data, w.raw[stage].data);
    }
}

// Take the eight stages, equations (1) and (2) of tableau.hpp.
inline void take_step(const Stretch& on, Index window, double t, double h, Numbers x, Numbers f,
                      Work& w, Numbers x1, Numbers f1) {
    for (Index stage = 0; stage < STAGES; ++stage) {
        open_stage(on, window, t, h, stage, x, f, w);
        solve_stage(on, window, stage, w.right, w);
    }
    for (Index i = 0; i < x.size; ++i) x1[i] = w.x[i] + w.u[STAGES - 1][i];
    if (window == 0) return;
    const double one = 1.0;
    const Table last = {w.raw[STAGES - 1].data, 1, w.raw.width};
    gather(window, 1, w.f, last, {&one, 1}, w.columns, w.share[STAGES - 1], f1);
}

// Take the eight stages the way that is quicker, after `prepare`.
inline void take_stages(const Stretch& on, Index window, double t, double h, Numbers x, Numbers f,
                        Work& w, Numbers x1, Numbers f1) {
    if (f.size == 0 && on.heating == 0.0 && x.size <= MOST && on.net.settled.size == 0) {
        take_differences(on.net, on.plan, h, x, w, x1);
    } else {
        take_step(on, window, t, h, x, f, w, x1, f1);
    }
}

// Set the solution at a share of the step from 0 to 1, equation (3) of tableau.hpp.
inline void between(double share, Index window, Numbers x, Numbers f, Numbers x1, Numbers f1,
                    Work& w, Numbers out_x, Numbers out_f) {
    for (Index j = 0; j < STAGES; ++j)
        w.row[j] =
            share * (1 - share) * (DENSE[0][j] + share * (DENSE[1][j] + share * DENSE[2][j]));
    const Known row = {w.row.data, STAGES};
    for (Index i = 0; i < x.size; ++i) w.x[i] = (1 - share) * x[i] + share * x1[i];
    combine(STAGES, row, w.x, w.u, out_x);
    if (window == 0) return;
    for (Index i = 0; i < window; ++i) w.f[i] = (1 - share) * f[i] + share * f1[i];
    combine_classes(STAGES, row, w.f, window, w, out_f);
}

}  // namespace prenuc::PRENUC_ISA
