// Along a stretch: the window of classes, reports, and whether it ends before its time.
#pragma once

#include "control.hpp"
#include "stages.hpp"

namespace prenuc::PRENUC_ISA {

constexpr Index GUARD = 4, FEWEST = 32;  // classes at the window's end; in the smallest window

// The window, in classes of all ladders, that holds all dots and all nuclei.
inline Index starting_window(const ClassArrays& pop, Numbers f) {
    if (f.size == 0) return 0;
    const Index ladders = pop.ladders();
    Index rows = larger(front(f.size, f, 0.0) / ladders + 1 + GUARD, FEWEST);
    for (Index nucleus = 0; nucleus < pop.lower.size; ++nucleus)
        rows = larger(rows, pop.lower[nucleus] / ladders + 2 + GUARD);
    return smaller(rows * ladders, f.size);
}

// A window that the dots will not reach the end of in the next step, which is `factor` times this
// one; `reached` and `before` are the classes that they have reached now and a step ago.
inline Index next_window(Index window, Index ladders, Index reached, Index before, double factor,
                         Index classes) {
    const Index row = reached / ladders, old = before / ladders;
    const double ahead = 1.5 * factor * static_cast<double>(larger(row - old, Index{0}));
    const Index wanted = row + static_cast<Index>(ahead) + row / 50 + 4 * GUARD;
    return smaller(larger(window, wanted * ladders), classes);
}

// Σ watch·x − level.
inline double watched(const Setting& setting, Numbers x) {
    double total = -setting.level;
    for (Index i = 0; i < x.size; ++i) total += setting.watch[i] * x[i];
    return total;
}

// A step that was taken: from t, of length h, from x and f to x1 and f1, of which `taken` counts.
struct Step {
    Index window;
    double t, h, taken;
    Numbers x, f, x1, f1;
};

// Write the solution at all times inside what is taken of a step; return how many by now. Classes
// beyond the window are zero, as they were handed over.
inline Index report(const Setting& setting, Index told, const Step& step, Work& w,
                    const Vessel& vessel) {
    while (told < setting.times.size - 1 && setting.times[told] <= step.t + step.taken) {
        const double share = (setting.times[told] - step.t) / step.h;
        between(share, step.window, step.x, step.f, step.x1, step.f1, w, vessel.out_x[told],
                w.flow);
        if (vessel.out_f.count > 0) copy(step.window, w.flow.data, vessel.out_f[told].data);
        ++told;
    }
    return told;
}

// The share of a step at which the watched sum falls to its level, or 2.
inline double crossing(const Setting& setting, const Step& step, Work& w) {
    if (watched(setting, step.x) <= 0.0 || watched(setting, step.x1) > 0.0) return 2.0;
    double low = 0.0, high = 1.0;
    for (int halving = 0; halving < 50; ++halving) {
        const double middle = 0.5 * (low + high);
        between(middle, 0, step.x, step.f, step.x1, step.f1, w, w.right, w.flow);
        if (watched(setting, w.right) > 0.0)
            low = middle;
        else
            high = middle;
    }
    return high;
}

// Whether as long a time again at this pace, which stands in `right`, would change no component by
// a share. As long a time as the whole stretch has: what is left of it shrinks to nothing at its
// end, where any pace would do.
inline bool steady(const Setting& setting, Numbers x, const Work& w) {
    const double end = setting.times[setting.times.size - 1];
    for (Index i = 0; i < x.size; ++i) {
        const double allowed = w.tolerance[i] + setting.steady * magnitude(x[i]);
        if (magnitude(w.right[i]) * end > allowed) return false;
    }
    return true;
}

}  // namespace prenuc::PRENUC_ISA
