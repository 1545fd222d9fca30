// Elimination by the plan of sparse.py: no pattern is searched while integrating.
#pragma once

#include "sums.hpp"

namespace prenuc::PRENUC_ISA {

// Set a matrix from the slopes of all factors.
inline void assemble(const Pattern& pattern, Numbers s, Numbers values) {
    clear(pattern.size, values.data);
    for (Index m = 0; m < pattern.entry.size; ++m)
        values[pattern.entry[m]] += pattern.coefficient[m] * s[pattern.factor[m]];
}

// Set two matrices of one pattern from two sets of slopes.
inline void assemble_both(const Pattern& pattern, Numbers s, Numbers other_s, Numbers values,
                          Numbers other) {
    clear(pattern.size, values.data);
    clear(pattern.size, other.data);
    for (Index m = 0; m < pattern.entry.size; ++m) {
        const Index entry = pattern.entry[m], factor = pattern.factor[m];
        values[entry] += pattern.coefficient[m] * s[factor];
        other[entry] += pattern.coefficient[m] * other_s[factor];
    }
}

// Replace a matrix by its factors in place; `inverse` receives the inverse pivots.
inline void eliminate(const SparseArrays& plan, Numbers values, Numbers inverse) {
    Index done = 0;
    for (Index k = 0; k < plan.pivots.size; ++k) {
        const Index pivot = plan.diagonal[plan.pivots[k]];
        inverse[k] = 1.0 / values[pivot];
        while (done < plan.scaled.size && plan.by[done] == pivot) {
            const double factor = values[plan.scaled[done]] * inverse[k];
            values[plan.scaled[done]] = factor;
            for (Index m = plan.first[done]; m < plan.first[done + 1]; ++m)
                values[plan.updated[m]] -= factor * values[plan.source[m]];
            ++done;
        }
    }
}

// Set the solution for a right-hand side; they may be the same array.
inline void back_substitute(const SparseArrays& plan, Numbers values, Numbers inverse,
                            Numbers right, Numbers out) {
    for (Index k = 0; k < plan.pivots.size; ++k) {
        const Index i = plan.pivots[k];
        double total = right[i];
        for (Index m = plan.lower[k]; m < plan.lower[k + 1]; ++m)
            total -= values[plan.lower_place[m]] * out[plan.lower_column[m]];
        out[i] = total;
    }
    for (Index k = plan.pivots.size - 1; k >= 0; --k) {
        const Index i = plan.pivots[k];
        double total = out[i];
        for (Index m = plan.upper[k]; m < plan.upper[k + 1]; ++m)
            total -= values[plan.upper_place[m]] * out[plan.upper_column[m]];
        out[i] = total * inverse[k];
    }
}

// Set a matrix times rows, both of shape (n, P).
inline void multiply(const Pattern& pattern, Numbers values, Table rows, Table out) {
    clear(out);
    for (Index i = 0; i < out.count; ++i)
        for (Index m = pattern.row[i]; m < pattern.row[i + 1]; ++m)
            add(values[m], rows[pattern.column[m]], out[i]);
}

// Subtract multiples of two other rows from a row in one pass.
inline void take_two(Index count, double a, double b, const double* RESTRICT one,
                     const double* RESTRICT two, double* RESTRICT row) {
    for (Index j = 0; j < count; ++j) row[j] -= a * one[j] + b * two[j];
}

// Subtract multiples of the other rows first … last − 1 from a row, two in a pass.
inline void take_rows(Index first, Index last, Places place, Places column, Numbers values,
                      Table rows, Numbers row) {
    Index m = first;
    for (; m + 1 < last; m += 2)
        take_two(row.size, values[place[m]], values[place[m + 1]], rows[column[m]].data,
                 rows[column[m + 1]].data, row.data);
    if (m < last) add(-values[place[m]], rows[column[m]], row);
}

// Solve for many right-hand sides in place; they are the columns of `rows`, shape (n, P).
inline void solve_rows(const SparseArrays& plan, Numbers values, Numbers inverse, Table rows) {
    for (Index k = 0; k < plan.pivots.size; ++k)
        take_rows(plan.lower[k], plan.lower[k + 1], plan.lower_place, plan.lower_column, values,
                  rows, rows[plan.pivots[k]]);
    for (Index k = plan.pivots.size - 1; k >= 0; --k) {
        const Numbers row = rows[plan.pivots[k]];
        take_rows(plan.upper[k], plan.upper[k + 1], plan.upper_place, plan.upper_column, values,
                  rows, row);
        scale_by(inverse[k], row);
    }
}

// Set the columns of a matrix's inverse times `scale`, as rows of WIDTH numbers: Uᵀ, then Lᵀ is
// solved for the unit matrix.
template <Index WIDTH>
inline void columns_of_inverse(const SparseArrays& plan, Numbers values, Numbers inverse,
                               double scale, Table columns) {
    clear(WIDTH * WIDTH, columns.data);
    for (Index j = 0; j < plan.pivots.size; ++j) columns[j][j] = scale;
    for (Index k = 0; k < plan.pivots.size; ++k) {
        const double* column = columns[plan.pivots[k]].data;
        scale_by(inverse[k], {columns[plan.pivots[k]].data, WIDTH});
        for (Index m = plan.upper[k]; m < plan.upper[k + 1]; ++m)
            add(WIDTH, -values[plan.upper_place[m]], column, columns[plan.upper_column[m]].data);
    }
    for (Index k = plan.pivots.size - 1; k >= 0; --k) {
        const double* column = columns[plan.pivots[k]].data;
        for (Index m = plan.lower[k]; m < plan.lower[k + 1]; ++m)
            add(WIDTH, -values[plan.lower_place[m]], column, columns[plan.lower_column[m]].data);
    }
}

}  // namespace prenuc::PRENUC_ISA
