// Whether a step is good enough, and how large the next one is.
//
// With e = 0.3 u_8 (u_8 is the error of the solution of order 4, and that of order 5 is carried on)
// the error of a step is the largest of: |e_i| / (atol_i + rtol |x_i|) over all components;
// |Σ e_n|, |Σ n^(2/3) e_n| and |Σ n e_n| of the classes of a ladder over rtol times the same sums of
// f_n; and Σ|e_n| and Σ n|e_n| over 20 rtol times them. So number, size and growth of the dots hold the tolerance,
// and the shape of their distribution twenty times it. A concentration below its limit counts as an
// error of its own size.
//
// With a share `follow` above zero the absolute tolerance of a component follows it,
//
//   atol_i = follow s_i + floor,   limit_i = atol_i + rtol s_i,
//   s_i(t + h) = max(|x_i(t + h)|, s_i(t) (t / (t + h))^40)                             (1)
//
// so that a trace beside a solvent is as right as the solvent, and so is one that dies away: for
// exp(−k t) the share of s_i stays below 10⁻⁶ of it down to 10⁻³⁵. What has gone by some other way
// for good is let go as t⁻⁴⁰. Otherwise atol_i = limit_i is the floor.
#pragma once

#include "sums.hpp"

namespace prenuc::PRENUC_ISA {

constexpr double SAFETY = 0.9, SLOWEST = 0.2, FASTEST = 6.0;  // of the step's next size
constexpr double SHARPER = 0.3;  // of the estimate, which is that of order 4
constexpr double SHAPE = 20.0;  // tolerances that single classes may be off where their sums hold one

// The largest scaled error of a component, and which.
struct Worst {
    double error;
    Index which;
};

inline Worst components_error(const Setting& setting, Numbers x, const Work& w, Numbers error) {
    Worst worst = {0.0, 0};
    for (Index i = 0; i < x.size; ++i) {
        const double x1 = w.x1[i], size = larger(magnitude(x[i]), magnitude(x1));
        double found = magnitude(error[i]) / (w.tolerance[i] + setting.relative * size);
        if (x1 < -w.limit[i] && x1 < x[i]) found = larger(found, -x1 / w.limit[i]);
        if (!(found <= worst.error)) worst = {found, i};  // also when it is not a number
    }
    return worst;
}

// Set the absolute tolerance of every component at time t1, equation (1); t0 was a step before.
inline void follow_components(const Setting& setting, double t0, double t1, Numbers x, Work& w) {
    const double share = t1 > 0.0 ? t0 / t1 : 0.0, fifth = share * share * share * share * share;
    const double tenth = fifth * fifth, kept = tenth * tenth * tenth * tenth;
    for (Index i = 0; i < x.size; ++i) {
        w.most[i] = larger(magnitude(x[i]), w.most[i] * kept);
        w.tolerance[i] = setting.absolute[i] + setting.follow * w.most[i];
        w.limit[i] = w.tolerance[i];
        if (setting.follow > 0.0) w.limit[i] += setting.relative * w.most[i];
    }
}

// Sums over the classes: errors, their sizes, what is there and what was there.
struct ClassSums {
    double off, off_units, off_area, wrong, wrong_units, number, units, area, before, held;
};

constexpr int SIDE = 4;  // classes side by side, in sums that do not wait for each other

// The sums of a few classes side by side.
struct SideSums {
    double off[SIDE], off_units[SIDE], off_area[SIDE], wrong[SIDE], wrong_units[SIDE];
    double number[SIDE], units[SIDE], area[SIDE], before[SIDE], held[SIDE];
};

inline double side_total(const double (&part)[SIDE]) {
    return (part[0] + part[2]) + (part[1] + part[3]);
}

inline void add_side(SideSums& sum, int lane, double n, double area, double f, double stage,
                     double f1) {
    const double error = f1 - stage, size = magnitude(f1), wrong = magnitude(error);
    sum.off[lane] += error;
    sum.off_units[lane] += n * error;
    sum.off_area[lane] += area * error;
    sum.wrong[lane] += wrong;
    sum.wrong_units[lane] += n * wrong;
    sum.number[lane] += size;
    sum.units[lane] += n * size;
    sum.area[lane] += area * size;
    sum.before[lane] += magnitude(f);
    sum.held[lane] += n * magnitude(f);
}

// The sums over classes of one ladder that begins at the pointers and has `STRIDE` between classes,
// or `stride` where that is not known beforehand.
template <Index STRIDE>
ClassSums class_sums(Index rows, Index stride, const ClassArrays& pop, const double* RESTRICT f,
                     const double* RESTRICT stage, const double* RESTRICT f1) {
    const Index step = STRIDE > 0 ? STRIDE : stride;
    const double *RESTRICT n = pop.units.data, *RESTRICT area = pop.area.data;
    SideSums sum = {};
    Index i = 0;
    for (; i + SIDE <= rows; i += SIDE)
        for (int lane = 0; lane < SIDE; ++lane) {
            const Index at = (i + lane) * step;
            add_side(sum, lane, n[i + lane], area[i + lane], f[at], stage[at], f1[at]);
        }
    for (; i < rows; ++i)
        add_side(sum, 0, n[i], area[i], f[i * step], stage[i * step], f1[i * step]);
    return {side_total(sum.off),    side_total(sum.off_units),   side_total(sum.off_area),
            side_total(sum.wrong),  side_total(sum.wrong_units), side_total(sum.number),
            side_total(sum.units),  side_total(sum.area),        side_total(sum.before),
            side_total(sum.held)};
}

// The scaled error of the classes, and the number of dots.
struct ClassError {
    double error, number;
};

inline ClassError ladder_error(const ClassArrays& pop, const Setting& setting,
                               const ClassSums& sum) {
    const double some = setting.absolute_units, share = setting.relative;
    const double most = share * larger(sum.number, sum.before);
    const double most_units = share * larger(sum.units, sum.held), fewest = pop.units[0];
    double found = magnitude(sum.off) / (most + some / fewest);
    found = larger(found, magnitude(sum.off_units) / (most_units + some));
    found = larger(found, magnitude(sum.off_area) /
                              (share * sum.area + some * pop.area[0] / fewest));
    found = larger(found, sum.wrong / (SHAPE * most + some / fewest));
    return {larger(found, sum.wrong_units / (SHAPE * most_units + some)), sum.number};
}

// The largest scaled error of a ladder, and the number of all dots.
inline ClassError classes_error(const ClassArrays& pop, const Setting& setting, Index window,
                                Numbers f, Numbers stage, Numbers f1) {
    const Index ladders = pop.ladders(), rows = window / ladders;
    if (ladders == 1)
        return ladder_error(pop, setting,
                            class_sums<1>(rows, 1, pop, f.data, stage.data, f1.data));
    ClassError worst = {0.0, 0.0};
    for (Index l = 0; l < ladders; ++l) {
        const ClassError found =
            ladder_error(pop, setting, class_sums<0>(rows, ladders, pop, f.data + l,
                                                     stage.data + l, f1.data + l));
        if (!(found.error <= worst.error)) worst.error = found.error;
        worst.number += found.number;
    }
    return worst;
}

// The last class that holds more dots than `floor` in mol/m³.
inline Index front(Index window, Numbers f, double floor) {
    for (Index i = window - 1; i >= 0; --i)
        if (magnitude(f[i]) > floor) return i;
    return 0;
}

// A first step from the size of the state and of its change, which stands in `right`; where the
// tolerance follows a component that is there, its own size counts.
inline double first_step(const Setting& setting, Numbers x, Numbers right) {
    const double root = std::sqrt(setting.relative);
    double fastest = 0.0;
    for (Index i = 0; i < x.size; ++i) {
        const bool there = setting.follow > 0.0 && x[i] > setting.absolute[i];
        const double scale = (there ? 0.0 : setting.absolute[i]) + root * magnitude(x[i]);
        fastest = larger(fastest, magnitude(right[i]) / scale);
    }
    const double end = setting.times[setting.times.size - 1];
    if (!(fastest > 0.0)) return end;
    return smaller(end, 0.1 * std::pow(setting.relative, 0.2) / fastest);
}

// The factor to the next step: the smaller of two predictions (Gustafsson 1994). `before` is the
// step before in s, 0 if there was none; `tried` how often this step was tried.
inline double next_size(double h, double error, double before, double old_error, Index tried) {
    const double small = larger(error, 1e-10);
    double factor = SAFETY / std::pow(small, 0.2);
    if (before > 0.0)
        factor = smaller(factor, SAFETY * h / before *
                                     std::pow(old_error / (small * small), 0.2));
    return smaller(larger(factor, SLOWEST), tried == 1 ? FASTEST : 1.0);
}

}  // namespace prenuc::PRENUC_ISA
