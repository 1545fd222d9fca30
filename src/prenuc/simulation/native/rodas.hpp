// Integrate a network and its size classes through one stretch with Rodas5P.
//
// Between two events nothing but the temperature changes, linearly in time. stages.hpp has a step,
// control.hpp its size, laws.hpp what it keeps.
//
// Window: only classes below `window` take part. When more than a share 10⁻³ rtol of all dots
// stands in one of its last classes the step is repeated with a wider one. Nothing passes its end,
// so nothing is lost.
#pragma once

#include "ends.hpp"
#include "laws.hpp"
#include "settle.hpp"

namespace prenuc::PRENUC_ISA {

// How a step was found: its length, error measure, the component that hurt most, the window, the
// class that the dots have reached, and how often it was tried.
struct Found {
    Ending ending;
    double h, error;
    Index worst, window, reached, tried;
};

// The error of the step that stands in x1 and f1; sets `worst` and `reached`.
inline double error_of(const Stretch& on, Index window, Numbers x, Numbers f, Work& w,
                       Found& found) {
    const Worst worst = components_error(on.setting, x, w, w.u[STAGES - 1]);
    double error = worst.error * SHARPER;
    found.worst = worst.which;
    found.reached = 0;
    if (window > 0) {
        const ClassError of = classes_error(on.pop, on.setting, window, f, w.f, w.f1);
        if (!(of.error * SHARPER <= error)) error = of.error * SHARPER;
        const double floor =
            1e-3 * on.setting.relative * of.number + 1e-3 * on.setting.absolute_units;
        found.reached = front(window, w.f1, floor);
    }
    return error;
}

// Take one step that holds the tolerances, with a smaller h or a wider window if need be.
inline Found take(const Stretch& on, Index window, double t, double h, Numbers x, Numbers f,
                  Work& w) {
    Found found = {DONE, h, 0.0, 0, window, 0, 0};
    open_step(on, window, t, x, f, w);
    while (true) {
        ++found.tried;
        found.h = h;
        found.window = window;
        if (h <= 1e-14 * t || !(h > 0.0)) {
            found.ending = STEP_TOO_SMALL;
            found.worst = 0;
            return found;
        }
        prepare(on, window, h, w);
        take_stages(on, window, t, h, x, f, w, w.x1, w.f1);
        found.error = error_of(on, window, x, f, w, found);
        if (!(found.error <= 1.0)) {
            const double shorter = SAFETY / std::pow(found.error, 0.2);
            h *= found.error < 1e30 ? smaller(larger(shorter, 0.1), 0.9) : 0.1;
        } else if (0 < window && window < f.size &&
                   found.reached >= window - GUARD * on.pop.ladders()) {
            const Index ladders = on.pop.ladders(), rows = window / ladders;
            window = smaller(f.size, (rows + rows / 2) * ladders);
            open_step(on, window, t, x, f, w);
        } else {
            return found;
        }
    }
}

// Set rates and the change of components and classes in `right` and `flow`, for constants that are
// there.
inline void changes(const Stretch& on, double temperature, Index window, Numbers x, Numbers f,
                    Work& w) {
    begin_detachment(on.pop, temperature, window, x, w);
    rates(on.net, x, w.k, w.r);
    clear(window, w.flow.data);
    right_side(on, window, w.r, w.beta, f, w, w.right, w.flow);
}

// Set the conserved sums, the constants and the change at time 0.
inline void begin(const Stretch& on, Index window, Work& w, const Vessel& vessel) {
    const KnownTable laws = on.setting.laws;
    for (Index law = 0; law < laws.count; ++law)
        w.books.totals[law] = conserved(on.pop, laws[law], vessel.f.size, vessel.x, vessel.f);
    constants(on.net, on.setting.begin, w.k);
    settle(on, window, vessel.x, vessel.f, w);
    changes(on, on.setting.begin, window, vessel.x, vessel.f, w);
    clear(w.most);
    follow_components(on.setting, 0.0, 0.0, vessel.x, w);
}

// Where an integration stands between two steps.
struct Position {
    double t, h, before, old_error;
    Index window, old_front, told;
};

// Keep an accepted step, and choose the next one.
inline void move_on(const Stretch& on, const Found& found, const Vessel& vessel, Work& w,
                    Position& at) {
    const Numbers x = vessel.x, f = vessel.f;
    const double end = on.setting.times[on.setting.times.size - 1];
    conserve(on.pop, on.setting.laws, w.books, found.window, w.x1, w.f1);
    const double factor = next_size(found.h, found.error, at.before, at.old_error, found.tried);
    copy(x.size, w.x1.data, x.data);
    copy(found.window, w.f1.data, f.data);
    const double t1 = at.t + 1.0000001 * found.h >= end ? end : at.t + found.h;
    follow_components(on.setting, at.t, t1, x, w);
    at.t = t1;
    at.before = found.h;
    at.old_error = larger(found.error, 1e-2);
    at.window = found.window;
    if (at.window > 0) {
        at.window = next_window(at.window, on.pop.ladders(), found.reached, at.old_front,
                                factor, f.size);
        at.old_front = found.reached;
    }
    at.h = found.h * factor;
}

// Stop a share of a step after its start.
inline void stop_inside(double share, const Step& step, Work& w) {
    between(share, step.window, step.x, step.f, step.x1, step.f1, w, step.x, w.flow);
    copy(step.window, w.flow.data, step.f.data);
}

// Integrate from time 0 and report at the setting's times; `follow` is called with every accepted
// step, before x and f move on.
template <typename Follow>
Outcome course(const Stretch& on, const Vessel& vessel, Work& w, Follow&& follow) {
    const Setting& setting = on.setting;
    const Numbers x = vessel.x, f = vessel.f;
    const double end = setting.times[setting.times.size - 1];
    Position at = {0.0, 0.0, 0.0, 1.0, starting_window(on.pop, f), front(f.size, f, 0.0), 0};
    const bool watching = watched(setting, x) > 0.0;
    Outcome done = {DONE, 0.0, 0, 0, 0, at.window};
    begin(on, at.window, w, vessel);
    at.h = first_step(setting, x, w.right);
    while (at.t < end) {
        done.reached = at.t;
        if (done.steps + done.rejected >= setting.most_steps) {
            done.ending = TOO_MANY_STEPS;
            return done;
        }
        const double h = at.t + 1.0001 * at.h >= end
                             ? end - at.t
                             : smaller(at.h, 0.5 * (end - at.t) + 0.5 * at.h);
        const Found found = take(on, at.window, at.t, h, x, f, w);
        done.rejected += found.tried - 1;
        done.worst = found.worst;
        done.window = found.window;
        if (found.ending != DONE) {
            done.ending = found.ending;
            return done;
        }
        Step step = {found.window, at.t, found.h, found.h, x, f, w.x1, w.f1};
        const double share = watching ? crossing(setting, step, w) : 2.0;
        step.taken = found.h * smaller(share, 1.0);
        follow(step, at.told);
        at.told = report(setting, at.told, step, w, vessel);
        if (done.steps < vessel.ends.size) vessel.ends[done.steps] = at.t + step.taken;
        ++done.steps;
        if (share <= 1.0) {
            stop_inside(share, step, w);
            done.ending = STOPPED;
            done.reached = at.t + step.taken;
            return done;
        }
        move_on(on, found, vessel, w, at);
        done.reached = at.t;
        if (setting.steady > 0.0) {
            changes(on, on.setting.begin + on.heating * at.t, found.window, x, f, w);
            if (steady(setting, x, w)) {
                done.ending = STEADY;
                return done;
            }
        }
    }
    copy(x.size, x.data, vessel.out_x[vessel.out_x.count - 1].data);
    if (vessel.out_f.count > 0) copy(at.window, f.data, vessel.out_f[vessel.out_f.count - 1].data);
    return done;
}

}  // namespace prenuc::PRENUC_ISA
