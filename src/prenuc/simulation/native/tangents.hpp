// Forward tangents: how the solution moves when a parameter does.
//
// Every equation of a step is differentiated once the step is accepted, while its stages and the
// factors of its matrix are still there, so the tangents are the exact derivatives of what the
// integrator computed for its sequence of steps. With δ for a derivative in one parameter, equation
// (1) of tableau.hpp becomes
//
//   W δu_i = F_y(Y_i) δY_i + F_p(Y_i) + (1/h) Σ_{j<i} c_ij δu_j + h δ_i δ(∂F/∂t) + (δJ) u_i   (1)
//
// with W the matrix that the step has factorised anyway. (δJ) u is the change of a derivative along
// u; for a rate r = k Π g_f it needs the curvature of its factors,
//
//   D r[u] = Σ_f s_f x_f(u),   δ(D r[u]) = Σ_e (Σ_f ∂s_f/∂x_e x_f(u)) δx_e + …           (2)
//
// For a network alone at one temperature the δ of equation (2) of differences.hpp saves work, for
// most entries of F_y then never change:
//
//   W (δu_i + δΔ_i) = J δy + (F_y(Y_i) − J) δY_i + F_p(Y_i)
//                     + (1/h) Σ_{j<i} (c_ij + a_ij/γ) δu_j + (δJ) u_i                   (3)
//
// Of the network, F_y(Y_i) and δ(D N r[u]) are small matrices with the pattern of J, the same for
// all parameters, so each row of (1) is gathered in one go. What a parameter moves by itself is in
// seeds.hpp, what dots add in class_tangents.hpp.
//
// References: Dickinson and Gelinas 1976, J. Comput. Phys. 21, 123 (forward sensitivities); Sandu,
// Daescu and Carmichael 2003, Atmos. Environ. 37, 5083 (tangent Rosenbrock methods).
#pragma once

#include "class_tangents.hpp"
#include "network_tangents.hpp"
#include "rodas.hpp"

