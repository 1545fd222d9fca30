// What a network adds to the tangents of a stage, equations (1) to (3) of tangents.hpp.
#pragma once

#include "elimination.hpp"
#include "seeds.hpp"

namespace prenuc::PRENUC_ISA {

// The pool of every factor, g, dg/dx and d²g/dx².
inline void factors_at(const RateArrays& net, Numbers x, TangentWork& w) {
    for (Index f = 0; f < w.pools.size; ++f) {
        w.pools[f] = pooled(net, f, x.data);
        const Slope found = slope(factor(net, f), w.pools[f]);
        w.g[f] = found.g;
        w.dg[f] = found.dg;
        w.ddg[f] = curvature(factor(net, f), w.pools[f]);
    }
}

// k x_f(u) times all factors of reaction i but e and f, at the step's start.
inline double others_along(const RateArrays& net, Index i, Index e, Index f, Numbers u,
                           const TangentWork& w) {
    double others = w.k0[i] * pooled(net, f, u.data);
    for (Index h = net.factors[i]; h < net.factors[i + 1]; ++h)
        if (h != e && h != f) others *= w.g[h];
    return others;
}

// Set D r[u] of all reactions and its derivatives in all pools, equation (2), at x.
inline void bend_along(const RateArrays& net, Numbers x, Numbers u, TangentWork& w) {
    for (Index m = 0; m < net.single.count; ++m) {
        const Places at = net.single[m];
        w.along[at[0]] = w.k0[at[0]] * u[at[1]];
    }
    for (Index m = 0; m < net.pair.count; ++m) {
        const Places at = net.pair[m];
        const Index i = at[0], first = net.factors[i], last = net.factors[i + 1] - 1;
        const double k = w.k0[i], one = u[at[1]], other = u[at[2]];
        w.along[i] = k * (one * x[at[2]] + x[at[1]] * other);
        w.bend[first] = k * other;
        w.bend[last] = k * one;
    }
    for (Index m = 0; m < net.general.size; ++m) {
        const Index i = net.general[m], first = net.factors[i], last = net.factors[i + 1];
        w.along[i] = 0.0;
        for (Index e = first; e < last; ++e) {
            w.along[i] += w.s0[e] * pooled(net, e, u.data);
            w.bend[e] = 0.0;
            for (Index f = first; f < last; ++f) {
                const double turn = e == f ? w.ddg[e] : w.dg[e] * w.dg[f];
                w.bend[e] += others_along(net, i, e, f, u, w) * turn;
            }
        }
    }
}

// Set ∂(D r[u])/∂p of every entry, at the step's start.
inline void moved_along(const RateArrays& net, const Seeds& seeds, Numbers u, TangentWork& w) {
    for (Index q = 0; q < w.further.size; ++q) {
        const Index i = seeds.reaction[q], e = seeds.factor[q];
        if (e == CONSTANT) {
            w.further[q] = w.along[i] * w.moves[q];
            continue;
        }
        const double scaled = w.s0[e] * pooled(net, e, u.data) + w.bend[e] * w.pools[e];
        const Slope by_order = in_order(factor(net, e), w.pools[e]);
        const Slope by_barrier = in_barrier(factor(net, e), w.pools[e]);
        const double moved = by_order.g * seeds.order[q] + by_barrier.g * seeds.barrier[q];
        const double turn = by_order.dg * seeds.order[q] + by_barrier.dg * seeds.barrier[q];
        w.further[q] = scaled * seeds.scale[q];
        for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f)
            w.further[q] += others_along(net, i, e, f, u, w) * (e == f ? turn : moved * w.dg[f]);
    }
}

// Add ax + by to a row of tangents.
inline void add_two(Index count, double a, double b, const double* RESTRICT x,
                    const double* RESTRICT y, double* RESTRICT row) {
    for (Index p = 0; p < count; ++p) row[p] += a * x[p] + b * y[p];
}

// Add `straight` δY_i + `curved` δy, row by row.
inline void add_matrices(const Pattern& pattern, TangentWork& w) {
    for (Index i = 0; i < w.right.count; ++i)
        for (Index m = pattern.row[i]; m < pattern.row[i + 1]; ++m) {
            const Index j = pattern.column[m];
            add_two(w.right.width, w.straight[m], w.curved[m], w.stage_x[j].data, w.dx[j].data,
                    w.right[i].data);
        }
}

// Add what the network does to (1), or to (3) for slopes s less those of the step's start. Rates
// and slopes of v are those of Y_i.
inline void network_tangents(const Stretch& on, const Pattern& pattern, const Seeds& seeds,
                             Numbers x, Numbers s, Index stage, TangentWork& w, Work& v) {
    const Numbers u = v.u[stage];
    bend_along(on.net, x, u, w);
    assemble_both(pattern, s, w.bend, w.straight, w.curved);
    add_matrices(pattern, w);
    moved_rates(on.net, seeds, w.stage_moves, {v.x, v.k, v.r, v.s}, w.here);
    moved_along(on.net, seeds, u, w);
    push_entries(on, seeds, w, v.r, w.right.flat());
}

}  // namespace prenuc::PRENUC_ISA
