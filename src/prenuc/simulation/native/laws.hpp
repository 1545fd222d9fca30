// Conserved sums, kept to rounding.
//
// A Rosenbrock method with the exact Jacobian keeps linear invariants; what is left is rounding,
// which a step removes again: the residual of the laws L x (the left null space of the
// stoichiometry) is spread over the components in proportion to what is there,
//
//   x ← x − D Lᵀ (L D Lᵀ)⁻¹ (L x − L x_0),   D = diag |x|                                (1)
#pragma once

#include "classes.hpp"

namespace prenuc::PRENUC_ISA {

constexpr double LEAST = 1e-15;     // of what a conserved sum adds up: less than this is left
constexpr double ROUNDING = 1e-6;   // the share of a component that rounding can at most have moved

// Units in the dots of a ladder.
inline double units_in(const ClassArrays& pop, Index window, Numbers f, Index ladder) {
    const Index ladders = pop.ladders();
    return ladder_dot(window / ladders, pop.units.data, f.data + ladder, ladders);
}

// One conserved sum; the law's numbers are for components and, last, units in dots of each ladder.
inline double conserved(const ClassArrays& pop, Known law, Index window, Numbers x, Numbers f) {
    double total = 0.0;
    for (Index l = 0; l < pop.ladders(); ++l)
        if (law[x.size + l] != 0.0) total += law[x.size + l] * units_in(pop, window, f, l);
    for (Index i = 0; i < x.size; ++i) total += law[i] * x[i];
    return total;
}

// Set what has come to or gone from the conserved sums, for units in dots that stand in the ledger;
// return whether too little has gone for a correction to make it better.
inline bool residuals(KnownTable laws, const Ledger& books, Numbers x) {
    const Numbers units = books.units;
    bool exact = true;
    for (Index a = 0; a < laws.count; ++a) {
        const Known law = laws[a];
        double total = 0.0, size = 0.0;
        for (Index l = 0; l < units.size; ++l) {
            total += law[x.size + l] * units[l];
            size += magnitude(law[x.size + l] * units[l]);
        }
        for (Index i = 0; i < x.size; ++i) {
            total += law[i] * x[i];
            size += magnitude(law[i] * x[i]);
        }
        books.residual[a] = total - books.totals[a];
        if (magnitude(books.residual[a]) > LEAST * size) exact = false;
    }
    return exact;
}

// Set L D Lᵀ of the laws that are kept.
inline void gram(KnownTable laws, const Ledger& books, Numbers x) {
    const Index n = x.size;
    for (Index a = 0; a < laws.count; ++a) {
        for (Index b = 0; b < laws.count; ++b) {
            double total = 0.0;
            for (Index l = 0; l < books.units.size; ++l)
                total += laws[a][n + l] * laws[b][n + l] * magnitude(books.units[l]);
            for (Index i = 0; i < n; ++i) total += laws[a][i] * laws[b][i] * magnitude(x[i]);
            books.gram[a][b] = total;
        }
        if (books.gram[a][a] == 0.0) books.kept[a] = 0.0;
    }
    for (Index a = 0; a < laws.count; ++a) {
        if (books.kept[a] != 0.0) continue;
        for (Index b = 0; b < laws.count; ++b) books.gram[a][b] = books.gram[b][a] = 0.0;
        books.gram[a][a] = 1.0;
        books.residual[a] = 0.0;
    }
}

// Set how much every law is to be shifted; return whether one is off by more than rounding, which
// is then no longer kept.
inline bool shifts(KnownTable laws, const Ledger& books, Numbers x) {
    gram(laws, books, x);
    decompose(books.gram, books.order);
    solve(books.gram, books.order, books.residual, books.shift);
    bool off = false;
    for (Index a = 0; a < laws.count; ++a)
        if (!(magnitude(books.shift[a]) < ROUNDING)) {
            books.kept[a] = 0.0;
            off = true;
        }
    return off;
}

// What the corrections of all laws take from a share of one column.
inline double correction(KnownTable laws, const Ledger& books, Index column) {
    double total = 0.0;
    for (Index a = 0; a < laws.count; ++a) total += laws[a][column] * books.shift[a];
    return total;
}

// Remove the rounding of a step from the conserved sums, equation (1).
inline void conserve(const ClassArrays& pop, KnownTable laws, const Ledger& books, Index window,
                     Numbers x, Numbers f) {
    const Index n = x.size, ladders = pop.ladders();
    for (Index l = 0; l < ladders; ++l) books.units[l] = units_in(pop, window, f, l);
    if (residuals(laws, books, x)) return;
    for (Index a = 0; a < laws.count; ++a) books.kept[a] = 1.0;
    while (shifts(laws, books, x)) {
    }
    for (Index i = 0; i < n; ++i) x[i] -= magnitude(x[i]) * correction(laws, books, i);
    for (Index l = 0; l < ladders; ++l) {
        const double total = correction(laws, books, n + l);
        for (Index i = l; i < window && total != 0.0; i += ladders) f[i] *= 1.0 - total;
    }
}

}  // namespace prenuc::PRENUC_ISA
