// Tangents of size classes: what channels and nuclei do, on a ramp too, and their elimination.
//
// `w` is the work of the tangents, `v` the integrator's own; the last axis of tangents are the
// parameters, so that one instruction serves several of them.
#pragma once

#include "linear.hpp"
#include "seeds.hpp"

namespace prenuc::PRENUC_ISA {

// Rates and classes, and their tangents, whose product moves: `leaving` is ∂β/∂Γ. When not
// `moving`, only rates do: `df` and nuclei do not count.
struct Moved {
    Index window;
    Numbers beta, leaving, r;
    Table dr;
    Numbers f;
    Table df;
    bool moving;
};

// Add N r · more, a row of tangents, of the reactions first … last − 1.
inline void carried(const RateArrays& net, Index first, Index last, Numbers r, Numbers more,
                    Table out) {
    for (Index i = first; i < last; ++i)
        for (Index m = net.changes[i]; m < net.changes[i + 1]; ++m)
            add(net.number[m] * r[i], more, out[net.changed[m]]);
}

// Set δ(α·f) and δ(β̃·f) in `up` and `down` of w; return α·f and β̃·f.
inline Passed passed_tangents(const ClassArrays& pop, const Seeds& seeds, const Moved& of,
                              TangentWork& w) {
    Passed sum = {0.0, 0.0};
    clear(w.up);
    clear(w.down);
    for (Index i = 0; i < of.window; ++i) {
        const double joins = i < of.window - 1 ? pop.alpha[i] : 0.0;
        const double many = i == 0 ? pop.units[0] : 1.0;
        sum.up += joins * of.f[i];
        sum.down += many * of.beta[i] * of.f[i];
        add(many * of.leaving[i] * of.f[i], seeds.capillarity, w.down);
        if (!of.moving) continue;
        add(joins, of.df[i], w.up);
        add(many * of.beta[i], of.df[i], w.down);
    }
    return sum;
}

// Add a weighted sum of four rows to another.
inline void add_four(Index count, const double (&by)[4], const double* RESTRICT one,
                     const double* RESTRICT two, const double* RESTRICT three,
                     const double* RESTRICT four, double* RESTRICT out) {
    for (Index c = 0; c < count; ++c)
        out[c] += by[0] * one[c] + by[1] * two[c] + (by[2] * three[c] + by[3] * four[c]);
}

// Add δ(A D_α f + B D_β f).
inline void shifted(const ClassArrays& pop, const Seeds& seeds, Paces pace, const Moved& of,
                    TangentWork& w, Table out_f) {
    const Index last = of.window - 1, count = w.a.size;
    const Numbers beta = of.beta, leaving = of.leaving, f = of.f;
    for (Index i = 0; i <= last; ++i) {
        const Index below = i > 0 ? i - 1 : 0, above = i < last ? i + 1 : last;
        const double from_below = i > 0 ? pop.alpha[below] : 0.0;
        const double joins = i < last ? pop.alpha[i] : 0.0;
        const double from_above = i < last ? beta[above] : 0.0;
        const double gained = from_below * f[below] - joins * f[i];
        const double lost = from_above * f[above] - beta[i] * f[i];
        const double curved = (i < last ? leaving[above] * f[above] : 0.0) - leaving[i] * f[i];
        const double by[4] = {gained, lost, pace.b * curved, 0.0};
        const Numbers out = out_f[i];
        add_four(count, by, w.a.data, w.b.data, seeds.capillarity.data, w.a.data, out.data);
        if (!of.moving) continue;
        add(pace.a * from_below, of.df[below], out);
        add(pace.b * from_above, of.df[above], out);
        add(-(pace.a * joins + pace.b * beta[i]), of.df[i], out);
    }
}

// Add δ of everything that channels and nuclei do: rates times classes, to components in `out` and
// to classes in `out_f`.
inline void products(const Stretch& on, const Seeds& seeds, const Moved& of, TangentWork& w,
                     Table out, Table out_f) {
    if (of.window == 0) return;
    const RateArrays& net = on.net;
    const ClassArrays& pop = on.pop;
    const Index last = of.r.size;
    const Passed sum = passed_tangents(pop, seeds, of, w);
    made(net, seeds, pop.first, pop.detaching, of.r, of.dr, sum.up, out);
    made(net, seeds, pop.detaching, last, of.r, of.dr, sum.down, out);
    carried(net, pop.first, pop.detaching, of.r, w.up, out);
    carried(net, pop.detaching, last, of.r, w.down, out);
    clear(w.a);
    clear(w.b);
    for (Index i = pop.first; i < pop.detaching; ++i) add(1.0, of.dr[i], w.a);
    for (Index i = pop.detaching; i < last; ++i) add(1.0, of.dr[i], w.b);
    shifted(pop, seeds, paces(pop, of.r), of, w, out_f);
    for (Index i = 0; of.moving && i < pop.sources.size; ++i) {
        const Index group = pop.group[i], source = pop.sources[i];
        for (Index side = 0; side < 2; ++side) {
            const Numbers row = out_f[pop.lower[group] + side];
            add(pop.share[group][side], of.dr[source], row);
            add(of.r[source], seeds.share[group][side], row);
        }
    }
}

// Set ∂β/∂Γ.
inline void curved_detachment(const ClassArrays& pop, double temperature, Index window,
                              Numbers beta, Numbers out) {
    for (Index i = 0; i < window; ++i) out[i] = beta[i] * pop.edge[i] / temperature;
}

// Add what β does on a ramp to δ(∂F/∂t): its own rate of change times all that leaves.
inline void warming_detachment(const Stretch& on, const Seeds& seeds, double per, Index window,
                               Numbers f, TangentWork& w, Work& v) {
    const ClassArrays& pop = on.pop;
    for (Index i = 0; i < window; ++i) {
        const double rate = -pop.edge[i] * per;
        w.warmed[i] = rate * (v.beta[i] + pop.capillarity * w.leaving[i]);
        v.other[i] = rate * pop.capillarity * v.beta[i];
    }
    clear(w.bent);
    clear(v.pace);
    for (Index i = pop.detaching; i < w.r0.size; ++i) {
        v.pace[i] = w.r0[i];
        copy(w.a.size, w.dr0[i].data, w.bent[i].data);
    }
    const Moved of = {window, v.other, w.warmed, v.pace, w.bent, f, w.df, true};
    products(on, seeds, of, w, w.drift, w.ramp);
}

// Set δ(∂F/∂t) of a ramp.
inline void warming_tangents(const Stretch& on, const Seeds& seeds, double temperature,
                             Index window, Numbers f, TangentWork& w, Work& v) {
    clear(w.drift);
    clear(w.ramp);
    clear(w.bent);
    const double per = on.heating / (temperature * temperature);
    for (Index i = 0; i < w.r0.size; ++i) {
        v.pace[i] = w.r0[i] * on.net.energy[i] * per;
        add(on.net.energy[i] * per, w.dr0[i], w.bent[i]);
    }
    for (Index q = 0; q < seeds.reaction.size; ++q) {
        const Index i = seeds.reaction[q];
        if (seeds.factor[q] == CONSTANT)
            w.bent[i][seeds.parameter[q]] += w.r0[i] * seeds.energy[q] * per;
    }
    made(on.net, seeds, 0, on.pop.first, v.pace, w.bent, 1.0, w.drift);
    const Moved of = {window, v.beta, w.leaving, v.pace, w.bent, f, w.df, true};
    products(on, seeds, of, w, w.drift, w.ramp);
    if (window > 0 && on.pop.capillarity != 0.0)
        warming_detachment(on, seeds, per, window, f, w, v);
}

// Set y_i pivot − outward y_next, all parameters of a class.
inline void outwards(Index count, double pivot, double outward, const double* RESTRICT next,
                     double* RESTRICT y) {
    for (Index c = 0; c < count; ++c) y[c] = y[c] * pivot - outward * next[c];
}

// Solve T y = right for all parameters and bring α·y and β̃·y to the components.
inline void eliminate_classes(const ClassArrays& pop, Index window, TangentWork& w, Work& v) {
    const Factored& t = v.t;
    const Table y = w.right_f;
    const Index middle = window / 2, last = window - 1, count = w.a.size;
    clear(w.up);
    clear(w.down);
    for (Index i = 1; i < middle; ++i) add(-t.inward[i], y[i - 1], y[i]);
    for (Index i = last - 1; i > middle; --i) add(-t.inward[i], y[i + 1], y[i]);
    add(-t.inward[middle], y[middle - 1], y[middle]);
    add(-t.from_right, y[middle + 1], y[middle]);
    scale_by(t.pivot[middle], y[middle]);
    for (Index i = middle - 1; i >= 0; --i)
        outwards(count, t.pivot[i], t.outward[i], y[i + 1].data, y[i].data);
    for (Index i = middle + 1; i < window; ++i)
        outwards(count, t.pivot[i], t.outward[i], y[i - 1].data, y[i].data);
    for (Index i = 0; i < window; ++i) {
        if (i < last) add(pop.alpha[i], y[i], w.up);
        add(v.beta[i] * (i == 0 ? pop.units[0] : 1.0), y[i], w.down);
    }
    for (Index i = 0; i < v.up.size; ++i) {
        add(v.up[i], w.up, w.right[i]);
        add(v.down[i], w.down, w.right[i]);
    }
}

// Set δu of the classes from y and from that of the components.
inline void return_classes(Index window, Index stage, TangentWork& w, Work& v) {
    const Table u = w.ux[stage], moved = w.uf[stage];
    copy(window * moved.width, w.right_f.data, moved.data);
    for (Index column = 0; column < v.rows.count; ++column) {
        if (still(v.rows[column])) continue;
        clear(w.share);
        for (Index j = 0; j < u.count; ++j) add(v.rows[column][j], u[j], w.share);
        for (Index i = 0; i < window; ++i) add(v.columns[column][i], w.share, moved[i]);
    }
}

}  // namespace prenuc::PRENUC_ISA
