// Factors of a rate law: each kind is a function g of one number, its pool.
//
// Scales are folded into the weights of a pool when a mechanism is compiled: linear x, power x^p,
// saturation x/(1+x), binding (1+x)^p, excess max(x − p, 0), barrier exp(−B/ln^p x).
#pragma once

#include "sums.hpp"

namespace prenuc::PRENUC_ISA {

enum Kind : Index { LINEAR, POWER, SATURATION, BINDING, EXCESS, BARRIER };
constexpr double SMALLEST = 1e-12;  // in units of a scale; powers below zero and logarithms are finite
// Likewise; below it a power below one ends straight at zero. Where its slope ended earlier, a trace in
// balance would not be followed: a step with too small a slope makes a deviation larger.
constexpr double STEEPEST = 1e-30;

// Whether a power is steeper the less there is.
inline bool steep(double p) { return 0.0 < p && p < 1.0; }

// A factor's kind; its order, number of sites or threshold p; its barrier B and the units of the
// largest nucleus.
struct Factor {
    Index kind;
    double p, b, most;
};

// A value and its slope.
struct Slope {
    double g, dg;
};

constexpr double MOST_WHOLE = 20.0;  // order whose power of SMALLEST is far from underflow

// x^p for x > 0; small whole orders by squares, without a logarithm.
inline double power(double x, double order) {
    const double size = magnitude(order);
    if (!(size <= MOST_WHOLE) || size != std::floor(size)) return std::pow(x, order);
    double square = x, product = 1.0;
    for (int left = static_cast<int>(size); left > 0; left /= 2, square *= square)
        if (left % 2 == 1) product *= square;
    return order < 0.0 ? 1.0 / product : product;
}

// x^p where it is steep. Below zero, where only rounding is, it is a small negative flow: it heals,
// and has no second balance there as −|x|^p would.
inline Slope root(double x, double p) {
    if (x > 0.0) {
        const double square = x * x + STEEPEST * STEEPEST, below = power(square, 0.5 * (p - 1.0));
        return {x * below, below * (1.0 + (p - 1.0) * x * x / square)};
    }
    const double least = power(STEEPEST, p), over = STEEPEST - x;
    return {least * x / over, least * STEEPEST / (over * over)};
}

// d²/dx² of the same.
inline double root_bend(double x, double p) {
    if (x > 0.0) {
        const double square = x * x + STEEPEST * STEEPEST, below = power(square, 0.5 * (p - 5.0));
        return (p - 1.0) * x * below * (3.0 * square + (p - 3.0) * x * x);
    }
    const double over = STEEPEST - x;
    return 2.0 * power(STEEPEST, p) * STEEPEST / (over * over * over);
}

// ∂/∂p and ∂²/∂p∂x of the same.
inline Slope root_in_order(double x, double p) {
    const Slope at = root(x, p);
    const double square = x * x + STEEPEST * STEEPEST;
    const double log = x > 0.0 ? 0.5 * std::log(square) : std::log(STEEPEST);
    return {at.g * log, at.dg * log + (x > 0.0 ? at.g * x / square : 0.0)};
}

// exp(−W), the size of the critical nucleus, and its slope in ln x, of a barrier.
struct Nucleus {
    double g, size, bend;
};

inline double turning_point(const Factor& law) {
    return std::pow(law.p * law.b / law.most, 1.0 / (law.p + 1.0));
}

inline Nucleus nucleus(const Factor& law, double x) {
    if (x <= 0.0) return {0.0, 0.0, 0.0};
    const double log = std::log(x), turn = turning_point(law), p = law.p;
    if (log > turn) {
        const double size = p * law.b / std::pow(log, p + 1.0);
        const double g = std::exp(-law.b / std::pow(log, p));
        return {g, size, -(p + 1.0) * size / log};
    }
    return {std::exp(-law.most * ((1.0 + 1.0 / p) * turn - log)), law.most, 0.0};
}

inline double value(const Factor& law, double x) {
    switch (law.kind) {
        case LINEAR: return x;
        case EXCESS: return larger(x - law.p, 0.0);
        case BARRIER: return nucleus(law, x).g;
        // straight below zero, where only rounding is, so that it heals
        case SATURATION: return x > 0.0 ? x / (1.0 + x) : x;
        case POWER:
            if (steep(law.p)) return root(x, law.p).g;
            return power(larger(x, law.p < 0.0 ? SMALLEST : 0.0), law.p);
        default: return power(1.0 + larger(x, 0.0), law.p);
    }
}

inline Slope slope(const Factor& law, double x) {
    const double p = law.p, positive = larger(x, 0.0);
    switch (law.kind) {
        case LINEAR: return {x, 1.0};
        case EXCESS: return {larger(x - p, 0.0), x > p ? 1.0 : 0.0};
        case BARRIER: {
            const Nucleus found = nucleus(law, x);
            return {found.g, found.g * found.size / larger(x, SMALLEST)};
        }
        case SATURATION:
            if (x > 0.0) return {x / (1.0 + x), 1.0 / ((1.0 + x) * (1.0 + x))};
            return {x, 1.0};
        case POWER: {
            if (steep(p)) return root(x, p);
            const double base = p <= 0.0 ? larger(positive, SMALLEST) : positive;
            const double below = power(base, p - 1.0);
            return {below * base, p * below};
        }
        default: {
            const double bound = 1.0 + positive;
            const double below = power(bound, p - 1.0);
            return {below * bound, p * below};
        }
    }
}

// d²g/dx².
inline double curvature(const Factor& law, double x) {
    const double p = law.p, positive = larger(x, 0.0);
    switch (law.kind) {
        case BARRIER: {
            const Nucleus found = nucleus(law, x);
            const double base = larger(x, SMALLEST);
            return found.g * (found.size * (found.size - 1.0) + found.bend) / (base * base);
        }
        case POWER: {
            if (p == 2.0) return 2.0;
            if (steep(p)) return root_bend(x, p);
            const double base = p < 2.0 ? larger(positive, SMALLEST) : positive;
            return p * (p - 1.0) * power(base, p - 2.0);
        }
        case SATURATION: {
            const double bound = 1.0 + positive;
            return x > 0.0 ? -2.0 / (bound * bound * bound) : 0.0;
        }
        case BINDING: return p * (p - 1.0) * power(1.0 + positive, p - 2.0);
        default: return 0.0;
    }
}

// ∂g/∂p and ∂²g/∂p∂x: p the order, the sites or the threshold.
inline Slope in_order(const Factor& law, double x) {
    const double p = law.p;
    if (law.kind == POWER && steep(p)) return root_in_order(x, p);
    if (law.kind == POWER && x > 0.0) {
        const double base = power(p < 0.0 ? larger(x, SMALLEST) : x, p - 1.0), log = std::log(x);
        return {base * x * log, base * (1.0 + p * log)};
    }
    if (law.kind == BINDING) {
        const double bound = 1.0 + larger(x, 0.0), log = std::log(bound);
        const double below = power(bound, p - 1.0);
        return {below * bound * log, below * (1.0 + p * log)};
    }
    if (law.kind == EXCESS) return {x > p ? -1.0 : 0.0, 0.0};
    return {0.0, 0.0};
}

// ∂g/∂B and ∂²g/∂B∂x, where the factor is a barrier exp(−B/ln^p x).
inline Slope in_barrier(const Factor& law, double x) {
    if (law.kind != BARRIER || x <= 0.0) return {0.0, 0.0};
    const Nucleus found = nucleus(law, x);
    const double log = std::log(x), turn = turning_point(law), p = law.p;
    if (log > turn) {
        const double by = -found.g / std::pow(log, p);
        return {by, (by * found.size + found.g * found.size / law.b) / x};
    }
    const double by = -found.g * law.most * (1.0 + 1.0 / p) * turn / ((p + 1.0) * law.b);
    return {by, by * law.most / x};
}

}  // namespace prenuc::PRENUC_ISA
