// The tridiagonal block T of every ladder, factorised and solved from both ends.
//
// T of equation (4) of classes.hpp is an M-matrix with diagonally dominant columns, so elimination
// needs no pivoting. A pivot is what leaves a class for good: a sum of positive numbers, with no
// difference of rates beside which 1/(hγ) would drown (Grassmann, Taksar and Heyman 1985, Oper. Res.
// 33, 1107). Elimination runs from both ends to the middle, which are two chains of operations that do
// not wait for each other (van der Vorst 1987, Parallel Computing 5, 45); two right-hand sides at
// once are four.
#pragma once

#include "sums.hpp"

namespace prenuc::PRENUC_ISA {

// Eliminate T = inverse − D_ρ − D_φ of one ladder.
inline void factorise_ladder(Index rows, Index stride, Index ladder, const Slide& by,
                             double inverse, Factored& t) {
    const Index middle = rows / 2, last = rows - 1;
    const auto at = [&](Index row) { return row * stride + ladder; };
    const auto rise = [&](Index i) { return by.a * by.up[i]; };
    const auto fall = [&](Index i) { return by.b * by.down[i]; };
    double left = 1.0, right = 0.0;  // shares of what comes from the class after that never return
    for (Index k = 0; k < middle; ++k) {
        const Index i = at(k), above = at(k + 1), j = at(last - k), below = at(last - k - 1);
        const double gone = inverse + fall(i) * left;
        t.pivot[i] = 1.0 / (gone + rise(i));
        t.outward[i] = -fall(above) * t.pivot[i];
        t.inward[above] = -rise(i) * t.pivot[i];
        left = gone * t.pivot[i];
        if (last - k > middle) {
            const double over = k > 0 ? inverse + rise(j) * right : inverse;
            t.pivot[j] = 1.0 / (over + fall(j));
            t.outward[j] = -rise(below) * t.pivot[j];
            if (last - k - 1 > middle) t.inward[below] = -fall(j) * t.pivot[j];
            right = over * t.pivot[j];
        }
    }
    const Index centre = at(middle), next = at(middle + 1);
    t.from_right[ladder] = -fall(next) * t.pivot[next];
    t.pivot[centre] = 1.0 / (inverse + fall(centre) * left + rise(centre) * right);
}

inline void factorise(const ClassArrays& pop, Index window, const Slide& by, double inverse,
                      Factored& t) {
    const Index ladders = pop.ladders();
    for (Index l = 0; l < ladders; ++l)
        factorise_ladder(window / ladders, ladders, l, by, inverse, t);
}

// Bring right-hand sides of one ladder from both ends to the middle; each `y` and `inward` begin at
// its first class.
template <int SIDES>
inline void inwards(Index rows, Index stride, const double* RESTRICT inward, double pivot,
                    double from_right, double* const (&y)[SIDES]) {
    const Index middle = rows / 2, last = rows - 1, centre = middle * stride;
    double left[SIDES], right[SIDES];
    for (int s = 0; s < SIDES; ++s) {
        left[s] = y[s][0];
        right[s] = y[s][last * stride];
    }
    for (Index k = 1; k < last - middle; ++k) {
        const Index i = k * stride, j = (last - k) * stride;
        const double a = inward[i], b = inward[j];
        for (int s = 0; s < SIDES; ++s) {
            y[s][i] = left[s] = y[s][i] - a * left[s];
            y[s][j] = right[s] = y[s][j] - b * right[s];
        }
    }
    for (Index k = last - middle; k < middle; ++k) {
        const double a = inward[k * stride];
        for (int s = 0; s < SIDES; ++s)
            y[s][k * stride] = left[s] = y[s][k * stride] - a * left[s];
    }
    for (int s = 0; s < SIDES; ++s)
        y[s][centre] = (y[s][centre] - inward[centre] * left[s] - from_right * right[s]) * pivot;
}

// Bring the middle of one ladder back to both ends.
template <int SIDES>
inline void outwards(Index rows, Index stride, const double* RESTRICT pivot,
                     const double* RESTRICT outward, double* const (&y)[SIDES]) {
    const Index middle = rows / 2, last = rows - 1;
    double left[SIDES], right[SIDES];
    for (int s = 0; s < SIDES; ++s) left[s] = right[s] = y[s][middle * stride];
    for (Index k = 1; k <= last - middle; ++k) {
        const Index i = (middle - k) * stride, j = (middle + k) * stride;
        const double a = outward[i], b = outward[j], p = pivot[i], q = pivot[j];
        for (int s = 0; s < SIDES; ++s) {
            y[s][i] = left[s] = y[s][i] * p - a * left[s];
            y[s][j] = right[s] = y[s][j] * q - b * right[s];
        }
    }
    for (Index k = 2 * middle - last - 1; k >= 0; --k) {
        const double a = outward[k * stride], p = pivot[k * stride];
        for (int s = 0; s < SIDES; ++s)
            y[s][k * stride] = left[s] = y[s][k * stride] * p - a * left[s];
    }
}

// Solve T y = y in place for some right-hand sides.
template <int SIDES>
inline void substitute(const ClassArrays& pop, Index window, const Factored& t,
                       const Numbers (&y)[SIDES]) {
    const Index ladders = pop.ladders(), rows = window / ladders, middle = rows / 2 * ladders;
    for (Index l = 0; l < ladders; ++l) {
        double* own[SIDES];
        for (int s = 0; s < SIDES; ++s) own[s] = y[s].data + l;
        inwards(rows, ladders, t.inward.data + l, t.pivot[middle + l], t.from_right[l], own);
        outwards(rows, ladders, t.pivot.data + l, t.outward.data + l, own);
    }
}

}  // namespace prenuc::PRENUC_ISA
