// Ladders of size classes: their right-hand side, and linear systems with them in O(classes).
//
// Classes i = 0 … N−1 of every ladder l hold dots of n_i units. Each channel of attachment or
// detachment belongs to a group g, whose channels grow with size alike; rates of its channels sum to
// A_g and B_g,
//
//   f_i' = ρ_{i−1} f_{i−1} − ρ_i f_i + φ_{i+1} f_{i+1} − φ_i f_i + Σ_s ν_s e_s,
//   ρ_i = Σ_g A_g α_{g,i},   φ_i = Σ_g B_g β_{g,i}                                        (1)
//   β_{g,i} = α_{g,i−1} exp(ψ_l (n_i^(2/3) − (n_i − 1)^(2/3))),   ψ_l = Γ_l/T − σ_l ln q_l (2)
//   x' = N r + Σ_g (p_g (α_g·f) + q_g (β̃_g·f))                                          (3)
//
// with p_g = Σ s_c a_c over its attachment (s_c the stoichiometry of one unit), q_g likewise over
// detachment, and β̃ = β but for the smallest dot, which falls apart into all its n_0 units. Γ is
// the surface energy, and q_l a component: the binding polynomial of ligands on σ_l sites per
// n^(2/3). A component may stand for the surface Σ n^(2/3) f of a ladder: it has no mass, and its
// row gains that sum. The classes of all ladders lie side by side, one class of each after the
// other, i L + l, so that one chain is a ladder of its own and a stride of L. Only the active window
// is touched; ρ of its last class counts as zero, so nothing leaves it.
//
// The matrix of a Rosenbrock step is a tridiagonal block with a border of low rank. With columns
// v = (D_α f, D_β f of each group, ∂f'/∂ψ of each ladder, e_s) and rows G = (∂A/∂x, ∂B/∂x, ∂ψ/∂x,
// ∂ν_s/∂x), and P wᵀ the sum over the products of (3)
//
//   W = ( W_x   −P wᵀ )        T = 1/(hγ) − D_ρ − D_φ                                    (4)
//       ( −v G    T   ),
//   T z = v,   S = W_x − (P wᵀ) z G                                                       (5)
//   T y = R_f,   S u_x = R_x + P (w·y),   u_f = y + z (G u_x)                             (6)
//
// Eliminating the classes first and x last keeps units to rounding; chains.hpp does it. The parts y and z G u_x of u_f are never added up: they stay apart
// until a sum needs them.
#pragma once

#include "chains.hpp"
#include "exponential.hpp"

