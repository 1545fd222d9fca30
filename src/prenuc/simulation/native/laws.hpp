// Conserved sums, kept to rounding.
//
// A Rosenbrock method with the exact Jacobian keeps linear invariants; what is left is rounding,
// which a step removes again: the residual of the laws L x (the left null space of the
// stoichiometry) is spread over the components in proportion to what is there,
//
//   x ← x − D Lᵀ (L D Lᵀ)⁻¹ (L x − L x_0),   D = diag |x|                                (1)
#pragma once

#include "sums.hpp"

namespace prenuc::PRENUC_ISA {

constexpr double LEAST = 1e-15;     // of what a conserved sum adds up: less than this is left
constexpr double ROUNDING = 1e-6;   // the share of a component that rounding can at most have moved

// One conserved sum; the law's numbers are for components and, last, units in dots.
inline double conserved(const ClassArrays& pop, Known law, Index window, Numbers x, Numbers f) {
    double total = 0.0;
    if (law[x.size] != 0.0) total = law[x.size] * dot(window, pop.units.data, f.data);
    for (Index i = 0; i < x.size; ++i) total += law[i] * x[i];
    return total;
}

// Set what has come to or gone from the conserved sums; return whether too little has gone for a
// correction to make it better.
inline bool residuals(KnownTable laws, const Ledger& books, double units, Numbers x) {
    bool exact = true;
    for (Index a = 0; a < laws.count; ++a) {
        const Known law = laws[a];
        double total = law[x.size] * units, size = magnitude(total);
        for (Index i = 0; i < x.size; ++i) {
            total += law[i] * x[i];
            size += magnitude(law[i] * x[i]);
        }
        books.residual[a] = total - books.totals[a];
        if (magnitude(books.residual[a]) > LEAST * size) exact = false;
    }
    return exact;
}

// Set L D Lᵀ.
inline void gram(KnownTable laws, const Ledger& books, double units, Numbers x) {
    const Index n = x.size;
    for (Index a = 0; a < laws.count; ++a) {
        for (Index b = 0; b < laws.count; ++b) {
            double total = laws[a][n] * laws[b][n] * magnitude(units);
            for (Index i = 0; i < n; ++i) total += laws[a][i] * laws[b][i] * magnitude(x[i]);
            books.gram[a][b] = total;
        }
        if (books.gram[a][a] == 0.0) {
            books.gram[a][a] = 1.0;
            books.residual[a] = 0.0;
        }
    }
}

// Remove the rounding of a step from the conserved sums, equation (1).
inline void conserve(const ClassArrays& pop, KnownTable laws, const Ledger& books, Index window,
                     Numbers x, Numbers f) {
    const Index n = x.size;
    const double units = dot(window, pop.units.data, f.data);
    if (residuals(laws, books, units, x)) return;
    gram(laws, books, units, x);
    decompose(books.gram, books.order);
    solve(books.gram, books.order, books.residual, books.shift);
    for (Index a = 0; a < laws.count; ++a)
        if (!(magnitude(books.shift[a]) < ROUNDING)) return;
    for (Index i = 0; i < n; ++i) {
        double total = 0.0;
        for (Index a = 0; a < laws.count; ++a) total += laws[a][i] * books.shift[a];
        x[i] -= magnitude(x[i]) * total;
    }
    double total = 0.0;
    for (Index a = 0; a < laws.count; ++a) total += laws[a][n] * books.shift[a];
    if (total != 0.0) scale_by(1.0 - total, {f.data, window});
}

}  // namespace prenuc::PRENUC_ISA
