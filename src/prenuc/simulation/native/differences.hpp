// The eight stages of a small network alone at one temperature, in differences.
//
// With Δ_i = Σ_{j<i} a_ij u_j and J = 1/(hγ) − W, equation (1) of tableau.hpp becomes
//
//   F(y + Δ) = F(y) + J Δ + B q(Δ)                                                      (1)
//   u_i = (hW)⁻¹ ( h F(y) + Σ_{j<i} (c_ij + a_ij/γ) u_j ) + (W⁻¹ B) q(Δ_i) − Δ_i          (2)
//
// q is what a rate does beyond its slope: nothing for a reaction of first order, k Δx Δy for one
// between two components; B is the stoichiometry of those reactions that bend at all. So most
// reactions of a network cost nothing in a stage, and rounding is no worse, for q is small where Δ
// is. ((hW)⁻¹, W⁻¹B) is formed once a step, since eight products with a small full matrix take
// less time than eight eliminations that follow lists of places. All rows have one of a few WIDTHs,
// with zeros behind the last component, so that a compiler keeps them in registers.
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

// Set the columns of ((hW)⁻¹, W⁻¹B), one after the other, from the factors of W; those behind the
// last component and the last reaction are zero.
template <Index WIDTH>
inline void invert(const RateArrays& net, const SparseArrays& plan, double h, Work& w) {
    const Table columns = {w.turned.data, w.turned.count, WIDTH};
    columns_of_inverse<WIDTH>(plan, w.schur, w.inverse, 1.0 / h, columns);
    const Index bending = net.pair.count + net.general.size;
    for (Index b = 0; b < bending; ++b) {
        const Index i = b < net.pair.count ? net.pair[b][0] : net.general[b - net.pair.count];
        double column[WIDTH] = {};
        for (Index m = net.changes[i]; m < net.changes[i + 1]; ++m)
            add(WIDTH, h * net.number[m], columns[net.changed[m]].data, column);
        copy(WIDTH, column, columns[WIDTH + b].data);
    }
    clear(WIDTH, columns[WIDTH + bending].data);
}

// Set q(Δ), one number for every reaction that bends; x is y + Δ, and constants, rates and slopes
// are those of y.
inline void bends(const RateArrays& net, const double* x, const double* delta, const Work& w,
                  double* out) {
    for (Index m = 0; m < net.pair.count; ++m) {
        const Places at = net.pair[m];
        out[m] = w.k[at[0]] * delta[at[1]] * delta[at[2]];
    }
    for (Index m = 0; m < net.general.size; ++m) {
        const Index i = net.general[m];
        double rate = w.k[i], straight = w.r[i];
        for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f) {
            rate *= value(factor(net, f), pooled(net, f, x));
            straight += w.s[f] * pooled(net, f, delta);
        }
        out[net.pair.count + m] = rate - straight;
    }
}

// Set Σ_j columns_j known_j − Δ in two sums that do not wait for each other, a part of the rows at a
// time.
template <Index WIDTH>
inline void multiply_columns(const double* RESTRICT columns, Numbers known,
                             const double* RESTRICT delta, double* RESTRICT out) {
    constexpr Index PART = WIDTH > 16 ? WIDTH / 2 : WIDTH;
    for (Index start = 0; start < WIDTH; start += PART) {
        double even[PART] = {}, odd[PART] = {};
        const double* RESTRICT column = columns + start;
        for (Index j = 0; j + 1 < known.size; j += 2) {
            const double one = known[j], other = known[j + 1];
            for (Index i = 0; i < PART; ++i) even[i] += one * column[j * WIDTH + i];
            for (Index i = 0; i < PART; ++i) odd[i] += other * column[(j + 1) * WIDTH + i];
        }
        for (Index i = 0; i < PART; ++i) out[start + i] = (even[i] + odd[i]) - delta[start + i];
    }
}

// Set Δ of a stage, and h F(y) + Σ_j (c_ij + a_ij/γ) u_j.
template <Index WIDTH>
inline void combine_differences(Index stage, const double (&u)[STAGES][WIDTH],
                                const double (&base)[WIDTH], double* RESTRICT delta,
                                double* RESTRICT known) {
    double moved[WIDTH] = {}, linear[WIDTH];
    for (Index i = 0; i < WIDTH; ++i) linear[i] = base[i];
    for (Index j = 0; j < stage; ++j) {
        const double a = A[stage][j], d = DIFFERENCES.of[stage][j];
        for (Index i = 0; i < WIDTH; ++i) moved[i] += a * u[j][i];
        for (Index i = 0; i < WIDTH; ++i) linear[i] += d * u[j][i];
    }
    for (Index i = 0; i < WIDTH; ++i) delta[i] = moved[i];
    for (Index i = 0; i < WIDTH; ++i) known[i] = linear[i];
}

// Take the eight stages, equation (2); rates, slopes and W are those of the step's start.
template <Index WIDTH>
inline void take_in_rows(const RateArrays& net, const SparseArrays& plan, double h, Numbers x,
                         Work& w, Numbers x1) {
    const Index n = x.size;
    const Index bending = net.pair.count + net.general.size;
    const Numbers known = {w.known.data, WIDTH + bending + bending % 2};
    double u[STAGES][WIDTH], base[WIDTH] = {}, start[WIDTH] = {}, y[WIDTH], delta[WIDTH];
    invert<WIDTH>(net, plan, h, w);
    network_change(net, w.r, w.moved, w.change);
    for (Index i = 0; i < n; ++i) base[i] = h * w.change[i];
    copy(n, x.data, start);
    known[WIDTH + bending] = 0.0;
    for (Index stage = 0; stage < STAGES; ++stage) {
        combine_differences<WIDTH>(stage, u, base, delta, known.data);
        for (Index i = 0; i < WIDTH; ++i) y[i] = start[i] + delta[i];
        bends(net, y, delta, w, known.data + WIDTH);
        multiply_columns<WIDTH>(w.turned.data, known, delta, u[stage]);
    }
    for (Index stage = 0; stage < STAGES; ++stage) copy(n, u[stage], w.u[stage].data);
    for (Index i = 0; i < n; ++i) x1[i] = y[i] + u[STAGES - 1][i];
}

// Take the eight stages of at most MOST components.
inline void take_differences(const RateArrays& net, const SparseArrays& plan, double h, Numbers x,
                             Work& w, Numbers x1) {
    if (x.size <= 4) return take_in_rows<4>(net, plan, h, x, w, x1);
    if (x.size <= 8) return take_in_rows<8>(net, plan, h, x, w, x1);
    if (x.size <= 12) return take_in_rows<12>(net, plan, h, x, w, x1);
    if (x.size <= 16) return take_in_rows<16>(net, plan, h, x, w, x1);
    if (x.size <= 24) return take_in_rows<24>(net, plan, h, x, w, x1);
    take_in_rows<MOST>(net, plan, h, x, w, x1);
}

}  // namespace prenuc::PRENUC_ISA
