// Tangents of size classes: what channels and nuclei do, on a ramp too, and their elimination.
//
// `w` is the work of the tangents, `v` the integrator's own; the last axis of tangents are the
// parameters, so that one instruction serves several of them.
#pragma once

#include "linear.hpp"
#include "seeds.hpp"

namespace prenuc::PRENUC_ISA {

// Rates and classes, and their tangents, whose product moves; `psi` is δψ of every ladder. When not
// `moving`, only rates and β do: `df` and nuclei do not count; when not `attaching`, what joins
// does not.
struct Moved {
    Index window;
    Table beta, psi;
    Numbers r;
    Table dr;
    Numbers f;
    Table df;
    bool moving, attaching;
};

// Add N r · more, a row of tangents, of one reaction.
inline void carried(const RateArrays& net, Index i, Numbers r, Numbers more, Table out) {
    for (Index m = net.changes[i]; m < net.changes[i + 1]; ++m)
        add(net.number[m] * r[i], more, out[net.changed[m]]);
}

constexpr Index FOUR = 4;  // classes whose tangents are summed in one pass

// Add a weighted sum of four rows, `stride` numbers apart, to one row, and another to another.
inline void add_four(Index count, Index stride, const double (&by)[FOUR],
                     const double (&other_by)[FOUR], const double* RESTRICT rows,
                     double* RESTRICT out, double* RESTRICT other) {
    const double *RESTRICT one = rows, *RESTRICT two = rows + stride;
    const double *RESTRICT three = two + stride, *RESTRICT four = three + stride;
    for (Index c = 0; c < count; ++c) {
        out[c] += (by[0] * one[c] + by[1] * two[c]) + (by[2] * three[c] + by[3] * four[c]);
        other[c] += (other_by[0] * one[c] + other_by[1] * two[c]) +
                    (other_by[2] * three[c] + other_by[3] * four[c]);
    }
}

// Add δ(α·y) and δ(β̃·y) of one group, for rows of tangents, to two rows.
inline void add_sums(const ClassArrays& pop, Index window, Index group, Table beta, Table rows,
                     Numbers up, Numbers down) {
    const Index ladders = pop.ladders(), last = window / ladders - 1;
    for (Index first = 0; first <= last; first += FOUR) {
        const Index some = smaller(FOUR, last + 1 - first);
        double joins[FOUR] = {}, leaves[FOUR] = {};
        for (Index k = 0; k < some; ++k) {
            const Index i = first + k;
            joins[k] = i < last ? pop.alpha[group][i] : 0.0;
            leaves[k] = beta[group][i] * (i == 0 ? pop.units[0] : 1.0);
        }
        const Index stride = ladders * rows.width;
        const double* here = rows.data + first * stride + pop.ladder[group] * rows.width;
        if (some == FOUR) {
            add_four(rows.width, stride, joins, leaves, here, up.data, down.data);
            continue;
        }
        for (Index k = 0; k < some; ++k)
            add_both(rows.width, joins[k], leaves[k], here + k * stride, up.data, down.data);
    }
}

// Add δ of the surface of every ladder to the component that stands for it.
inline void shifted_surface(const ClassArrays& pop, Index window, Table df, Table out) {
    const Index ladders = pop.ladders();
    for (Index l = 0; l < ladders; ++l)
        for (Index i = l; i < window && pop.surface[l] >= 0; i += ladders)
            add(pop.area[i / ladders], df[i], out[pop.surface[l]]);
}

// Add P δ(w·y), for rows of tangents y, to components.
inline void add_pushed(const ClassArrays& pop, Index window, Table y, TangentWork& w, Work& v) {
    const Index groups = pop.groups();
    clear(w.passed);
    for (Index g = 0; g < groups; ++g)
        add_sums(pop, window, g, v.beta, y, w.passed[g], w.passed[groups + g]);
    for (Index b = 0; b < 2 * groups; ++b)
        for (Index i = 0; i < v.push.width; ++i)
            if (v.push[b][i] != 0.0) add(v.push[b][i], w.passed[b], w.right[i]);
    shifted_surface(pop, window, y, w.right);
}

// Σ β̃ (n^(2/3) − (n − 1)^(2/3)) f of a group.
inline double tilted_sum(const ClassArrays& pop, Index group, const Moved& of) {
    const Index ladders = pop.ladders(), rows = of.window / ladders;
    const Numbers beta = of.beta[group];
    const double* f = of.f.data + pop.ladder[group];
    double total = (pop.units[0] - 1.0) * beta[0] * pop.edge[0] * f[0];
    for (Index i = 0; i < rows; ++i) total += beta[i] * pop.edge[i] * f[i * ladders];
    return total;
}

// Set δ of the sums of equation (3) of classes.hpp; those themselves stand in v.passed.
inline void passed_tangents(const ClassArrays& pop, const Moved& of, TangentWork& w, Work& v) {
    const Index groups = pop.groups();
    clear(w.passed);
    pass(pop, of.window, of.beta, of.f.data, v.passed);
    for (Index g = 0; g < groups; ++g) {
        add(tilted_sum(pop, g, of), of.psi[pop.ladder[g]], w.passed[groups + g]);
        if (of.moving)
            add_sums(pop, of.window, g, of.beta, of.df, w.passed[g], w.passed[groups + g]);
    }
}

// What A and B of a group move in one class, and ψ of its ladder.
struct ClassMove {
    double by_a, by_b, by_psi;
};

// Add to the tangents of a class what A, B and ψ move.
inline void add_move(Index count, const ClassMove& move, const double* RESTRICT a,
                     const double* RESTRICT b, const double* RESTRICT psi, double* RESTRICT out) {
    for (Index c = 0; c < count; ++c)
        out[c] += move.by_a * a[c] + move.by_b * b[c] + move.by_psi * psi[c];
}

// What the tangents of a class and of its neighbours move in it, and these.
struct Neighbours {
    double by_below, by_here, by_above;
    const double *below, *here, *above;
};

// The same as `add_move`, and what the tangents of the class and of its neighbours do.
inline void add_move_and_neighbours(Index count, const ClassMove& move, const double* RESTRICT a,
                                    const double* RESTRICT b, const double* RESTRICT psi,
                                    const Neighbours& of, double* RESTRICT out) {
    const double *RESTRICT below = of.below, *RESTRICT here = of.here, *RESTRICT above = of.above;
    for (Index c = 0; c < count; ++c) {
        const double moved = move.by_a * a[c] + move.by_b * b[c] + move.by_psi * psi[c];
        out[c] += moved + (of.by_below * below[c] + of.by_here * here[c] + of.by_above * above[c]);
    }
}

// The neighbours of class i.
PRENUC_INLINE Neighbours neighbours(Index i, Index ladders, const Moved& of, const Slide& by) {
    const bool lowest = i < ladders, highest = i >= of.window - ladders;
    const Index below = lowest ? i : i - ladders, above = highest ? i : i + ladders;
    const double leaves = by.b * by.down[i], joins = highest ? 0.0 : by.a * by.up[i];
    return {lowest ? 0.0 : by.a * by.up[below], -(joins + leaves),
            highest ? 0.0 : by.b * by.down[above], of.df[below].data, of.df[i].data,
            of.df[above].data};
}

// What A, B and ψ move in class `row` of the ladder of a group.
PRENUC_INLINE ClassMove class_move(const ClassArrays& pop, Index group, double b, const Moved& of,
                            Index row) {
    const Index ladders = pop.ladders(), last = of.window / ladders - 1;
    const Known alpha = pop.alpha[group];
    const Numbers beta = of.beta[group];
    const double* f = of.f.data + pop.ladder[group];
    const double here = f[row * ladders];
    ClassMove move = {0.0, -beta[row] * here, -b * beta[row] * pop.edge[row] * here};
    if (row < last) {
        const double above = f[(row + 1) * ladders];
        move.by_a -= alpha[row] * here;
        move.by_b += beta[row + 1] * above;
        move.by_psi += b * beta[row + 1] * pop.edge[row + 1] * above;
    }
    if (row > 0) move.by_a += alpha[row - 1] * f[(row - 1) * ladders];
    return move;
}

// Whether a group is the first of its ladder.
inline bool leads(const ClassArrays& pop, Index group) {
    for (Index g = 0; g < group; ++g)
        if (pop.ladder[g] == pop.ladder[group]) return false;
    return true;
}

// Add δ(D_ρ f + D_φ f); A and B stand in v.joined and v.left. What neighbours do goes along with
// the first group of each ladder.
inline void shifted(const ClassArrays& pop, const Moved& of, const Slide& by, TangentWork& w,
                    Work& v, Table out_f) {
    const Index ladders = pop.ladders(), rows = of.window / ladders, count = w.a.width;
    for (Index g = 0; g < pop.groups(); ++g) {
        const bool first = of.moving && leads(pop, g);
        const Index l = pop.ladder[g];
        const double *a = w.a[g].data, *b = w.b[g].data, *psi = of.psi[l].data;
        for (Index row = 0; row < rows; ++row) {
            const Index i = row * ladders + l;
            const ClassMove move = class_move(pop, g, v.left[g], of, row);
            if (first)
                add_move_and_neighbours(count, move, a, b, psi, neighbours(i, ladders, of, by),
                                        out_f[i].data);
            else
                add_move(count, move, a, b, psi, out_f[i].data);
        }
    }
}

// Add δ of what channels do to components, for δ of the sums that stand in w.passed.
inline void shifted_channels(const Stretch& on, const Seeds& seeds, const Moved& of,
                             TangentWork& w, Work& v, Table out) {
    const ClassArrays& pop = on.pop;
    for (Index i = of.attaching ? pop.first : pop.detaching; i < of.r.size; ++i) {
        const Index sum = sum_of(pop, i);
        made(on.net, seeds, i, i + 1, of.r, of.dr, v.passed[sum], out);
        carried(on.net, i, of.r, w.passed[sum], out);
    }
}

// Add δ of what nuclei do to classes.
inline void shifted_nuclei(const ClassArrays& pop, const Seeds& seeds, const Moved& of,
                           Table out_f) {
    for (Index i = 0; i < pop.sources.size; ++i) {
        const Index nucleus = pop.nucleus[i], source = pop.sources[i];
        for (Index side = 0; side < 2; ++side) {
            const Numbers row = out_f[pop.lower[nucleus] + side * pop.ladders()];
            add(pop.share[nucleus][side], of.dr[source], row);
            add(of.r[source], seeds.share[nucleus][side], row);
        }
    }
}

// Add δ of everything that channels and nuclei do: rates times classes, to components in `out` and
// to classes in `out_f`.
inline void products(const Stretch& on, const Seeds& seeds, const Moved& of, TangentWork& w,
                     Work& v, Table out, Table out_f) {
    if (of.window == 0) return;
    const ClassArrays& pop = on.pop;
    passed_tangents(pop, of, w, v);
    shifted_channels(on, seeds, of, w, v, out);
    clear(w.a);
    clear(w.b);
    for (Index i = of.attaching ? pop.first : pop.detaching; i < of.r.size; ++i)
        add(1.0, of.dr[i], (i < pop.detaching ? w.a : w.b)[pop.channel[i - pop.first]]);
    paces(pop, of.r, of.attaching, v);
    const Slide by =
        slide(pop, of.window, v.joined, v.left, of.beta, v.stage_rise, v.stage_fall);
    shifted(pop, of, by, w, v, out_f);
    if (of.moving && of.attaching) shifted_nuclei(pop, seeds, of, out_f);
}

// Set δψ of every ladder.
inline void tension_tangents(const ClassArrays& pop, const Seeds& seeds, double temperature,
                             Numbers x, Table dx, Table out) {
    clear(out);
    for (Index l = 0; l < pop.ladders(); ++l) {
        add(1.0 / temperature, seeds.capillarity[l], out[l]);
        const Index cover = pop.cover[l];
        if (cover < 0) continue;
        add(-std::log(x[cover]), seeds.sites[l], out[l]);
        add(-pop.sites[l] / x[cover], dx[cover], out[l]);
    }
}

// Add δ of what a change `tilt` of ψ moves, whose own δ is `dtilt`: of rates and classes as at the
// step's start.
inline void tilted_products(const Stretch& on, const Seeds& seeds, Index window, Numbers f,
                            TangentWork& w, Work& v, Table out, Table out_f) {
    const ClassArrays& pop = on.pop;
    tilt_detachment(pop, window, v.beta, v.tilted_beta);
    clear(w.bent);
    for (Index i = pop.detaching; i < w.r0.size; ++i) {
        const Index l = pop.ladder[pop.channel[i - pop.first]];
        v.pace[i] = w.r0[i] * w.tilt[l];
        add(w.tilt[l], w.dr0[i], w.bent[i]);
        add(w.r0[i], w.dtilt[l], w.bent[i]);
    }
    const Moved of = {window, v.tilted_beta, w.psi, v.pace, w.bent, f, w.df, true, false};
    products(on, seeds, of, w, v, out, out_f);
}

// Set Dψ[u] of a stage in `tilt`; return whether any β looks at a component.
inline bool tilt_along(const ClassArrays& pop, const Seeds& seeds, Numbers x, Numbers u,
                       TangentWork& w) {
    bool any = false;
    clear(w.tilt);
    clear(w.dtilt);
    for (Index l = 0; l < pop.ladders(); ++l) {
        const Index cover = pop.cover[l];
        if (cover < 0) continue;
        const double along = u[cover] / x[cover];
        w.tilt[l] = -pop.sites[l] * along;
        add(-along, seeds.sites[l], w.dtilt[l]);
        add(pop.sites[l] * along / x[cover], w.dx[cover], w.dtilt[l]);
        any = true;
    }
    return any;
}

// Set δ(∂F/∂t) of a ramp.
inline void warming_tangents(const Stretch& on, const Seeds& seeds, double temperature,
                             Index window, Numbers f, TangentWork& w, Work& v) {
    const ClassArrays& pop = on.pop;
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
    made(on.net, seeds, 0, pop.first, v.pace, w.bent, 1.0, w.drift);
    const Moved of = {window, v.beta, w.psi, v.pace, w.bent, f, w.df, true, true};
    products(on, seeds, of, w, v, w.drift, w.ramp);
    if (window == 0) return;
    clear(w.dtilt);
    for (Index l = 0; l < pop.ladders(); ++l) {
        w.tilt[l] = -pop.capillarity[l] * per;
        add(-per, seeds.capillarity[l], w.dtilt[l]);
    }
    tilted_products(on, seeds, window, f, w, v, w.drift, w.ramp);
}

// Set y_i pivot − outward y_next, all parameters of a class.
inline void step_outwards(Index count, double pivot, double outward, const double* RESTRICT next,
                          double* RESTRICT y) {
    for (Index c = 0; c < count; ++c) y[c] = y[c] * pivot - outward * next[c];
}

// Solve T y = y of one ladder for all parameters.
inline void eliminate_ladder(Index rows, Index stride, Index ladder, const Factored& t, Table y) {
    const Index middle = rows / 2, last = rows - 1, count = y.width;
    const auto at = [&](Index row) { return row * stride + ladder; };
    for (Index i = 1; i < middle; ++i) add(-t.inward[at(i)], y[at(i - 1)], y[at(i)]);
    for (Index i = last - 1; i > middle; --i) add(-t.inward[at(i)], y[at(i + 1)], y[at(i)]);
    const Index centre = at(middle);
    add(-t.inward[centre], y[at(middle - 1)], y[centre]);
    add(-t.from_right[ladder], y[at(middle + 1)], y[centre]);
    scale_by(t.pivot[centre], y[centre]);
    for (Index i = middle - 1; i >= 0; --i)
        step_outwards(count, t.pivot[at(i)], t.outward[at(i)], y[at(i + 1)].data, y[at(i)].data);
    for (Index i = middle + 1; i < rows; ++i)
        step_outwards(count, t.pivot[at(i)], t.outward[at(i)], y[at(i - 1)].data, y[at(i)].data);
}

// Solve T y = right for all parameters and bring P (w·y) to the components.
inline void eliminate_classes(const ClassArrays& pop, Index window, TangentWork& w, Work& v) {
    const Index ladders = pop.ladders();
    for (Index l = 0; l < ladders; ++l)
        eliminate_ladder(window / ladders, ladders, l, v.t, w.right_f);
    add_pushed(pop, window, w.right_f, w, v);
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
    const Index second = columns > 1 ? 1 : 0;
    const bool one = !still(v.rows[0]), other = second > 0 && !still(v.rows[1]);  // else z is not there
    for (Index i = 0; i < window; ++i)
        return_class(moved.width, w.right_f[i].data, one ? v.columns[0][i] : 0.0,
                     other ? v.columns[second][i] : 0.0, w.share[0].data, w.share[second].data,
                     moved[i].data);
    for (Index c = 2; c < columns; ++c) {
        if (still(v.rows[c])) continue;
        for (Index i = 0; i < window; ++i) add(v.columns[c][i], w.share[c], moved[i]);
    }
}

}  // namespace prenuc::PRENUC_ISA
