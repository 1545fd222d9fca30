// What Python hands over: the tuples of `kernels/`, field by field, and the memory to work in.
//
// Names, shapes and units are those of the tuples of the same name: RateArrays of rates.py,
// ClassArrays of classes.py, Pattern and SparseArrays of sparse.py, Setting of setting.py and Seeds of
// seeds.py. n components, R reactions, F factors, N classes, P parameters, m times.
#pragma once

#include "views.hpp"

namespace prenuc {

constexpr Index STAGES = 8;

struct RateArrays {
    Known constant, energy, anchor;
    Places factors, kind;
    Known order, barrier, largest;
    Places pools, member;
    Known weight;
    Places changes, changed;
    Known number;
    PlaceTable single, pair;
    Places general, rows, maker;
    Known made;
    Places moves, moving;
    Known sign;
    Places way;
    PlaceTable ways;
    Known toward;
    Places enters;
    Known mass;
    Places settled;
};

struct ClassArrays {
    Known units, edge, area;
    Known capillarity, sites;
    Places cover, surface;
    Places ladder;
    KnownTable alpha, below;
    PlaceTable reach;
    Index first, detaching;
    Places channel;
    Places sources, nucleus, lower;
    KnownTable share;

    Index ladders() const { return capillarity.size; }
    Index groups() const { return ladder.size; }
    // Classes of all ladders.
    Index size() const { return units.size * capillarity.size; }
};

struct Pattern {
    Places entry, factor;
    Known coefficient;
    Places row, column;
    Index size;
};

struct SparseArrays {
    Pattern network, bending;
    Places diagonal;
    PlaceTable place;
    Places pivots, scaled, by, first, updated, source;
    Places lower, lower_place, lower_column, upper, upper_place, upper_column;
    Index size;
};

struct Setting {
    Known times;
    double begin, end, relative;
    Known absolute;
    double absolute_units;
    KnownTable laws;
    Known watch;
    double level, steady;
    Index most_steps;
    double follow;
};

struct Seeds {
    Places reaction, factor, parameter;
    Known constant, energy, anchor, scale, order, barrier;
    Places pushed, pushing;
    Known push;
    Places number, number_reaction, number_parameter;
    Known number_value;
    Block<const double> share;
    KnownTable capillarity, sites;

    Index parameters() const { return capillarity.width; }
};

// What happens in a stretch between two events.
struct Stretch {
    RateArrays net;
    ClassArrays pop;
    SparseArrays plan;
    Setting setting;
    double heating;  // in K/s
};

// T eliminated from both ends of every ladder: inverse pivots, multipliers in- and outwards, shape
// (N L,), and the multipliers that reach the middle classes from the right, shape (L,).
struct Factored {
    Numbers pivot, inward, outward, from_right;
};

// What the conserved sums were, units in the dots of each ladder, and room to solve for what
// rounding did to the sums.
struct Ledger {
    Numbers totals, units;
    Table gram;
    Row<Index> order;
    Numbers residual, shift, kept;  // kept: 1 for laws that may be off by rounding alone
};

// ρ_i = a up_i and φ_i = b down_i of classes.hpp; ρ of the last classes of the window is zero
// whatever stands there.
struct Slide {
    double a, b;
    const double *up, *down;
};

// Arrays that a stretch writes to. `rows` are G, `sources` v, `columns` z, `push` the p and q,
// `passed` the sums that they are multiplied with, `tilt` ∂x'/∂ψ, `raw` the y of every stage and
// `share` its G u_x, in the symbols of classes.hpp; `beta`, `rise`, `fall` and `slide` are of the
// step's start, those with `stage_` of a stage, and `psi` the ψ of every ladder that `beta` is for. `moved` is how often every move happens, and
// `joining`, `leaving` and `entering` are A, B and nuclei of every way. `change` is F(y), `turned` the columns of ((hW)⁻¹, W⁻¹B)
// one after the other and `known` what they are multiplied with, in those of differences.hpp.
struct Work {
    Numbers k, r, pace, s;
    Numbers moved, joining, leaving, entering;
    Numbers matrix, schur, inverse;
    Table rows, sources, columns, push, tilt;
    Numbers passed, joined, left, row;
    Table u, raw, share;
    Numbers weights, others;
    Numbers most, tolerance, limit;  // of each component, see control.hpp
    Numbers x, x1, right, drift, change, known;
    Table turned;
    Numbers f, f1, flow, ramp;
    Table beta, stage_beta, tilted_beta;
    Numbers psi, stage_psi;
    Numbers rise, fall, stage_rise, stage_fall, held;
    Slide slide;
    Index known_window;  // that `beta` is known for
    Factored t;
    Ledger books;
};

// Arrays that tangents are computed in; P is the last axis of those that have it. `dx` and `df` are
// the tangents themselves; `stage_x` and `stage_f` those of Y_i, `ux` and `uf` of u_i, `dr` of
// rates, `bent` of derivatives of rates along u. `straight` and `curved` are F_y(Y_i) and
// ∂(D N r[u])/∂y of the network, `base` is J δy; `moves` are δ ln k, `here` and `further` the ∂r/∂p
// and ∂(D r[u])/∂p of all entries of seeds.hpp. At the step's start r0, k0 and s0 are rates,
// constants and slopes; `along` is D r[u], `bend` its derivatives in the pools, `risen` s − s0.
// `passed` are the δ of the sums of classes.hpp, `a` and `b` of A and B, `psi` and `stage_psi` of ψ;
// `tilt` is Dψ[u] or ∂ψ/∂t of every ladder, and `dtilt` its δ.
struct TangentWork {
    Table dx, df, stage_x, stage_f;
    Block<double> ux, uf;
    Table right, right_f, drift, base, ramp;
    Table dr0, dr, bent;
    Table passed, a, b, psi, stage_psi, dtilt, share;
    Numbers tilt;
    Numbers r0, k0, s0, along, bend, risen, g, dg, ddg, pools;
    Numbers straight, curved;
    Numbers moves, stage_moves, here, further;
    Numbers u_f;
};

// Tangents along an integration; `out_x` and `out_f` receive them at the times. Classes from `held`
// on had none at the start, and those from `set` on stand in no array yet.
struct Followed {
    Seeds seeds;
    TangentWork work;
    Block<double> out_x, out_f;
    Index held, set;
};

enum Ending : int { DONE, TOO_MANY_STEPS, STEP_TOO_SMALL, STOPPED, STEADY };

// How a stretch ended: the time reached in s, the component that hurt most, steps, the classes that
// took part.
struct Outcome {
    Ending ending;
    double reached;
    Index worst, steps, rejected, window;
};

// One vessel: what is in it, left at the end's values, and where reports go.
struct Vessel {
    Numbers x, f;
    Table out_x, out_f;
    Numbers ends;  // receives the time after every accepted step, as many as there is room for
};

}  // namespace prenuc
