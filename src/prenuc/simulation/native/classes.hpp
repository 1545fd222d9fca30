// Size classes: their right-hand side, and linear systems with them in O(classes).
//
// Classes i = 0 … N−1 hold dots of n_i units. Channels of attachment sum to A, those of detachment
// to B,
//
//   f' = A D_α f + B D_β f + Σ_s ν_s e_s,
//   (D_α f)_i = α_{i−1} f_{i−1} − α_i f_i,   (D_β f)_i = β_{i+1} f_{i+1} − β_i f_i         (1)
//   x' = N r + p (α·f) + q (β̃·f)                                                        (2)
//
// with p = Σ s_c a_c over attachment (s_c the stoichiometry of one unit), q likewise over
// detachment, and β̃ = β but for the smallest dot, which falls apart into all its n_0 units. Only
// the active window i < N_w is touched; α of its last class counts as zero, so nothing leaves it.
// The matrix of a Rosenbrock step is a tridiagonal block with a border of low rank. With columns
// v = (D_α f, D_β f, e_s) and rows G = (∂A/∂x, ∂B/∂x, ∂ν_s/∂x)
//
//   W = ( W_x   −p αᵀ − q β̃ᵀ )        T = 1/(hγ) − A D_α − B D_β                         (3)
//       ( −v G        T       ),
//   T z = v,   S = W_x − (p αᵀ + q β̃ᵀ) z G                                              (4)
//   T y = R_f,   S u_x = R_x + p (α·y) + q (β̃·y),   u_f = y + z (G u_x)                  (5)
//
// Eliminating the classes first and x last keeps units to rounding. T is an M-matrix with
// diagonally dominant columns, so elimination needs no pivoting; it runs from both ends to the
// middle, which are two chains of operations that do not wait for each other (van der Vorst 1987,
// Parallel Computing 5, 45). The parts y and z G u_x of u_f are never added up: they stay apart
// until a sum needs them.
#pragma once

#include "sums.hpp"

