// The right-hand side of a network with its size classes, and the linear systems of a step.
//
// The systems are equations (3) to (5) of classes.hpp.
#pragma once

#include "classes.hpp"
#include "elimination.hpp"
#include "network.hpp"
#include "tableau.hpp"

namespace prenuc::PRENUC_ISA {

// A and B: what all channels of attachment and of detachment sum up to, in 1/s.
struct Paces {
    double a, b;
};

inline Paces paces(const ClassArrays& pop, Numbers r) {
    Paces found = {0.0, 0.0};
    for (Index i = pop.first; i < pop.detaching; ++i) found.a += r[i];
    for (Index i = pop.detaching; i < r.size; ++i) found.b += r[i];
    return found;
}

// Set dx/dt and add df/dt for given rates, equations (1) and (2) of classes.hpp.
inline void right_side(const Stretch& on, Index window, Numbers r, Numbers beta, Numbers f,
                       Numbers out_x, Numbers out_f) {
    const ClassArrays& pop = on.pop;
    network_change(on.net, r, out_x);
    if (window == 0) return;
    const Paces pace = paces(pop, r);
    const Passed passed = flows(pop, window, pace.a, pace.b, beta, f, out_f);
    change(on.net, pop.first, pop.detaching, r, passed.up, out_x);
    change(on.net, pop.detaching, r.size, r, passed.down, out_x);
    for (Index i = 0; i < pop.sources.size; ++i) {
        const Index group = pop.group[i], place = pop.lower[group];
        out_f[place] += pop.share[group][0] * r[pop.sources[i]];
        out_f[place + 1] += pop.share[group][1] * r[pop.sources[i]];
    }
}

// Add scale · ∂(N r)/∂x of the channels first … last − 1.
inline void channels_jacobian(const RateArrays& net, const SparseArrays& plan, Index first,
                              Index last, Numbers s, double scale, Numbers values) {
    for (Index i = first; i < last; ++i)
        for (Index m = net.changes[i]; m < net.changes[i + 1]; ++m) {
            const Places row = plan.place[net.changed[m]];
            const double number = scale * net.number[m];
            for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f)
                for (Index p = net.pools[f]; p < net.pools[f + 1]; ++p)
                    values[row[net.member[p]]] += number * s[f] * net.weight[p];
        }
}

// Set slopes, J of the network, the rows G, p, q and the columns v; return A and B.
inline Paces linearise(const Stretch& on, Index window, Numbers x, Numbers f, Work& w) {
    const RateArrays& net = on.net;
    const ClassArrays& pop = on.pop;
    slopes(net, x, w.k, w.r, w.s);
    assemble(on.plan.network, w.s, w.matrix);
    if (window == 0) return {0.0, 0.0};
    clear(window, w.sources[0].data);
    clear(window, w.sources[1].data);
    const double up = flows(pop, window, 1.0, 0.0, w.beta, f, w.sources[0]).up;
    const double down = flows(pop, window, 0.0, 1.0, w.beta, f, w.sources[1]).down;
    channels_jacobian(net, on.plan, pop.first, pop.detaching, w.s, up, w.matrix);
    channels_jacobian(net, on.plan, pop.detaching, w.r.size, w.s, down, w.matrix);
    clear(w.rows);
    clear(w.up);
    clear(w.down);
    for (Index i = pop.first; i < pop.detaching; ++i) gradient(net, i, w.s, 1.0, w.rows[0]);
    for (Index i = pop.detaching; i < w.r.size; ++i) gradient(net, i, w.s, 1.0, w.rows[1]);
    change(net, pop.first, pop.detaching, w.r, 1.0, w.up);
    change(net, pop.detaching, w.r.size, w.r, 1.0, w.down);
    for (Index i = 0; i < pop.sources.size; ++i)
        gradient(net, pop.sources[i], w.s, 1.0, w.rows[2 + pop.group[i]]);
    return paces(pop, w.r);
}

// Whether a row is all zero: what it stands for looks at no component.
inline bool still(Numbers row) {
    for (Index i = 0; i < row.size; ++i)
        if (row[i] != 0.0) return false;
    return true;
}

// Take (p α·z + q β̃·z) G of one column from S, equation (4).
inline void border(const SparseArrays& plan, Passed passed, Index column, Work& w) {
    const Numbers row = w.rows[column];
    for (Index i = 0; i < w.up.size; ++i) {
        const double push = w.up[i] * passed.up + w.down[i] * passed.down;
        if (push == 0.0) continue;
        for (Index j = 0; j < w.up.size; ++j)
            if (row[j] != 0.0) w.schur[plan.place[i][j]] -= push * row[j];
    }
}

// Factorise W for a step h: T and z, equation (4), then the Schur complement S.
inline void prepare(const Stretch& on, Index window, Paces pace, double h, Work& w) {
    const ClassArrays& pop = on.pop;
    const double inverse = 1.0 / (h * GAMMA);
    for (Index m = 0; m < w.schur.size; ++m) w.schur[m] = -w.matrix[m];
    for (Index i = 0; i < on.plan.diagonal.size; ++i) w.schur[on.plan.diagonal[i]] += inverse;
    if (window > 0) {
        factorise(pop, window, pace.a, pace.b, w.beta, inverse, w.t);
        for (Index c = 0; c < w.columns.count; ++c) {
            if (still(w.rows[c])) continue;
            const Numbers column = w.columns[c];
            if (c < 2) {
                copy(window, w.sources[c].data, column.data);
            } else {
                const Index place = pop.lower[c - 2];
                clear(window, column.data);
                column[place] = pop.share[c - 2][0];
                column[place + 1] = pop.share[c - 2][1];
            }
            border(on.plan, substitute(pop, window, w.beta, w.t, column), c, w);
        }
    }
    eliminate(on.plan, w.schur, w.inverse);
}

// Solve for the stage whose right-hand side stands in `right` and `raw`; equation (5).
inline void solve_stage(const Stretch& on, Index window, Index stage, Numbers right, Work& w) {
    if (window > 0) {
        const Passed passed = substitute(on.pop, window, w.beta, w.t, w.raw[stage]);
        for (Index i = 0; i < right.size; ++i)
            right[i] += w.up[i] * passed.up + w.down[i] * passed.down;
    }
    const Numbers u = w.u[stage];
    back_substitute(on.plan, w.schur, w.inverse, right, u);
    if (window == 0) return;
    for (Index c = 0; c < w.rows.count; ++c) {
        double total = 0.0;
        for (Index j = 0; j < right.size; ++j) total += w.rows[c][j] * u[j];
        w.share[stage][c] = total;
    }
}

}  // namespace prenuc::PRENUC_ISA
