// The right-hand side of a network with its size classes, and the linear systems of a step.
//
// The systems are equations (4) to (6) of classes.hpp.
#pragma once

#include "classes.hpp"
#include "elimination.hpp"
#include "network.hpp"
#include "tableau.hpp"

namespace prenuc::PRENUC_ISA {

// Set A and B of every group; without `attaching` all A are zero.
inline void paces(const ClassArrays& pop, Numbers r, bool attaching, Work& w) {
    clear(w.joined);
    clear(w.left);
    for (Index i = pop.first; i < pop.detaching && attaching; ++i)
        w.joined[pop.channel[i - pop.first]] += r[i];
    for (Index i = pop.detaching; i < r.size; ++i) w.left[pop.channel[i - pop.first]] += r[i];
}

// The place among the sums of equation (3) that the rate of a channel is multiplied with.
inline Index sum_of(const ClassArrays& pop, Index reaction) {
    const Index group = pop.channel[reaction - pop.first];
    return reaction < pop.detaching ? group : pop.groups() + group;
}

// Set A and B of every way, and the nuclei of the smallest size that begin on it.
inline void way_paces(const Stretch& on, Numbers r, Work& w) {
    const ClassArrays& pop = on.pop;
    const RateArrays& net = on.net;
    clear(w.joining);
    clear(w.leaving);
    clear(w.entering);
    for (Index i = pop.first; i < r.size; ++i)
        (i < pop.detaching ? w.joining : w.leaving)[net.way[i - pop.first]] += r[i];
    for (Index i = 0; i < pop.sources.size; ++i)
        if (net.enters[i] >= 0) w.entering[net.enters[i]] += r[pop.sources[i]];
}

// Add to moves what the ways of a group do, which in sum is `total`: all but the one that does most
// by its own two sums, and that one the rest, so that no unit comes from rounding.
inline void group_moves(const Stretch& on, Index group, double total, Numbers passed, Work& w) {
    const ClassArrays& pop = on.pop;
    const PlaceTable ways = on.net.ways;
    const double up = passed[group], down = passed[pop.groups() + group], units = pop.units[0];
    Index busiest = -1;
    double most = -1.0;
    for (Index i = 0; i < ways.count; ++i) {
        const double both = w.joining[i] * up + w.leaving[i] * down + units * w.entering[i];
        if (ways[i][0] != group || !(both > most)) continue;
        busiest = i;
        most = both;
    }
    for (Index i = 0; i < ways.count; ++i) {
        if (ways[i][0] != group || i == busiest) continue;
        const double own = w.joining[i] * up - w.leaving[i] * down + units * w.entering[i];
        w.moved[ways[i][1]] += on.net.toward[i] * own;
        total -= own;
    }
    if (busiest >= 0) w.moved[ways[busiest][1]] += on.net.toward[busiest] * total;
}

// Add what nuclei and channels do to moves and classes, equations (1) and (3).
inline void dots_side(const Stretch& on, Index window, Numbers r, Table beta, Numbers f, Work& w,
                      Numbers out_f) {
    const ClassArrays& pop = on.pop;
    way_paces(on, r, w);
    pass(pop, window, beta, f.data, w.passed);
    for (Index g = 0; g < pop.groups(); ++g) {
        double a = 0.0, b = 0.0, entering = 0.0;
        for (Index i = 0; i < on.net.ways.count; ++i) {
            if (on.net.ways[i][0] != g) continue;
            a += w.joining[i];
            b += w.leaving[i];
            entering += w.entering[i];
        }
        const double gained =
            group_flows(pop, window, g, a, b, entering, beta[g], f, w.held, out_f);
        group_moves(on, g, gained, w.passed, w);
    }
    for (Index i = 0; i < pop.sources.size; ++i) {
        if (on.net.enters[i] >= 0) continue;
        const Index nucleus = pop.nucleus[i], place = pop.lower[nucleus];
        out_f[place] += pop.share[nucleus][0] * r[pop.sources[i]];
        out_f[place + pop.ladders()] += pop.share[nucleus][1] * r[pop.sources[i]];
    }
}

// Set dx/dt and add df/dt for given rates.
inline void right_side(const Stretch& on, Index window, Numbers r, Table beta, Numbers f, Work& w,
                       Numbers out_x, Numbers out_f) {
    const ClassArrays& pop = on.pop;
    network_moves(on.net, r, w.moved);
    if (window > 0) dots_side(on, window, r, beta, f, w, out_f);
    moved_change(on.net, w.moved, out_x);
    for (Index l = 0; l < pop.ladders() && window > 0; ++l)
        if (pop.surface[l] >= 0) out_x[pop.surface[l]] += w.passed[2 * pop.groups() + l];
}

// Add scale · ∂(N r)/∂x of a channel.
inline void channel_jacobian(const RateArrays& net, const SparseArrays& plan, Index i, Numbers s,
                             double scale, Numbers values) {
    for (Index m = net.changes[i]; m < net.changes[i + 1]; ++m) {
        const Places row = plan.place[net.changed[m]];
        const double number = scale * net.number[m];
        for (Index f = net.factors[i]; f < net.factors[i + 1]; ++f)
            for (Index p = net.pools[f]; p < net.pools[f + 1]; ++p)
                values[row[net.member[p]]] += number * s[f] * net.weight[p];
    }
}

// Set β of a state.
inline void begin_detachment(const ClassArrays& pop, double temperature, Index window, Numbers x,
                             Work& w) {
    tensions(pop, temperature, x, w.psi);
    detachment(pop, window, w.psi, w.held, w.beta);
    w.known_window = window;
}

// Set β ∘ (n^(2/3) − (n − 1)^(2/3)) of all groups, which is ∂β/∂ψ.
inline void tilt_detachment(const ClassArrays& pop, Index window, Table beta, Table out) {
    const Index rows = window / pop.ladders();
    for (Index g = 0; g < pop.groups(); ++g)
        reached_products(pop, g, rows, beta[g].data, pop.edge.data, out[g].data);
}

// Set ∂f'/∂ψ among the sources and ∂x'/∂ψ of the ladders whose β changes.
inline void linearise_tension(const Stretch& on, Index window, Numbers f, Work& w) {
    const ClassArrays& pop = on.pop;
    const Index ladders = pop.ladders(), first = 2 * pop.groups();
    tilt_detachment(pop, window, w.beta, w.tilted_beta);
    paces(pop, w.r, false, w);
    clear(window, w.flow.data);
    for (Index g = 0; g < pop.groups(); ++g)
        group_flows(pop, window, g, 0.0, w.left[g], 0.0, w.tilted_beta[g], f, w.held, w.flow);
    pass(pop, window, w.tilted_beta, f.data, w.passed);
    clear(w.tilt);
    for (Index i = pop.detaching; i < w.r.size; ++i) {
        const Index sum = sum_of(pop, i);
        change(on.net, i, i + 1, w.r, w.passed[sum], w.tilt[pop.ladder[sum - pop.groups()]]);
    }
    for (Index l = 0; l < ladders; ++l) {
        clear(window, w.sources[first + l].data);
        for (Index i = l; i < window; i += ladders) w.sources[first + l][i] = w.flow[i];
    }
}

// Add what polynomials of ligands do: ∂ψ/∂x among the rows, and in the matrix.
inline void linearise_cover(const Stretch& on, Numbers x, Work& w) {
    const ClassArrays& pop = on.pop;
    for (Index l = 0; l < pop.ladders(); ++l) {
        const Index cover = pop.cover[l];
        if (cover < 0) continue;
        const double slope = -pop.sites[l] / larger(x[cover], 1e-300);
        w.rows[2 * pop.groups() + l][cover] = slope;
        for (Index i = 0; i < x.size; ++i)
            if (w.tilt[l][i] != 0.0) w.matrix[on.plan.place[i][cover]] += w.tilt[l][i] * slope;
    }
}

// Set D_α f and D_β f of every group among the sources.
inline void linearise_groups(const ClassArrays& pop, Index window, Numbers f, Work& w) {
    const Index groups = pop.groups();
    for (Index g = 0; g < groups; ++g) {
        const Numbers up = w.sources[g], down = w.sources[groups + g];
        clear(window, up.data);
        clear(window, down.data);
        group_flows(pop, window, g, 1.0, 0.0, 0.0, w.beta[g], f, w.held, up);
        group_flows(pop, window, g, 0.0, 1.0, 0.0, w.beta[g], f, w.held, down);
    }
}

// Set p and q of every group, and the rows that stand for the surface of a ladder.
inline void linearise_pushes(const Stretch& on, Work& w) {
    const ClassArrays& pop = on.pop;
    clear(w.push);
    for (Index i = pop.first; i < w.r.size; ++i)
        change(on.net, i, i + 1, w.r, 1.0, w.push[sum_of(pop, i)]);
    for (Index l = 0; l < pop.ladders(); ++l)
        if (pop.surface[l] >= 0) w.push[2 * pop.groups() + l][pop.surface[l]] = 1.0;
}

// Set slopes, J of the network, the rows G, the pushes and the columns v at the start of a step.
inline void linearise(const Stretch& on, Index window, Numbers x, Numbers f, Work& w) {
    const RateArrays& net = on.net;
    const ClassArrays& pop = on.pop;
    slopes(net, x, w.k, w.r, w.s);
    assemble(on.plan.network, w.s, w.matrix);
    if (window == 0) return;
    clear(w.rows);
    const bool tense = any_changing(pop, on.heating);
    if (tense) linearise_tension(on, window, f, w);
    if (tense) linearise_cover(on, x, w);
    linearise_groups(pop, window, f, w);
    pass(pop, window, w.beta, f.data, w.passed);
    for (Index i = pop.first; i < w.r.size; ++i) {
        channel_jacobian(net, on.plan, i, w.s, w.passed[sum_of(pop, i)], w.matrix);
        gradient(net, i, w.s, 1.0, w.rows[sum_of(pop, i)]);
    }
    for (Index i = 0; i < pop.sources.size; ++i)
        gradient(net, pop.sources[i], w.s, 1.0,
                 w.rows[2 * pop.groups() + pop.ladders() + pop.nucleus[i]]);
    linearise_pushes(on, w);
    paces(pop, w.r, true, w);
    w.slide = slide(pop, window, w.joined, w.left, w.beta, w.rise, w.fall);
}

// Whether a row is all zero: what it stands for looks at no component.
inline bool still(Numbers row) {
    for (Index i = 0; i < row.size; ++i)
        if (row[i] != 0.0) return false;
    return true;
}

// Add P times sums over classes to a row of components.
inline void add_passed(const Work& w, Numbers right) {
    for (Index b = 0; b < w.push.count; ++b)
        if (w.passed[b] != 0.0) add(w.passed[b], w.push[b], right);
}

// Take P (w·z) G of one column from S, equation (5).
inline void border(const Stretch& on, Index window, Index column, Work& w) {
    const SparseArrays& plan = on.plan;
    const Numbers row = w.rows[column];
    pass(on.pop, window, w.beta, w.columns[column].data, w.passed);
    clear(w.right);
    add_passed(w, w.right);
    for (Index i = 0; i < w.right.size; ++i) {
        if (w.right[i] == 0.0) continue;
        for (Index j = 0; j < row.size; ++j)
            if (row[j] != 0.0) w.schur[plan.place[i][j]] -= w.right[i] * row[j];
    }
}

// Set v of a column in z, before T is solved.
inline void open_column(const ClassArrays& pop, Index window, Index column, Work& w) {
    const Index nucleus = column - (w.columns.count - pop.lower.size);
    const Numbers z = w.columns[column];
    if (nucleus < 0) {
        copy(window, w.sources[column].data, z.data);
        return;
    }
    const Index place = pop.lower[nucleus];
    clear(window, z.data);
    z[place] = pop.share[nucleus][0];
    z[place + pop.ladders()] = pop.share[nucleus][1];
}

// Solve T z = v for every column that sees the solution, two at a time, and take it from S.
inline void solve_columns(const Stretch& on, Index window, Work& w) {
    Index before = -1;  // a column that waits for a second one
    for (Index c = 0; c < w.columns.count; ++c) {
        if (still(w.rows[c])) continue;
        open_column(on.pop, window, c, w);
        if (before < 0) {
            before = c;
            continue;
        }
        substitute<2>(on.pop, window, w.t, {w.columns[before], w.columns[c]});
        border(on, window, before, w);
        border(on, window, c, w);
        before = -1;
    }
    if (before < 0) return;
    substitute<1>(on.pop, window, w.t, {w.columns[before]});
    border(on, window, before, w);
}

// Factorise W for a step h: T and z, equation (5), then the Schur complement S.
inline void prepare(const Stretch& on, Index window, double h, Work& w) {
    const ClassArrays& pop = on.pop;
    const double inverse = 1.0 / (h * GAMMA);
    for (Index m = 0; m < w.schur.size; ++m) w.schur[m] = -w.matrix[m];
    for (Index i = 0; i < on.plan.diagonal.size; ++i)
        w.schur[on.plan.diagonal[i]] += inverse * on.net.mass[i];
    if (window > 0) {
        factorise(pop, window, w.slide, inverse, w.t);
        solve_columns(on, window, w);
    }
    eliminate(on.plan, w.schur, w.inverse);
}

// Solve for the stage whose right-hand side stands in `right` and `raw`; equation (6).
inline void solve_stage(const Stretch& on, Index window, Index stage, Numbers right, Work& w) {
    if (window > 0) {
        substitute<1>(on.pop, window, w.t, {w.raw[stage]});
        pass(on.pop, window, w.beta, w.raw[stage].data, w.passed);
        add_passed(w, right);
    }
    const Numbers u = w.u[stage];
    back_substitute(on.plan, w.schur, w.inverse, right, u);
    if (window == 0) return;
    for (Index c = 0; c < w.rows.count; ++c) {
        double total = 0.0;
        for (Index j = 0; j < right.size; ++j) total += w.rows[c][j] * u[j];
        w.share[stage][c] = total;
    }
}

}  // namespace prenuc::PRENUC_ISA