namespace prenuc::PRENUC_ISA {

constexpr Index CHUNK = 512;  // classes that stay in the first-level cache while stages are summed

// α·y and β̃·y of something that the classes hold.
struct Passed {
    double up, down;
};

// Set β of the window at a temperature.
inline void detachment(const ClassArrays& pop, double temperature, Index window, Numbers beta) {
    if (pop.capillarity == 0.0) {
        copy(window, pop.below.data, beta.data);
        return;
    }
    const double per = pop.capillarity / temperature;
    for (Index i = 0; i < window; ++i) beta[i] = pop.below[i] * std::exp(per * pop.edge[i]);
}

// Add A D_α f + B D_β f of the classes between the ends.
inline void inner_flows(Index last, double a, double b, const double* RESTRICT alpha,
                        const double* RESTRICT beta, const double* RESTRICT f,
                        double* RESTRICT out) {
    for (Index i = 1; i < last; ++i)
        out[i] += a * (alpha[i - 1] * f[i - 1] - alpha[i] * f[i]) +
                  b * (beta[i + 1] * f[i + 1] - beta[i] * f[i]);
}

// Add A D_α f + B D_β f, equation (1); return α·f and β̃·f.
inline Passed flows(const ClassArrays& pop, Index window, double a, double b, Numbers beta,
                    Numbers f, Numbers out) {
    const Known alpha = pop.alpha;
    const Index last = window - 1;
    out[0] += b * (beta[1] * f[1] - beta[0] * f[0]) - a * alpha[0] * f[0];
    inner_flows(last, a, b, alpha.data, beta.data, f.data, out.data);
    out[last] += a * alpha[last - 1] * f[last - 1] - b * beta[last] * f[last];
    const double smallest = (pop.units[0] - 1.0) * beta[0] * f[0];
    return {dot(last, alpha.data, f.data), dot(window, beta.data, f.data) + smallest};
}

// Eliminate T = inverse − A D_α − B D_β.
inline void factorise(const ClassArrays& pop, Index window, double a, double b, Numbers beta,
                      double inverse, Factored& t) {
    const Known alpha = pop.alpha;
    const Index middle = window / 2, last = window - 1;
    double left = 0.0, right = 0.0;  // outward multipliers of the class before, times its coupling
    for (Index k = 0; k < middle; ++k) {
        const Index i = k, j = last - k;
        t.pivot[i] = 1.0 / (inverse + a * alpha[i] + b * beta[i] - left);
        t.outward[i] = -b * beta[i + 1] * t.pivot[i];
        t.inward[i + 1] = -a * alpha[i] * t.pivot[i];
        left = -a * alpha[i] * t.outward[i];
        if (j > middle) {
            const double lost = j < last ? a * alpha[j] : 0.0;
            t.pivot[j] = 1.0 / (inverse + lost + b * beta[j] - right);
            t.outward[j] = -a * alpha[j - 1] * t.pivot[j];
            if (j - 1 > middle) t.inward[j - 1] = -b * beta[j] * t.pivot[j];
            right = -b * beta[j] * t.outward[j];
        }
    }
    t.from_right = -b * beta[middle + 1] * t.pivot[middle + 1];
    const double diagonal = inverse + a * alpha[middle] + b * beta[middle];
    t.pivot[middle] = 1.0 / (diagonal - left - right);
}

// Bring a right-hand side from both ends to the middle.
inline void inwards(Index window, const Factored& t, double* RESTRICT y) {
    const double* RESTRICT inward = t.inward.data;
    const Index middle = window / 2, last = window - 1;
    double left = y[0], right = y[last];
    for (Index k = 1; k < last - middle; ++k) {
        left = y[k] - inward[k] * left;
        right = y[last - k] - inward[last - k] * right;
        y[k] = left;
        y[last - k] = right;
    }
    for (Index k = last - middle; k < middle; ++k) {
        left = y[k] - inward[k] * left;
        y[k] = left;
    }
    y[middle] = (y[middle] - inward[middle] * left - t.from_right * right) * t.pivot[middle];
}

// Solve T y = y in place; return α·y and β̃·y.
inline Passed substitute(const ClassArrays& pop, Index window, Numbers beta_, const Factored& t,
                         Numbers y_) {
    double* RESTRICT y = y_.data;
    const double *RESTRICT alpha = pop.alpha.data, *RESTRICT beta = beta_.data;
    const double *RESTRICT pivot = t.pivot.data, *RESTRICT outward = t.outward.data;
    const Index middle = window / 2, last = window - 1;
    inwards(window, t, y);
    const double centre = y[middle];
    double up = alpha[middle] * centre, down = beta[middle] * centre;
    double other_up = 0.0, other_down = 0.0, left = centre, right = centre;
    for (Index k = 1; k <= last - middle; ++k) {
        const Index i = middle - k, j = middle + k;
        left = y[i] * pivot[i] - outward[i] * left;
        right = y[j] * pivot[j] - outward[j] * right;
        y[i] = left;
        y[j] = right;
        up += alpha[i] * left;
        down += beta[i] * left;
        other_up += alpha[j] * right;
        other_down += beta[j] * right;
    }
    for (Index i = 2 * middle - last - 1; i >= 0; --i) {
        left = y[i] * pivot[i] - outward[i] * left;
        y[i] = left;
        up += alpha[i] * left;
        down += beta[i] * left;
    }
    up += other_up - alpha[last] * y[last];
    down += other_down + (pop.units[0] - 1.0) * beta[0] * y[0];
    return {up, down};
}

// Add multiples of one row to two others; what is written overlaps with nothing.
inline void add_both(Index count, double weight, double second, const double* RESTRICT y,
                     double* RESTRICT out, double* RESTRICT other) {
    for (Index i = 0; i < count; ++i) {
        out[i] += weight * y[i];
        other[i] += second * y[i];
    }
}

// Set base + Σ_j row_j y_j + Σ_c weights_c z_c, chunk by chunk. `stages` are the y, shape
// (stages, N), `columns` the z.
inline void gather(Index window, Index count, Numbers base, Table stages, Known row, Table columns,
                   Numbers weights, Numbers out) {
    for (Index start = 0; start < window; start += CHUNK) {
        const Index size = smaller(CHUNK, window - start);
        double* here = out.data + start;
        copy(size, base.data + start, here);
        for (Index j = 0; j < count; ++j) add(size, row[j], stages[j].data + start, here);
        for (Index c = 0; c < columns.count; ++c)
            if (weights[c] != 0.0) add(size, weights[c], columns[c].data + start, here);
    }
}

// Set what `gather` does, and Σ_j other_row_j y_j + Σ_c others_c z_c, in one pass.
inline void gather_both(Index window, Index count, Numbers base, Known row, Known other_row,
                        Work& w, Numbers out, Numbers other) {
    for (Index start = 0; start < window; start += CHUNK) {
        const Index size = smaller(CHUNK, window - start);
        double *here = out.data + start, *there = other.data + start;
        copy(size, base.data + start, here);
        clear(size, there);
        for (Index j = 0; j < count; ++j)
            add_both(size, row[j], other_row[j], w.raw[j].data + start, here, there);
        for (Index c = 0; c < w.columns.count; ++c)
            if (w.weights[c] != 0.0 || w.others[c] != 0.0)
                add_both(size, w.weights[c], w.others[c], w.columns[c].data + start, here, there);
    }
}

}  // namespace prenuc::PRENUC_ISA