namespace prenuc::PRENUC_ISA {

// Whether a stretch goes the short way, equation (3).
inline bool alone(const Stretch& on) {
    return on.pop.units.size == 0 && on.heating == 0.0 && on.net.settled.size == 0;
}

// Set δf + Σ_j a_j δu_j, and add Σ_j row_j δu_j, of all parameters of the classes in the window, in
// one pass, chunk by chunk.
inline void gathered_both(Index count, Known a, Known row, Index size, TangentWork& w) {
    const Table stages = w.uf.flat();
    for (Index start = 0; start < size; start += CHUNK) {
        const Index some = smaller(CHUNK, size - start);
        double *here = w.stage_f.data + start, *there = w.right_f.data + start;
        copy(some, w.df.data + start, here);
        for (Index j = 0; j < count; ++j)
            add_both(some, a[j], row[j], stages[j].data + start, here, there);
    }
}

// Add what channels and nuclei do to equation (1).
inline void dots_tangents(const Stretch& on, const Seeds& seeds, const Step& step, Table beta,
                          Numbers u, TangentWork& w, Work& v) {
    const Index window = step.window;
    const Numbers f = step.f;
    clear(w.dr);
    clear(w.bent);
    add_entries(seeds, w.here, w.dr);
    add_entries(seeds, w.further, w.bent);
    gradient_rows(on.net, v.s, w.stage_x, w.dr);
    gradient_rows(on.net, w.bend, w.dx, w.bent);
    const Moved here = {window, beta, w.stage_psi, v.r, w.dr, v.f, w.stage_f, true, true};
    products(on, seeds, here, w, v, w.right, w.right_f);
    shifted_surface(on.pop, window, w.stage_f, w.right);
    const Moved along = {window, v.beta, w.psi, w.along, w.bent, f, w.df, true, true};
    products(on, seeds, along, w, v, w.right, w.right_f);
    const Moved further = {window, v.beta, w.psi, w.r0, w.dr0, w.u_f, w.df, false, true};
    products(on, seeds, further, w, v, w.right, w.right_f);
    if (tilt_along(on.pop, seeds, step.x, u, w))
        tilted_products(on, seeds, window, f, w, v, w.right, w.right_f);
}

// Set classes, their tangents and the known part of (1) for a stage.
inline void stage_classes(const Stretch& on, double temperature, Index window, double h, Numbers f,
                          Index stage, const Seeds& seeds, TangentWork& w, Work& v) {
    const Index count = window * w.df.width;
    const Known a = weights_of(A[stage]), row = {v.row.data, STAGES};
    combine_classes(stage, a, f, window, v, v.f);
    tension_tangents(on.pop, seeds, temperature, v.x, w.stage_x, w.stage_psi);
    clear(count, w.right_f.data);
    if (on.heating != 0.0) add(count, h * SLOPE[stage], w.ramp.data, w.right_f.data);
    gathered_both(stage, a, row, count, w);
    copy(window, v.raw[stage].data, w.u_f.data);
    for (Index column = 0; column < v.columns.count; ++column)
        if (!still(v.rows[column]))
            add(window, v.share[stage][column], v.columns[column].data, w.u_f.data);
}

// Compute δu of one stage of a network alone at one temperature, equation (3).
inline void lone_tangents(const Stretch& on, const Seeds& seeds, double h, Numbers x, Index stage,
                          TangentWork& w, Work& v) {
    differences_row(stage, h, v.row);
    combine(stage, weights_of(A[stage]), x, v.u, v.x);
    combine_both({v.row.data, STAGES}, weights_of(A[stage]), w.ux.flat(), w.dx.data, w.right.data,
                 w.stage_x.data);
    add(1.0, w.base.flat(), w.right.flat());
    slopes(on.net, v.x, v.k, v.r, v.s);
    for (Index f = 0; f < w.risen.size; ++f) w.risen[f] = v.s[f] - w.s0[f];
    network_tangents(on, on.plan.bending, seeds, x, w.risen, stage, w, v);
    const Table u = w.ux[stage];
    copy(u.flat().size, w.right.data, u.data);
    solve_rows(on.plan, v.schur, v.inverse, u);
    for (Index i = 0; i < u.flat().size; ++i) u.data[i] += w.dx.data[i] - w.stage_x.data[i];
}

// Compute δu of one stage, equation (1); v is the integrator's own work.
inline void stage_tangents(const Stretch& on, const Seeds& seeds, const Step& step, Index stage,
                           TangentWork& w, Work& v) {
    const double h = step.h;
    for (Index j = 0; j < stage; ++j) v.row[j] = C[stage][j] / h;
    combine(stage, weights_of(A[stage]), step.x, v.u, v.x);
    combine_both({v.row.data, STAGES}, weights_of(A[stage]), w.ux.flat(), w.dx.data, w.right.data,
                 w.stage_x.data);
    for (Index m = 0; m < on.net.settled.size; ++m) clear(w.right[on.net.settled[m]]);
    const double temperature = on.setting.begin + on.heating * (step.t + TIME[stage] * h);
    if (on.heating != 0.0) {
        constants(on.net, temperature, v.k);
        constant_moves(on.net, seeds, temperature, w.stage_moves);
        add(h * SLOPE[stage], w.drift.flat(), w.right.flat());
    }
    slopes(on.net, v.x, v.k, v.r, v.s);
    network_tangents(on, on.plan.network, seeds, step.x, v.s, stage, w, v);
    if (step.window > 0) {
        stage_classes(on, temperature, step.window, h, step.f, stage, seeds, w, v);
        const Table beta = stage_detachment(on.pop, temperature, step.window, v.x, v);
        dots_tangents(on, seeds, step, beta, v.u[stage], w, v);
        eliminate_classes(on.pop, step.window, w, v);
    }
    const Table u = w.ux[stage];
    copy(u.flat().size, w.right.data, u.data);
    solve_rows(on.plan, v.schur, v.inverse, u);
    if (step.window > 0) return_classes(step.window, stage, w, v);
}

// Set rates, slopes and their tangents at the start of a step.
inline void open_tangents(const Stretch& on, const Seeds& seeds, const Step& step, TangentWork& w,
                          Work& v) {
    const double temperature = on.setting.begin + on.heating * step.t;
    if (on.heating != 0.0) constants(on.net, temperature, v.k);
    slopes(on.net, step.x, v.k, v.r, v.s);  // the stages have left their own
    copy(w.r0.size, v.r.data, w.r0.data);
    copy(w.k0.size, v.k.data, w.k0.data);
    copy(w.s0.size, v.s.data, w.s0.data);
    factors_at(on.net, step.x, w);
    clear(v.row);
    clear(w.ux.flat());
    clear(w.bend);  // of a reaction r = k x it stays zero
    if (on.heating != 0.0) constant_moves(on.net, seeds, temperature, w.moves);
    if (!alone(on)) {
        clear(w.dr0);
        moved_rates(on.net, seeds, w.moves, {step.x, w.k0, w.r0, w.s0}, w.here);
        add_entries(seeds, w.here, w.dr0);
        gradient_rows(on.net, w.s0, w.dx, w.dr0);
    } else {
        multiply(on.plan.network, v.matrix, w.dx, w.base);
    }
    if (step.window > 0)
        tension_tangents(on.pop, seeds, temperature, step.x, w.dx, w.psi);
    if (on.heating != 0.0) warming_tangents(on, seeds, temperature, step.window, step.f, w, v);
}

// The weight of u_j in the solution at a share of the step, equation (3) of tableau.hpp.
inline double weight_at(double share, Index j) {
    const double end = j < STAGES - 1 ? A[STAGES - 1][j] : 1.0;
    const double bow = DENSE[0][j] + share * (DENSE[1][j] + share * DENSE[2][j]);
    return share * (end + (1.0 - share) * bow);
}

// Set the tangents at a share of the step, of components and of the classes that have any.
inline void finished(double share, Index window, Index held, const TangentWork& w, Table out_x,
                     Table out_f) {
    const Index inside = smaller(window, out_f.count) * out_f.width;
    copy(out_x.flat().size, w.dx.data, out_x.data);
    copy(larger(inside, smaller(held, out_f.count) * out_f.width), w.df.data, out_f.data);
    for (Index j = 0; j < STAGES; ++j) {
        add(weight_at(share, j), w.ux[j].flat(), out_x.flat());
        add(inside, weight_at(share, j), w.uf[j].data, out_f.data);
    }
}

// Take the tangents along an accepted step.
inline void follow(const Stretch& on, const Step& step, Index told, Work& v, Followed& own) {
    TangentWork& w = own.work;
    for (; own.set < step.window; ++own.set) clear(w.df[own.set]);
    open_tangents(on, own.seeds, step, w, v);
    for (Index stage = 0; stage < STAGES; ++stage) {
        if (alone(on))
            lone_tangents(on, own.seeds, step.h, step.x, stage, w, v);
        else
            stage_tangents(on, own.seeds, step, stage, w, v);
    }
    const Known times = on.setting.times;
    for (; told < times.size - 1 && times[told] <= step.t + step.taken; ++told)
        finished((times[told] - step.t) / step.h, step.window, own.held, w, own.out_x[told],
                 own.out_f[told]);
    const bool whole = !(step.taken < step.h);
    if (!whole) finished(step.taken / step.h, step.window, 0, w, w.stage_x, w.stage_f);
    const Index inside = step.window * w.df.width;
    copy(w.dx.flat().size, w.stage_x.data, w.dx.data);
    copy(inside, w.stage_f.data, w.df.data);
    if (!whole) return;
    add(1.0, w.ux[STAGES - 1].flat(), w.dx.flat());
    add(inside, 1.0, w.uf[STAGES - 1].data, w.df.data);
}

// Set the tangents of components without mass, δG = 0; they themselves are there, and so is what
// `settle` leaves.
inline void settle_tangents(const Stretch& on, const Vessel& vessel, Work& v, Followed& own) {
    const Places settled = on.net.settled;
    const Seeds& seeds = own.seeds;
    TangentWork& w = own.work;
    if (settled.size == 0) return;
    settle_matrix(on, vessel.x, v);
    moved_rates(on.net, seeds, w.moves, {vessel.x, v.k, v.r, v.s}, w.here);
    clear(w.further);
    clear(w.along);
    clear(w.right);
    for (Index m = 0; m < settled.size; ++m) clear(w.dx[settled[m]]);
    multiply(on.plan.network, v.matrix, w.dx, w.right);
    push_entries(on, seeds, w, v.r, w.right.flat());
    shifted_surface(on.pop, own.set, w.df, w.right);
    for (Index i = 0; i < w.right.count; ++i)
        if (on.net.mass[i] != 0.0) clear(w.right[i]);
    solve_rows(on.plan, v.schur, v.inverse, w.right);
    for (Index m = 0; m < settled.size; ++m)
        copy(w.dx.width, w.right[settled[m]].data, w.dx[settled[m]].data);
}

// Set δ ln k at time 0, which a stretch at one temperature keeps, and what has no mass.
inline void begin_tangents(const Stretch& on, const Vessel& vessel, Work& v, Followed& own) {
    TangentWork& w = own.work;
    constant_moves(on.net, own.seeds, on.setting.begin, w.moves);
    constant_moves(on.net, own.seeds, on.setting.begin, w.stage_moves);
    constants(on.net, on.setting.begin, v.k);
    settle(on, starting_window(on.pop, vessel.f), vessel.x, vessel.f, v);
    settle_tangents(on, vessel, v, own);
}

// Write the tangents at the last time.
inline void end_tangents(Index window, Followed& own) {
    const Table out_x = own.out_x[own.out_x.count - 1], out_f = own.out_f[own.out_f.count - 1];
    copy(out_x.flat().size, own.work.dx.data, out_x.data);
    copy(smaller(own.set, larger(window, own.held)) * out_f.width, own.work.df.data, out_f.data);
}

}  // namespace prenuc::PRENUC_ISA
