// What parameters do to the rates of a network, and what a rate does to components.
//
// A parameter may be part of a rate constant, of a factor, of a stoichiometric number, of the size
// of a nucleus or of Γ. Few of them touch any one reaction, so they are lists: entry q says which
// parameter moves which reaction, and how.
#pragma once

#include "network.hpp"

namespace prenuc::PRENUC_ISA {

constexpr Index CONSTANT = -1;  // in place of a factor: the entry moves the rate constant

// Set δ ln k of every entry.
inline void constant_moves(const RateArrays& net, const Seeds& seeds, double temperature,
                           Numbers out) {
    for (Index q = 0; q < out.size; ++q) {
        const Index i = seeds.reaction[q];
        out[q] = seeds.constant[q] - seeds.energy[q] * (1.0 / temperature - net.anchor[i]) +
                 net.energy[i] * seeds.anchor[q];
    }
}

// What rates are made of at some concentrations.
struct State {
    Numbers x, k, r, s;
};

// Set ∂r/∂p of every entry; `moves` are δ ln k.
inline void moved_rates(const RateArrays& net, const Seeds& seeds, Numbers moves, const State& at,
                        Numbers out) {
    for (Index q = 0; q < out.size; ++q) {
        const Index i = seeds.reaction[q], f = seeds.factor[q];
        if (f == CONSTANT) {
            out[q] = at.r[i] * moves[q];
            continue;
        }
        const double here = pooled(net, f, at.x.data);
        double others = at.k[i];
        for (Index h = net.factors[i]; h < net.factors[i + 1]; ++h)
            if (h != f) others *= value(factor(net, h), pooled(net, h, at.x.data));
        const double shaped = in_order(factor(net, f), here).g * seeds.order[q] +
                              in_barrier(factor(net, f), here).g * seeds.barrier[q];
        out[q] = at.s[f] * here * seeds.scale[q] + others * shaped;
    }
}

// Add the values of all entries to rows of rates, shape (R, P).
inline void add_entries(const Seeds& seeds, Numbers values, Table out) {
    for (Index q = 0; q < values.size; ++q)
        out[seeds.reaction[q]][seeds.parameter[q]] += values[q];
}

// Add N (∂r/∂p + ∂(D r[u])/∂p) + ∂N/∂p (r + D r[u]) of the network, without channels. `out` has
// components and parameters on one axis.
inline void push_entries(const Stretch& on, const Seeds& seeds, const TangentWork& w, Numbers r,
                         Numbers out) {
    for (Index m = 0; m < seeds.pushed.size; ++m) {
        const Index q = seeds.pushing[m];
        out[seeds.pushed[m]] += seeds.push[m] * (w.here[q] + w.further[q]);
    }
    for (Index m = 0; m < seeds.number.size; ++m) {
        const Index i = seeds.number_reaction[m], changed = on.net.changed[seeds.number[m]];
        if (i < on.pop.first)
            out[changed * seeds.parameters() + seeds.number_parameter[m]] +=
                seeds.number_value[m] * (r[i] + w.along[i]);
    }
}

// Add ∂r/∂c δc of all reactions, whose slopes are s, to rows of rates.
inline void gradient_rows(const RateArrays& net, Numbers s, Table dx, Table out) {
    for (Index i = 0; i < out.count; ++i)
        for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f)
            for (Index m = net.pools[f]; m < net.pools[f + 1]; ++m)
                add(s[f] * net.weight[m], dx[net.member[m]], out[i]);
}

// Add scale · δ(N r) of the reactions first … last − 1.
inline void made(const RateArrays& net, const Seeds& seeds, Index first, Index last, Numbers r,
                 Table dr, double scale, Table out) {
    for (Index i = first; i < last; ++i)
        for (Index m = net.changes[i]; m < net.changes[i + 1]; ++m)
            add(scale * net.number[m], dr[i], out[net.changed[m]]);
    for (Index q = 0; q < seeds.number.size; ++q) {
        const Index i = seeds.number_reaction[q];
        if (first <= i && i < last)
            out[net.changed[seeds.number[q]]][seeds.number_parameter[q]] +=
                scale * r[i] * seeds.number_value[q];
    }
}

}  // namespace prenuc::PRENUC_ISA
