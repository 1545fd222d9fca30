// The eight stages of a small network alone at one temperature, in differences.
//
// With Δ_i = Σ_{j<i} a_ij u_j and J = 1/(hγ) − W, equation (1) of tableau.hpp becomes
//
//   F(y + Δ) = F(y) + J Δ + B q(Δ)                                                      (1)
//   u_i = W⁻¹ ( F(y) + (1/h) Σ_{j<i} (c_ij + a_ij/γ) u_j ) + (W⁻¹ B) q(Δ_i) − Δ_i         (2)
//
// q is what a rate does beyond its slope: nothing for a reaction of first order, k Δx Δy for one
// between two components; B is the stoichiometry of those reactions that bend at all. So most
// reactions of a network cost nothing in a stage, and rounding is no worse, for q is small where Δ
// is. (W⁻¹, W⁻¹B) is formed once a step, since eight products with a small full matrix take less
// time than eight eliminations that follow lists of places.
#pragma once

#include "linear.hpp"

namespace prenuc::PRENUC_ISA {

constexpr Index MOST = 32;  // components; for more of them elimination is as fast

// c_ij + a_ij/γ.
struct DifferenceWeights {
    double of[STAGES][STAGES];

    constexpr DifferenceWeights() : of() {
        for (Index i = 0; i < STAGES; ++i)
            for (Index j = 0; j < STAGES; ++j) of[i][j] = C[i][j] + A[i][j] / GAMMA;
    }
};

constexpr DifferenceWeights DIFFERENCES;

// c_ij + a_ij/γ over h, of the stages before one.
inline void differences_row(Index stage, double h, Numbers row) {
    const double inverse = 1.0 / h;
    for (Index j = 0; j < stage; ++j) row[j] = DIFFERENCES.of[stage][j] * inverse;
}

// Set (W⁻¹, W⁻¹B) from the factors of W, and its columns one after the other.
inline void invert(const SparseArrays& plan, Work& w) {
    copy(w.unit.flat().size, w.unit.data, w.whole.data);
    solve_rows(plan, w.schur, w.inverse, w.whole);
    for (Index j = 0; j < w.whole.width; ++j)
        for (Index i = 0; i < w.whole.count; ++i) w.turned[j][i] = w.whole[i][j];
}

// Set q(Δ), one number for every reaction that bends; x is y + Δ, and constants, rates and slopes
// are those of y.
inline void bends(const RateArrays& net, Numbers x, Numbers delta, Work& w, double* out) {
    for (Index m = 0; m < net.pair.count; ++m) {
        const Places at = net.pair[m];
        out[m] = w.k[at[0]] * delta[at[1]] * delta[at[2]];
    }
    for (Index m = 0; m < net.general.size; ++m) {
        const Index i = net.general[m];
        double rate = w.k[i], straight = w.r[i];
        for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f) {
            rate *= value(factor(net, f), pooled(net, f, x.data));
            straight += w.s[f] * pooled(net, f, delta.data);
        }
        out[net.pair.count + m] = rate - straight;
    }
}

// Set (W⁻¹, W⁻¹B) known − Δ; a block of rows stays in registers, in two sums.
inline void multiply_whole(Work& w, Numbers out) {
    const Index n = out.size, count = w.known.size, width = w.turned.width;
    for (Index start = 0; start < n; start += LANES) {
        double even[LANES] = {}, odd[LANES] = {};
        const double* column = w.turned.data + start;
        Index j = 0;
        for (; j + 1 < count; j += 2, column += 2 * width) {
            const double one = w.known[j], other = w.known[j + 1];
            for (int lane = 0; lane < LANES; ++lane) even[lane] += column[lane] * one;
            for (int lane = 0; lane < LANES; ++lane) odd[lane] += column[width + lane] * other;
        }
        if (j < count)
            for (int lane = 0; lane < LANES; ++lane) even[lane] += column[lane] * w.known[j];
        const Index rows = smaller(LANES, n - start);
        for (Index i = 0; i < rows; ++i) out[start + i] = (even[i] + odd[i]) - w.delta[start + i];
    }
}

// Take the eight stages, equation (2); rates, slopes and W⁻¹ are those of the step's start.
inline void take_differences(const RateArrays& net, double h, Numbers x, Work& w, Numbers x1) {
    const Index n = x.size;
    network_change(net, w.r, w.change);
    clear(w.row);
    clear(w.u);
    for (Index stage = 0; stage < STAGES; ++stage) {
        differences_row(stage, h, w.row);
        combine_both(weights_of(A[stage]), {w.row.data, STAGES}, w.u, w.change.data, w.delta.data,
                     w.known.data);
        for (Index i = 0; i < n; ++i) w.x[i] = x[i] + w.delta[i];
        bends(net, w.x, w.delta, w, w.known.data + n);
        multiply_whole(w, w.u[stage]);
    }
    for (Index i = 0; i < n; ++i) x1[i] = w.x[i] + w.u[STAGES - 1][i];
}

}  // namespace prenuc::PRENUC_ISA
