// Rates of a network, their slopes, and what they change.
//
//   r_ρ = k_ρ(T) Π_f g_f(x_f),   x_f = Σ_j w_fj c_j                                     (1)
//   s_f = k_ρ g'_f Π_{h≠f} g_h,   ∂r_ρ/∂c_j = Σ_f s_f w_fj                              (2)
//
// Concentrations are mol/m³, times s, temperatures K.
#pragma once

#include "exponential.hpp"
#include "factors.hpp"

namespace prenuc::PRENUC_ISA {

// k(T) = exp(ln k − Ea/R (1/T − 1/T_at)).
inline void constants(const RateArrays& net, double temperature, Numbers k) {
    for (Index r = 0; r < k.size; ++r)
        k[r] = net.constant[r] - net.energy[r] * (1.0 / temperature - net.anchor[r]);
    exponentials(k.size, k.data);
}

// The pool of a factor.
inline double pooled(const RateArrays& net, Index f, const double* x) {
    double total = 0.0;
    for (Index m = net.pools[f]; m < net.pools[f + 1]; ++m)
        total += net.weight[m] * x[net.member[m]];
    return total;
}

inline Factor factor(const RateArrays& net, Index f) {
    return {net.kind[f], net.order[f], net.barrier[f], net.largest[f]};
}

// The value of a factor; most are a concentration and nothing else.
inline double measured(const RateArrays& net, Index f, const double* x) {
    const double pool = pooled(net, f, x);
    return net.kind[f] == LINEAR ? pool : value(factor(net, f), pool);
}

// Set the rate of every reaction, equation (1); mass action of one or two goes a short way.
inline void rates(const RateArrays& net, Numbers x, Numbers k, Numbers r) {
    for (Index m = 0; m < net.single.count; ++m) {
        const Places at = net.single[m];
        r[at[0]] = k[at[0]] * x[at[1]];
    }
    for (Index m = 0; m < net.pair.count; ++m) {
        const Places at = net.pair[m];
        r[at[0]] = k[at[0]] * x[at[1]] * x[at[2]];
    }
    for (Index m = 0; m < net.general.size; ++m) {
        const Index i = net.general[m];
        double product = k[i];
        for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f)
            product *= measured(net, f, x.data);
        r[i] = product;
    }
}

// Set the rate of every reaction and the slope of every factor, equations (1) and (2).
inline void slopes(const RateArrays& net, Numbers x, Numbers k, Numbers r, Numbers s) {
    for (Index m = 0; m < net.single.count; ++m) {
        const Places at = net.single[m];
        const Index i = at[0];
        r[i] = k[i] * x[at[1]];
        s[net.factors[i]] = k[i];
    }
    for (Index m = 0; m < net.pair.count; ++m) {
        const Places at = net.pair[m];
        const Index i = at[0], first = net.factors[i], last = net.factors[i + 1] - 1;
        const double one = x[at[1]], other = x[at[2]];
        r[i] = k[i] * one * other;
        s[first] = k[i] * other;
        s[last] = k[i] * one;
    }
    for (Index m = 0; m < net.general.size; ++m) {
        const Index i = net.general[m], first = net.factors[i], last = net.factors[i + 1];
        for (Index h = first; h < last; ++h) s[h] = k[i];
        r[i] = k[i];
        for (Index f = first; f < last; ++f) {
            const Slope found = slope(factor(net, f), pooled(net, f, x.data));
            r[i] *= found.g;
            for (Index h = first; h < last; ++h) s[h] *= h == f ? found.dg : found.g;
        }
    }
}

// Add scale · ∂r_i/∂c to a row of components.
inline void gradient(const RateArrays& net, Index i, Numbers s, double scale, Numbers row) {
    for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f)
        for (Index m = net.pools[f]; m < net.pools[f + 1]; ++m)
            row[net.member[m]] += scale * s[f] * net.weight[m];
}

// Set how often every move happens, both ways counted; without channels.
//
// Reactions that change the same in the same proportion, or undo it, are one move. Near equilibrium
// they nearly cancel: added up first, what they leave has the rounding of a rate along the move and
// nowhere else, and what changes by slower moves only does not drift by it.
inline void network_moves(const RateArrays& net, Numbers r, Numbers moved) {
    for (Index m = 0; m < moved.size; ++m) {
        double total = 0.0;
        for (Index i = net.moves[m]; i < net.moves[m + 1]; ++i)
            total += net.sign[i] * r[net.moving[i]];
        moved[m] = total;
    }
}

// Set the change of all components by moves.
inline void moved_change(const RateArrays& net, Numbers moved, Numbers out) {
    for (Index i = 0; i < out.size; ++i) {
        double total = 0.0;
        for (Index m = net.rows[i]; m < net.rows[i + 1]; ++m)
            total += net.made[m] * moved[net.maker[m]];
        out[i] = total;
    }
}

// Set N r of the network, without channels and nuclei.
inline void network_change(const RateArrays& net, Numbers r, Numbers moved, Numbers out) {
    network_moves(net, r, moved);
    moved_change(net, moved, out);
}

// Add scale · N r of the reactions first … last − 1.
inline void change(const RateArrays& net, Index first, Index last, Numbers r, double scale,
                   Numbers out) {
    for (Index i = first; i < last; ++i)
        for (Index m = net.changes[i]; m < net.changes[i + 1]; ++m)
            out[net.changed[m]] += scale * net.number[m] * r[i];
}

}  // namespace prenuc::PRENUC_ISA
