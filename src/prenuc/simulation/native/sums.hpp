// Sums of rows, and a small dense system, solved in place: that of the conservation laws.
#pragma once

#include "requests.hpp"

namespace prenuc::PRENUC_ISA {

// The first is kept when a number is not one.
inline double larger(double a, double b) { return b > a ? b : a; }
inline double smaller(double a, double b) { return b < a ? b : a; }
inline Index larger(Index a, Index b) { return b > a ? b : a; }
inline Index smaller(Index a, Index b) { return b < a ? b : a; }
inline double magnitude(double a) { return std::fabs(a); }

inline void copy(Index count, const double* source, double* target) {
    for (Index i = 0; i < count; ++i) target[i] = source[i];
}

inline void clear(Index count, double* target) {
    for (Index i = 0; i < count; ++i) target[i] = 0.0;
}

inline void clear(Numbers target) { clear(target.size, target.data); }
inline void clear(Table target) { clear(target.flat()); }

// Add a multiple of one row to another; they do not overlap.
inline void add(Index count, double weight, const double* RESTRICT source,
                double* RESTRICT target) {
    for (Index i = 0; i < count; ++i) target[i] += weight * source[i];
}

// Set the products of two rows, number by number.
inline void multiply(Index count, const double* RESTRICT a, const double* RESTRICT b,
                     double* RESTRICT out) {
    for (Index i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

inline void add(double weight, Known source, Numbers target) {
    add(target.size, weight, source.data, target.data);
}

inline void add(double weight, Numbers source, Numbers target) {
    add(target.size, weight, source.data, target.data);
}

inline void scale_by(double weight, Numbers target) {
    for (Index i = 0; i < target.size; ++i) target[i] *= weight;
}

constexpr int LANES = 8;  // partial sums that do not wait for each other

inline double total_of(const double* part) {
    return ((part[0] + part[4]) + (part[2] + part[6])) +
           ((part[1] + part[5]) + (part[3] + part[7]));
}

// Σ a, in partial sums.
inline double total(Index count, const double* RESTRICT a) {
    double part[LANES] = {};
    Index i = 0;
    for (; i + LANES <= count; i += LANES)
        for (int lane = 0; lane < LANES; ++lane) part[lane] += a[i + lane];
    double rest = 0.0;
    for (; i < count; ++i) rest += a[i];
    return total_of(part) + rest;
}

// Σ a b, in partial sums.
inline double dot(Index count, const double* RESTRICT a, const double* RESTRICT b) {
    double part[LANES] = {};
    Index i = 0;
    for (; i + LANES <= count; i += LANES)
        for (int lane = 0; lane < LANES; ++lane) part[lane] += a[i + lane] * b[i + lane];
    double rest = 0.0;
    for (; i < count; ++i) rest += a[i] * b[i];
    return total_of(part) + rest;
}

// Set Σ_j row_j u_j and base + Σ_j other_row_j u_j of seven stages in one pass; stages that are not
// yet known are zero. u has shape (8, m), the other arrays m numbers.
inline void combine_both(Known row, Known other_row, Table u, const double* RESTRICT base,
                         double* RESTRICT out, double* RESTRICT other) {
    const double a = row[0], b = row[1], c = row[2], d = row[3], e = row[4], f = row[5],
                 g = row[6];
    const double p = other_row[0], q = other_row[1], r = other_row[2], s = other_row[3],
                 t = other_row[4], v = other_row[5], w = other_row[6];
    const double *RESTRICT u0 = u[0].data, *RESTRICT u1 = u[1].data, *RESTRICT u2 = u[2].data,
                 *RESTRICT u3 = u[3].data, *RESTRICT u4 = u[4].data, *RESTRICT u5 = u[5].data,
                 *RESTRICT u6 = u[6].data;
    for (Index i = 0; i < u.width; ++i) {
        const double early = a * u0[i] + b * u1[i] + c * u2[i] + d * u3[i];
        out[i] = early + (e * u4[i] + f * u5[i] + g * u6[i]);
        const double late = p * u0[i] + q * u1[i] + r * u2[i] + s * u3[i];
        other[i] = base[i] + late + (t * u4[i] + v * u5[i] + w * u6[i]);
    }
}

// Replace a matrix by its LU factors with partial pivoting; `order` receives the rows.
inline void decompose(Table matrix, Row<Index> order) {
    const Index n = matrix.count;
    for (Index i = 0; i < n; ++i) order[i] = i;
    for (Index column = 0; column < n; ++column) {
        Index best = column;
        for (Index i = column + 1; i < n; ++i)
            if (magnitude(matrix[i][column]) > magnitude(matrix[best][column])) best = i;
        if (best != column) {
            const Index kept = order[column];
            order[column] = order[best];
            order[best] = kept;
            for (Index j = 0; j < n; ++j) {
                const double held = matrix[column][j];
                matrix[column][j] = matrix[best][j];
                matrix[best][j] = held;
            }
        }
        if (matrix[column][column] == 0.0) continue;
        const double pivot = 1.0 / matrix[column][column];
        for (Index i = column + 1; i < n; ++i) {
            if (matrix[i][column] == 0.0) continue;
            const double factor = matrix[i][column] * pivot;
            matrix[i][column] = factor;
            for (Index j = column + 1; j < n; ++j) matrix[i][j] -= factor * matrix[column][j];
        }
    }
}

// Set the solution of the decomposed system for a right-hand side; they must not overlap.
inline void solve(Table factors, Row<Index> order, Numbers right, Numbers out) {
    const Index n = factors.count;
    for (Index i = 0; i < n; ++i) {
        double total = right[order[i]];
        for (Index j = 0; j < i; ++j) total -= factors[i][j] * out[j];
        out[i] = total;
    }
    for (Index i = n - 1; i >= 0; --i) {
        double total = out[i];
        for (Index j = i + 1; j < n; ++j) total -= factors[i][j] * out[j];
        out[i] = total / factors[i][i];
    }
}

}  // namespace prenuc::PRENUC_ISA
