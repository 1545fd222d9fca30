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

constexpr Index FOUR = 4;  // classes whose tangents are summed in one pass

// Add a weighted sum of four rows to one row, and another to another.
inline void add_four(Index count, const double (&by)[FOUR], const double (&other_by)[FOUR],
                     const double* RESTRICT rows, double* RESTRICT out, double* RESTRICT other) {
    const double *RESTRICT one = rows, *RESTRICT two = rows + count;
    const double *RESTRICT three = two + count, *RESTRICT four = three + count;
    for (Index c = 0; c < count; ++c) {
        out[c] += (by[0] * one[c] + by[1] * two[c]) + (by[2] * three[c] + by[3] * four[c]);
        other[c] += (other_by[0] * one[c] + other_by[1] * two[c]) +
                    (other_by[2] * three[c] + other_by[3] * four[c]);
    }
}

// Add δ(α·y) and δ(β̃·y) of rows of tangents to two rows.
inline void add_passed(const ClassArrays& pop, Index window, Numbers beta, Table rows, Numbers up,
                       Numbers down) {
    const Index last = window - 1;
    for (Index first = 0; first < window; first += FOUR) {
        const Index some = smaller(FOUR, window - first);
        double joins[FOUR] = {}, leaves[FOUR] = {};
        for (Index k = 0; k < some; ++k) {
            const Index i = first + k;
            joins[k] = i < last ? pop.alpha[i] : 0.0;
            leaves[k] = beta[i] * (i == 0 ? pop.units[0] : 1.0);
        }
        const double* here = rows[first].data;
        if (some == FOUR) {
            add_four(rows.width, joins, leaves, here, up.data, down.data);
            continue;
        }
        for (Index k = 0; k < some; ++k)
            add_both(rows.width, joins[k], leaves[k], here + k * rows.width, up.data, down.data);
    }
}

// Set δ(α·f) and δ(β̃·f) in `up` and `down` of w; return α·f and β̃·f.
inline Passed passed_tangents(const ClassArrays& pop, const Seeds& seeds, const Moved& of,
                              TangentWork& w) {
    const Index last = of.window - 1;
    const double fewest = pop.units[0] - 1.0;
    const double curved = dot(of.window, of.leaving.data, of.f.data) +
                          fewest * of.leaving[0] * of.f[0];
    clear(w.up);
    clear(w.down);
    add(curved, seeds.capillarity, w.down);
    if (of.moving) add_passed(pop, of.window, of.beta, of.df, w.up, w.down);
    return {dot(last, pop.alpha.data, of.f.data),
            dot(of.window, of.beta.data, of.f.data) + fewest * of.beta[0] * of.f[0]};
}

// What the sums over channels and Γ move in one class.
struct ClassMove {
    double by_a, by_b, by_capillarity;
};

// Add to the tangents of a class what the sums over channels and Γ move.
inline void add_move(const ClassMove& move, const TangentWork& w, Known capillarity_,
                     double* RESTRICT out) {
    const double *RESTRICT a = w.a.data, *RESTRICT b = w.b.data;
    const double* RESTRICT capillarity = capillarity_.data;
    for (Index c = 0; c < w.a.size; ++c)
        out[c] += move.by_a * a[c] + move.by_b * b[c] + move.by_capillarity * capillarity[c];
}

// The same, and what the tangents of the class and of its neighbours do.
inline void add_neighbours(const ClassMove& move, const TangentWork& w, Known capillarity_,
                           const double (&by)[3], const double* RESTRICT below,
                           const double* RESTRICT here, const double* RESTRICT above,
                           double* RESTRICT out) {
    const double *RESTRICT a = w.a.data, *RESTRICT b = w.b.data;
    const double* RESTRICT capillarity = capillarity_.data;
    for (Index c = 0; c < w.a.size; ++c) {
        const double moved =
            move.by_a * a[c] + move.by_b * b[c] + move.by_capillarity * capillarity[c];
        out[c] += moved + (by[0] * below[c] + by[1] * here[c] + by[2] * above[c]);
    }
}

// Add δ(A D_α f + B D_β f).
inline void shifted(const ClassArrays& pop, const Seeds& seeds, Paces pace, const Moved& of,
                    TangentWork& w, Table out_f) {
    const Index last = of.window - 1;
    const Numbers beta = of.beta, leaving = of.leaving, f = of.f;
    for (Index i = 0; i <= last; ++i) {
        const Index below = i > 0 ? i - 1 : 0, above = i < last ? i + 1 : last;
        const double from_below = i > 0 ? pop.alpha[below] : 0.0;
        const double joins = i < last ? pop.alpha[i] : 0.0;
        const double from_above = i < last ? beta[above] : 0.0;
        const double curved = (i < last ? leaving[above] * f[above] : 0.0) - leaving[i] * f[i];
        const ClassMove move = {from_below * f[below] - joins * f[i],
                                from_above * f[above] - beta[i] * f[i], pace.b * curved};
        double* out = out_f[i].data;
        if (!of.moving) {
            add_move(move, w, seeds.capillarity, out);
            continue;
        }
        const double by[3] = {pace.a * from_below, -(pace.a * joins + pace.b * beta[i]),
                              pace.b * from_above};
        add_neighbours(move, w, seeds.capillarity, by, of.df[below].data, of.df[i].data,
                       of.df[above].data, out);
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
    add_passed(pop, window, v.beta, y, w.up, w.down);
    for (Index i = 0; i < v.up.size; ++i) {
        add(v.up[i], w.up, w.right[i]);
        add(v.down[i], w.down, w.right[i]);
    }
}

// Set y + z_0 (G δu_x)_0 + z_1 (G δu_x)_1 of one class.
inline void return_class(Index count, const double* RESTRICT y, double z0, double z1,
                         const double* RESTRICT share0, const double* RESTRICT share1,
                         double* RESTRICT out) {
    for (Index c = 0; c < count; ++c) out[c] = y[c] + (z0 * share0[c] + z1 * share1[c]);
}

// Set δu of the classes from y and from that of the components.
inline void return_classes(Index window, Index stage, TangentWork& w, Work& v) {
    const Table u = w.ux[stage], moved = w.uf[stage];
    const Index columns = v.rows.count;
    clear(w.share);
    for (Index c = 0; c < columns; ++c)
        for (Index j = 0; j < u.count; ++j)
            if (v.rows[c][j] != 0.0) add(v.rows[c][j], u[j], w.share[c]);
    const bool joined = !still(v.rows[0]), left = !still(v.rows[1]);  // else z is not there
    for (Index i = 0; i < window; ++i)
        return_class(moved.width, w.right_f[i].data, joined ? v.columns[0][i] : 0.0,
                     left ? v.columns[1][i] : 0.0, w.share[0].data, w.share[1].data,
                     moved[i].data);
    for (Index c = 2; c < columns; ++c) {
        if (still(v.rows[c])) continue;
        for (Index i = 0; i < window; ++i) add(v.columns[c][i], w.share[c], moved[i]);
    }
}

}  // namespace prenuc::PRENUC_ISA