namespace prenuc::PRENUC_ISA {

constexpr Index CHUNK = 512;  // classes that stay in the first-level cache while stages are summed

// ψ of a ladder, equation (2).
inline double tension(const ClassArrays& pop, double temperature, Numbers x, Index ladder) {
    const double curved = pop.capillarity[ladder] / temperature;
    const Index cover = pop.cover[ladder];
    return cover < 0 ? curved : curved - pop.sites[ladder] * std::log(larger(x[cover], 1e-300));
}

// Whether β of a ladder changes within a stretch.
inline bool changing(const ClassArrays& pop, double heating, Index ladder) {
    return pop.cover[ladder] >= 0 || (heating != 0.0 && pop.capillarity[ladder] != 0.0);
}

inline bool any_changing(const ClassArrays& pop, double heating) {
    for (Index l = 0; l < pop.ladders(); ++l)
        if (changing(pop, heating, l)) return true;
    return false;
}

// The classes of a group in the window that its channels reach: first, and one beyond the last.
struct Reach {
    Index first, last;
};

inline Reach reach_of(const ClassArrays& pop, Index group, Index rows) {
    const Places reach = pop.reach[group];
    return {smaller(reach[0], rows), smaller(reach[1], rows)};
}

// Set products of two rows where a group reaches, and zero where it does not.
inline void reached_products(const ClassArrays& pop, Index group, Index rows, const double* a,
                             const double* b, double* out) {
    const Reach of = reach_of(pop, group, rows);
    clear(of.first, out);
    multiply(of.last - of.first, a + of.first, b + of.first, out + of.first);
    clear(rows - of.last, out + of.last);
}

// Set ψ of every ladder; return whether one is not what it was.
inline bool tensions(const ClassArrays& pop, double temperature, Numbers x, Numbers psi) {
    bool moved = false;
    for (Index l = 0; l < pop.ladders(); ++l) {
        const double before = psi[l];
        psi[l] = tension(pop, temperature, x, l);
        moved = moved || psi[l] != before;
    }
    return moved;
}

// Set β of all groups in the window, equation (2); `held` receives the exponential of a ladder.
inline void detachment(const ClassArrays& pop, Index window, Numbers psi, Numbers held,
                       Table beta) {
    const Index rows = window == 0 ? 0 : window / pop.ladders();
    for (Index l = 0; l < pop.ladders() && rows > 0; ++l) {
        for (Index i = 0; i < rows; ++i) held[i] = psi[l] * pop.edge[i];
        exponentials(rows, held.data);
        for (Index g = 0; g < pop.groups(); ++g)
            if (pop.ladder[g] == l)
                reached_products(pop, g, rows, pop.below[g].data, held.data, beta[g].data);
    }
}

// Σ a_i y_i over the classes of one ladder, `stride` apart.
inline double ladder_dot(Index rows, const double* a, const double* y, Index stride) {
    if (stride == 1) return dot(rows, a, y);
    double total = 0.0;
    for (Index i = 0; i < rows; ++i) total += a[i] * y[i * stride];
    return total;
}

// Add a multiple of a row to the classes of one ladder, `stride` apart, if there is anything to add.
inline void ladder_add(Index rows, double weight, const double* RESTRICT a, double* RESTRICT y,
                       Index stride) {
    if (weight == 0.0) return;
    if (stride == 1) return add(rows, weight, a, y);
    for (Index i = 0; i < rows; ++i) y[i * stride] += weight * a[i];
}

// Set the sums of equation (3), α·y and β̃·y of every group, and Σ n^(2/3) y of every ladder that
// has a component for it; shape (2 G + L,).
inline void pass(const ClassArrays& pop, Index window, Table beta, const double* y,
                 Numbers passed) {
    const Index ladders = pop.ladders(), groups = pop.groups(), rows = window / ladders;
    for (Index g = 0; g < groups; ++g) {
        const Reach up = reach_of(pop, g, rows - 1), down = reach_of(pop, g, rows);
        const double* own = y + pop.ladder[g];
        const double smallest = (pop.units[0] - 1.0) * beta[g][0] * own[0];
        passed[g] = ladder_dot(up.last - up.first, pop.alpha[g].data + up.first,
                               own + up.first * ladders, ladders);
        passed[groups + g] = ladder_dot(down.last - down.first, beta[g].data + down.first,
                                        own + down.first * ladders, ladders) +
                             smallest;
    }
    for (Index l = 0; l < ladders; ++l)
        passed[2 * groups + l] =
            pop.surface[l] < 0 ? 0.0 : ladder_dot(rows, pop.area.data, y + l, ladders);
}

// Return ρ and φ of the window, equation (1); a and b are A and B of every group. More than one
// group or ladder are written to `rise` and `fall`.
inline Slide slide(const ClassArrays& pop, Index window, Numbers a, Numbers b, Table beta,
                   Numbers rise, Numbers fall) {
    const Index ladders = pop.ladders(), rows = window / ladders;
    if (pop.groups() == 1 && ladders == 1)
        return {a[0], b[0], pop.alpha[0].data, beta[0].data};
    clear(window, rise.data);
    clear(window, fall.data);
    for (Index g = 0; g < pop.groups(); ++g) {
        const Reach of = reach_of(pop, g, rows);
        const Index count = of.last - of.first, place = of.first * ladders + pop.ladder[g];
        ladder_add(count, a[g], pop.alpha[g].data + of.first, rise.data + place, ladders);
        ladder_add(count, b[g], beta[g].data + of.first, fall.data + place, ladders);
    }
    return {1.0, 1.0, rise.data, fall.data};
}

// Set what goes from classes first … last − 1 of a ladder to the next ones, less what comes back.
inline void passages(Index first, Index last, Index stride, double a, double b,
                     const double* RESTRICT up, const double* RESTRICT down,
                     const double* RESTRICT own, double* RESTRICT out) {
    if (stride == 1) {
        for (Index i = first; i < last; ++i)
            out[i] = a * up[i] * own[i] - b * down[i + 1] * own[i + 1];
        return;
    }
    for (Index i = first; i < last; ++i)
        out[i] = a * up[i] * own[i * stride] - b * down[i + 1] * own[(i + 1) * stride];
}

// Add to classes first + 1 … last − 1 what they gain from the one below, less what they lose to the
// one above.
inline void inner_flows(Index first, Index last, Index stride, const double* RESTRICT passing,
                        double* RESTRICT out) {
    if (stride == 1) {
        for (Index i = first + 1; i < last; ++i) out[i] += passing[i - 1] - passing[i];
        return;
    }
    for (Index i = first + 1; i < last; ++i) out[i * stride] += passing[i - 1] - passing[i];
}

// Add what the channels of a group do to classes, equation (1), and return the units that the
// classes gain; a and b are A and B, `entering` the nuclei of the smallest size, room `passing`.
//
// What a class loses to the next one is the number that this one gains, to the last bit, and what
// components give is the sum of these numbers: near equilibrium both ways nearly cancel, and the
// number of dots and the units in them, which change far more slowly than either way goes, would
// drift by the rounding of each.
inline double group_flows(const ClassArrays& pop, Index window, Index group, double a, double b,
                          double entering, Numbers beta, Numbers f, Numbers passing, Numbers out) {
    const Index stride = pop.ladders(), rows = window / stride, ladder = pop.ladder[group];
    const Reach of = reach_of(pop, group, rows);
    const Index first = of.first, last = smaller(of.last, rows - 1);
    const double* own = f.data + ladder;
    double* to = out.data + ladder;
    const double lowest = entering - b * beta[0] * own[0];
    to[0] += lowest;
    if (first >= last) return pop.units[0] * lowest;
    passages(first, last, stride, a, b, pop.alpha[group].data, beta.data, own, passing.data);
    to[first * stride] -= passing[first];
    inner_flows(first, last, stride, passing.data, to);
    to[last * stride] += passing[last - 1];
    return pop.units[0] * lowest + total(last - first, passing.data + first);
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

// Set base and zero, and multiples of two rows added to them.
inline void begin_both(Index count, const double (&weight)[2], const double (&second)[2],
                       const double* RESTRICT y, const double* RESTRICT z,
                       const double* RESTRICT base, double* RESTRICT out,
                       double* RESTRICT other) {
    for (Index i = 0; i < count; ++i) {
        out[i] = (base[i] + weight[0] * y[i]) + weight[1] * z[i];
        other[i] = second[0] * y[i] + second[1] * z[i];
    }
}

// Add multiples of two rows to two others, in the order in which `add_both` would.
inline void add_both_twice(Index count, const double (&weight)[2], const double (&second)[2],
                           const double* RESTRICT y, const double* RESTRICT z,
                           double* RESTRICT out, double* RESTRICT other) {
    for (Index i = 0; i < count; ++i) {
        const double half = out[i] + weight[0] * y[i], other_half = other[i] + second[0] * y[i];
        out[i] = half + weight[1] * z[i];
        other[i] = other_half + second[1] * z[i];
    }
}

// Add Σ_c weights_c z_c and Σ_c others_c z_c of a chunk that begins at a class.
inline void add_columns(Index start, Index size, Work& w, double* here, double* there) {
    Index before = -1;  // a column that waits for a second one
    for (Index c = 0; c < w.columns.count; ++c) {
        if (w.weights[c] == 0.0 && w.others[c] == 0.0) continue;
        if (before < 0) {
            before = c;
            continue;
        }
        const double weight[2] = {w.weights[before], w.weights[c]};
        const double second[2] = {w.others[before], w.others[c]};
        add_both_twice(size, weight, second, w.columns[before].data + start,
                       w.columns[c].data + start, here, there);
        before = -1;
    }
    if (before >= 0)
        add_both(size, w.weights[before], w.others[before], w.columns[before].data + start, here,
                 there);
}

// Set what `gather` does, and Σ_j other_row_j y_j + Σ_c others_c z_c, in one pass.
inline void gather_both(Index window, Index count, Numbers base, Known row, Known other_row,
                        Work& w, Numbers out, Numbers other) {
    for (Index start = 0; start < window; start += CHUNK) {
        const Index size = smaller(CHUNK, window - start);
        double *here = out.data + start, *there = other.data + start;
        if (count < 2) {
            copy(size, base.data + start, here);
            clear(size, there);
        }
        Index j = 0;
        for (; j + 1 < count; j += 2) {
            const double weight[2] = {row[j], row[j + 1]};
            const double second[2] = {other_row[j], other_row[j + 1]};
            const double *y = w.raw[j].data + start, *z = w.raw[j + 1].data + start;
            if (j == 0)
                begin_both(size, weight, second, y, z, base.data + start, here, there);
            else
                add_both_twice(size, weight, second, y, z, here, there);
        }
        if (j < count)
            add_both(size, row[j], other_row[j], w.raw[j].data + start, here, there);
        add_columns(start, size, w, here, there);
    }
}

}  // namespace prenuc::PRENUC_ISA
