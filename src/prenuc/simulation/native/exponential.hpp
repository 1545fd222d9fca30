// e^x of a row of numbers at once: of every size class and every rate constant, at every stage.
//
// With k = round(x / ln 2) and r = x − k ln 2, |r| ≤ 0.35, e^x = 2^k e^r. e^r is its Taylor
// polynomial of degree 13, whose rest is below 5·10⁻¹⁸. ln 2 comes in two parts, of which the first
// times k is exact (Cody and Waite 1980, Software Manual for the Elementary Functions, ch. 6). Adding
// 1.5·2⁵² rounds to a whole number, which stands in the last bits of the sum and is shifted from there
// into the exponent of a power of two; k in two halves, so that what is too small or too large for
// a number becomes 0 or infinite by itself. Without a branch a compiler takes as many numbers at once
// as a register holds. Within 1 ulp; e⁰ is exactly 1.
#pragma once

#include <cstring>

#include "sums.hpp"

namespace prenuc::PRENUC_ISA {

constexpr double PER_LN2 = 1.44269504088896338700, WHOLE = 6755399441055744.0;  // 1.5·2⁵²
constexpr double LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;
constexpr double FARTHEST = 1400.0;  // e^x beyond it is 0 or infinite, and half of k fits

// e^r for small r; written out, since a loop inside a loop would be taken number by number.
inline double taylor(double r) {
    double y = 1.0 / 6227020800.0;  // 1/13!
    y = y * r + 1.0 / 479001600.0;
    y = y * r + 1.0 / 39916800.0;
    y = y * r + 1.0 / 3628800.0;
    y = y * r + 1.0 / 362880.0;
    y = y * r + 1.0 / 40320.0;
    y = y * r + 1.0 / 5040.0;
    y = y * r + 1.0 / 720.0;
    y = y * r + 1.0 / 120.0;
    y = y * r + 1.0 / 24.0;
    y = y * r + 1.0 / 6.0;
    y = y * r + 0.5;
    y = y * r + 1.0;
    return y * r + 1.0;
}

// 2^k for a number k + WHOLE.
inline double power_of_two(double shifted) {
    std::uint64_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double power;
    std::memcpy(&power, &bits, sizeof power);
    return power;
}

// Bring every number into the range that `exponentials` can do; a loop of its own, so that no
// compiler follows what becomes of the ends.
inline void bound(Index count, double* RESTRICT values) {
    for (Index i = 0; i < count; ++i)
        values[i] = smaller(larger(values[i], -FARTHEST), FARTHEST);
}

// Replace every number by its exponential.
inline void exponentials(Index count, double* RESTRICT values) {
    bound(count, values);
    for (Index i = 0; i < count; ++i) {
        const double x = values[i], k = (x * PER_LN2 + WHOLE) - WHOLE;
        const double r = (x - k * LN2_HIGH) - k * LN2_LOW;
        const double half = 0.5 * k + WHOLE, rest = (k - (half - WHOLE)) + WHOLE;
        values[i] = taylor(r) * power_of_two(half) * power_of_two(rest);
    }
}

}  // namespace prenuc::PRENUC_ISA
