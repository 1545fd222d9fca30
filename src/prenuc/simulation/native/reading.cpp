#include "reading.hpp"

namespace prenuc {
namespace {

// The fields of a tuple, one after the other.
class Fields {
   public:
    Fields(Buffers& buffers, PyObject* tuple, Py_ssize_t count, const char* name)
        : buffers_(buffers), tuple_(tuple) {
        if (!PyTuple_Check(tuple) || PyTuple_Size(tuple) != count) refuse(name);
    }

    PyObject* next() { return PyTuple_GetItem(tuple_, at_++); }

    Known numbers() {
        Index shape[1];
        const double* data = buffers_.numbers(next(), 1, shape);
        return {data, shape[0]};
    }
    KnownTable table() { return buffers_.known_table(next()); }
    Block<const double> block() {
        Index shape[3];
        const double* data = buffers_.numbers(next(), 3, shape);
        return {data, shape[0], shape[1], shape[2]};
    }
    Places places() {
        Index shape[1];
        const Index* data = buffers_.places(next(), 1, shape);
        return {data, shape[0]};
    }
    PlaceTable place_table() {
        Index shape[2];
        const Index* data = buffers_.places(next(), 2, shape);
        return {data, shape[0], shape[1]};
    }
    double number() {
        const double found = PyFloat_AsDouble(next());
        if (found == -1.0 && PyErr_Occurred() != nullptr) throw Raised();
        return found;
    }
    Index whole() {
        const long long found = PyLong_AsLongLong(next());
        if (found == -1 && PyErr_Occurred() != nullptr) throw Raised();
        return static_cast<Index>(found);
    }

   private:
    Buffers& buffers_;
    PyObject* tuple_;
    Py_ssize_t at_ = 0;
};

// Whether all are places in an array of `size`, or `lowest` where that is −1.
void inside(Places places, Index size, const char* what, Index lowest = 0) {
    for (Index i = 0; i < places.size; ++i)
        if (places[i] < lowest || places[i] >= size) refuse(what);
}

// Whether groups begin at 0, ascend and end at `total`.
void begins(Places starts, Index groups, Index total, const char* what) {
    if (starts.size != groups + 1 || starts[0] != 0 || starts[groups] != total) refuse(what);
    for (Index i = 0; i < groups; ++i)
        if (starts[i] > starts[i + 1]) refuse(what);
}

template <typename T>
void sized(Row<T> row, Index size, const char* what) {
    if (row.size != size) refuse(what);
}

// Whether rows of (reaction, components) name a reaction that has factors, and components.
void short_ways(PlaceTable rows, Index width, const RateArrays& net, Index components,
                const char* what) {
    if (rows.width != width) refuse(what);
    for (Index m = 0; m < rows.count; ++m) {
        const Places at = rows[m];
        if (at[0] < 0 || at[0] >= net.constant.size) refuse(what);
        if (net.factors[at[0]] == net.factors[at[0] + 1]) refuse(what);
        inside({at.data + 1, width - 1}, components, what);
    }
}

Pattern read_pattern(Buffers& buffers, PyObject* tuple, Index components, Index factors) {
    Fields next(buffers, tuple, 6, "a pattern has six fields");
    Pattern found = {};
    found.entry = next.places();
    found.factor = next.places();
    found.coefficient = next.numbers();
    found.row = next.places();
    found.column = next.places();
    found.size = next.whole();
    inside(found.entry, found.size, "pattern: entry");
    sized(found.factor, found.entry.size, "pattern: factor");
    inside(found.factor, factors, "pattern: factor");
    sized(found.coefficient, found.entry.size, "pattern: coefficient");
    sized(found.column, found.size, "pattern: column");
    begins(found.row, components, found.size, "pattern: row");
    inside(found.column, components, "pattern: column");
    return found;
}

void check_rates(const RateArrays& net, Index components) {
    const Index reactions = net.constant.size, factors = net.kind.size;
    sized(net.energy, reactions, "network: energy");
    sized(net.anchor, reactions, "network: anchor");
    begins(net.factors, reactions, factors, "network: factors");
    inside(net.kind, 6, "network: kind");
    sized(net.order, factors, "network: order");
    sized(net.barrier, factors, "network: barrier");
    sized(net.largest, factors, "network: largest");
    begins(net.pools, factors, net.member.size, "network: pools");
    inside(net.member, components, "network: member");
    sized(net.weight, net.member.size, "network: weight");
    begins(net.changes, reactions, net.changed.size, "network: changes");
    inside(net.changed, components, "network: changed");
    sized(net.number, net.changed.size, "network: number");
    short_ways(net.single, 2, net, components, "network: single");
    short_ways(net.pair, 3, net, components, "network: double");
    inside(net.general, reactions, "network: general");
    if (net.moves.size == 0) refuse("network: moves");
    begins(net.moves, net.moves.size - 1, net.moving.size, "network: moves");
    inside(net.moving, reactions, "network: moving");
    sized(net.sign, net.moving.size, "network: sign");
    begins(net.rows, components, net.maker.size, "network: rows");
    inside(net.maker, net.moves.size - 1, "network: maker");
    sized(net.made, net.maker.size, "network: made");
    sized(net.mass, components, "network: mass");
    inside(net.settled, components, "network: settled");
}

void check_plan(const SparseArrays& plan) {
    const Index n = plan.pivots.size, size = plan.size;
    inside(plan.pivots, n, "plan: pivots");
    sized(plan.diagonal, n, "plan: diagonal");
    inside(plan.diagonal, size, "plan: diagonal");
    if (plan.place.count != n || plan.place.width != n) refuse("plan: place");
    inside(plan.place.flat(), size, "plan: place", -1);
    inside(plan.scaled, size, "plan: scaled");
    sized(plan.by, plan.scaled.size, "plan: by");
    begins(plan.first, plan.scaled.size, plan.updated.size, "plan: first");
    inside(plan.updated, size, "plan: updated");
    sized(plan.source, plan.updated.size, "plan: source");
    inside(plan.source, size, "plan: source");
    begins(plan.lower, n, plan.lower_place.size, "plan: lower");
    inside(plan.lower_place, size, "plan: lower_place");
    sized(plan.lower_column, plan.lower_place.size, "plan: lower_column");
    inside(plan.lower_column, n, "plan: lower_column");
    begins(plan.upper, n, plan.upper_place.size, "plan: upper");
    inside(plan.upper_place, size, "plan: upper_place");
    sized(plan.upper_column, plan.upper_place.size, "plan: upper_column");
    inside(plan.upper_column, n, "plan: upper_column");
    if (plan.network.size > size || plan.bending.size > size) refuse("plan: size");
}

void check_seeds(const Seeds& seeds, const Stretch& on) {
    const Index entries = seeds.reaction.size, numbers = seeds.number.size;
    const Index count = seeds.parameters(), n = on.plan.pivots.size;
    inside(seeds.reaction, on.net.constant.size, "seeds: reaction");
    sized(seeds.factor, entries, "seeds: factor");
    inside(seeds.factor, on.net.kind.size, "seeds: factor", -1);
    sized(seeds.parameter, entries, "seeds: parameter");
    inside(seeds.parameter, count, "seeds: parameter");
    for (const Known& one : {seeds.constant, seeds.energy, seeds.anchor, seeds.scale, seeds.order,
                             seeds.barrier})
        sized(one, entries, "seeds: what an entry moves");
    inside(seeds.pushed, n * count, "seeds: pushed");
    sized(seeds.pushing, seeds.pushed.size, "seeds: pushing");
    inside(seeds.pushing, entries, "seeds: pushing");
    sized(seeds.push, seeds.pushed.size, "seeds: push");
    inside(seeds.number, on.net.changed.size, "seeds: number");
    sized(seeds.number_reaction, numbers, "seeds: number_reaction");
    inside(seeds.number_reaction, on.net.constant.size, "seeds: number_reaction");
    sized(seeds.number_parameter, numbers, "seeds: number_parameter");
    inside(seeds.number_parameter, count, "seeds: number_parameter");
    sized(seeds.number_value, numbers, "seeds: number_value");
    const bool shared = seeds.share.count == on.pop.lower.size && seeds.share.height == 2;
    if (!shared || seeds.share.width != count) refuse("seeds: share");
    for (const KnownTable& one : {seeds.capillarity, seeds.sites})
        if (one.count != on.pop.ladders() || one.width != count) refuse("seeds: capillarity");
}

}  // namespace

void refuse(const char* what) {
    PyErr_Format(PyExc_ValueError, "an array of another shape, or a place outside: %s", what);
    throw Raised();
}

Buffers::~Buffers() {
    for (Py_buffer& one : held_) PyBuffer_Release(&one);
}

void* Buffers::open(PyObject* array, int axes, Index* shape, int flags, bool whole_numbers) {
    Py_buffer view;
    if (PyObject_GetBuffer(array, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | flags) != 0)
        throw Raised();
    held_.push_back(view);
    const char kind = view.format == nullptr ? 'B' : view.format[0];
    const bool right = whole_numbers ? (kind == 'l' || kind == 'q') : kind == 'd';
    if (!right || view.itemsize != 8 || view.format[1] != '\0') refuse("kind of number");
    if (view.ndim != axes) refuse("number of axes");
    for (int i = 0; i < axes; ++i) shape[i] = static_cast<Index>(view.shape[i]);
    return view.buf;
}

const double* Buffers::numbers(PyObject* array, int axes, Index* shape) {
    return static_cast<const double*>(open(array, axes, shape, 0, false));
}

double* Buffers::own_numbers(PyObject* array, int axes, Index* shape) {
    return static_cast<double*>(open(array, axes, shape, PyBUF_WRITABLE, false));
}

const Index* Buffers::places(PyObject* array, int axes, Index* shape) {
    return static_cast<const Index*>(open(array, axes, shape, 0, true));
}

Numbers Buffers::row(PyObject* array) {
    Index shape[1];
    double* data = own_numbers(array, 1, shape);
    return {data, shape[0]};
}

Table Buffers::table(PyObject* array) {
    Index shape[2];
    double* data = own_numbers(array, 2, shape);
    return {data, shape[0], shape[1]};
}

Block<double> Buffers::block(PyObject* array) {
    Index shape[3];
    double* data = own_numbers(array, 3, shape);
    return {data, shape[0], shape[1], shape[2]};
}

KnownTable Buffers::known_table(PyObject* array) {
    Index shape[2];
    const double* data = numbers(array, 2, shape);
    return {data, shape[0], shape[1]};
}

RateArrays read_rates(Buffers& buffers, PyObject* tuple, Index components) {
    Fields next(buffers, tuple, 29, "a network has twenty-nine fields");
    RateArrays net = {};
    for (Known* one : {&net.constant, &net.energy, &net.anchor}) *one = next.numbers();
    for (Places* one : {&net.factors, &net.kind}) *one = next.places();
    for (Known* one : {&net.order, &net.barrier, &net.largest}) *one = next.numbers();
    for (Places* one : {&net.pools, &net.member}) *one = next.places();
    net.weight = next.numbers();
    for (Places* one : {&net.changes, &net.changed}) *one = next.places();
    net.number = next.numbers();
    net.single = next.place_table();
    net.pair = next.place_table();
    for (Places* one : {&net.general, &net.rows, &net.maker}) *one = next.places();
    net.made = next.numbers();
    for (Places* one : {&net.moves, &net.moving}) *one = next.places();
    net.sign = next.numbers();
    net.way = next.places();
    net.ways = next.place_table();
    net.toward = next.numbers();
    net.enters = next.places();
    net.mass = next.numbers();
    net.settled = next.places();
    check_rates(net, components);
    return net;
}

void check_classes(const ClassArrays& pop, Index components, Index reactions) {
    const Index rows = pop.units.size, ladders = pop.ladders(), groups = pop.groups();
    if (rows == 1 || rows == 2) refuse("fewer than three size classes");
    if ((rows == 0) != (ladders == 0)) refuse("classes: ladders");
    sized(pop.edge, rows, "classes: edge");
    sized(pop.area, rows, "classes: area");
    sized(pop.sites, ladders, "classes: sites");
    sized(pop.cover, ladders, "classes: cover");
    inside(pop.cover, components, "classes: cover", -1);
    sized(pop.surface, ladders, "classes: surface");
    inside(pop.surface, components, "classes: surface", -1);
    inside(pop.ladder, ladders, "classes: ladder");
    for (const KnownTable& one : {pop.alpha, pop.below})
        if (one.count != groups || one.width != rows) refuse("classes: alpha and below");
    if (pop.reach.count != groups || pop.reach.width != 2) refuse("classes: reach");
    for (Index g = 0; g < groups; ++g)
        if (pop.reach[g][0] < 0 || pop.reach[g][0] > pop.reach[g][1] || pop.reach[g][1] > rows)
            refuse("classes: reach");
    if (pop.first < 0 || pop.first > pop.detaching || pop.detaching > reactions)
        refuse("classes: channels");
    sized(pop.channel, reactions - pop.first, "classes: channel");
    inside(pop.channel, groups, "classes: channel");
    inside(pop.sources, reactions, "classes: sources");
    sized(pop.nucleus, pop.sources.size, "classes: nucleus");
    inside(pop.nucleus, pop.lower.size, "classes: nucleus");
    inside(pop.lower, pop.size() - ladders, "classes: lower");
    if (pop.share.count != pop.lower.size || pop.share.width != 2) refuse("classes: share");
}

// Ways of channels and nuclei name groups of classes and moves of the network.
void check_ways(const RateArrays& net, const ClassArrays& pop) {
    sized(net.way, pop.channel.size, "network: way");
    inside(net.way, net.ways.count, "network: way");
    if (net.ways.width != 2) refuse("network: ways");
    sized(net.toward, net.ways.count, "network: toward");
    for (Index i = 0; i < net.ways.count; ++i) {
        inside({net.ways[i].data, 1}, pop.groups(), "network: ways");
        inside({net.ways[i].data + 1, 1}, net.moves.size - 1, "network: ways");
    }
    sized(net.enters, pop.sources.size, "network: enters");
    inside(net.enters, net.ways.count, "network: enters", -1);
}

ClassArrays read_classes(Buffers& buffers, PyObject* tuple, const RateArrays& net) {
    Fields next(buffers, tuple, 18, "size classes have eighteen fields");
    ClassArrays pop = {};
    for (Known* one : {&pop.units, &pop.edge, &pop.area, &pop.capillarity, &pop.sites})
        *one = next.numbers();
    for (Places* one : {&pop.cover, &pop.surface, &pop.ladder}) *one = next.places();
    for (KnownTable* one : {&pop.alpha, &pop.below}) *one = next.table();
    pop.reach = next.place_table();
    pop.first = next.whole();
    pop.detaching = next.whole();
    for (Places* one : {&pop.channel, &pop.sources, &pop.nucleus, &pop.lower})
        *one = next.places();
    pop.share = next.table();
    check_classes(pop, net.mass.size, net.constant.size);
    check_ways(net, pop);
    return pop;
}

SparseArrays read_plan(Buffers& buffers, PyObject* tuple, Index factors) {
    Fields next(buffers, tuple, 17, "a plan has seventeen fields");
    PyObject *network = next.next(), *bending = next.next();
    SparseArrays plan = {};
    plan.diagonal = next.places();
    plan.place = next.place_table();
    for (Places* one : {&plan.pivots, &plan.scaled, &plan.by, &plan.first, &plan.updated,
                        &plan.source, &plan.lower, &plan.lower_place, &plan.lower_column,
                        &plan.upper, &plan.upper_place, &plan.upper_column})
        *one = next.places();
    plan.size = PyLong_AsLongLong(PyTuple_GetItem(tuple, 16));
    plan.network = read_pattern(buffers, network, plan.pivots.size, factors);
    plan.bending = read_pattern(buffers, bending, plan.pivots.size, factors);
    check_plan(plan);
    return plan;
}

Setting read_setting(Buffers& buffers, PyObject* tuple, Index components, Index ladders) {
    Fields next(buffers, tuple, 12, "a setting has twelve fields");
    Setting setting = {};
    setting.times = next.numbers();
    setting.begin = next.number();
    setting.end = next.number();
    setting.relative = next.number();
    setting.absolute = next.numbers();
    setting.absolute_units = next.number();
    setting.laws = next.table();
    setting.watch = next.numbers();
    setting.level = next.number();
    setting.steady = next.number();
    setting.most_steps = next.whole();
    setting.follow = next.number();
    if (setting.times.size < 1) refuse("setting: times");
    sized(setting.absolute, components, "setting: absolute");
    sized(setting.watch, components, "setting: watch");
    if (setting.laws.width != components + ladders) refuse("setting: laws");
    return setting;
}

Seeds read_seeds(Buffers& buffers, PyObject* tuple, const Stretch& on) {
    Fields next(buffers, tuple, 19, "seeds have nineteen fields");
    Seeds seeds = {};
    for (Places* one : {&seeds.reaction, &seeds.factor, &seeds.parameter}) *one = next.places();
    for (Known* one : {&seeds.constant, &seeds.energy, &seeds.anchor, &seeds.scale, &seeds.order,
                       &seeds.barrier})
        *one = next.numbers();
    for (Places* one : {&seeds.pushed, &seeds.pushing}) *one = next.places();
    seeds.push = next.numbers();
    for (Places* one : {&seeds.number, &seeds.number_reaction, &seeds.number_parameter})
        *one = next.places();
    seeds.number_value = next.numbers();
    seeds.share = next.block();
    seeds.capillarity = next.table();
    seeds.sites = next.table();
    check_seeds(seeds, on);
    return seeds;
}

Stretch read_stretch(Buffers& buffers, PyObject* net, PyObject* pop, PyObject* plan,
                     PyObject* setting) {
    if (!PyTuple_Check(plan) || PyTuple_Size(plan) != 17) refuse("a plan has seventeen fields");
    if (!PyTuple_Check(net) || PyTuple_Size(net) != 29) refuse("a network has twenty-nine fields");
    Index components[1], factors[1];
    buffers.places(PyTuple_GetItem(plan, 4), 1, components);
    buffers.places(PyTuple_GetItem(net, 4), 1, factors);
    Stretch on = {};
    on.net = read_rates(buffers, net, components[0]);
    on.pop = read_classes(buffers, pop, on.net);
    on.plan = read_plan(buffers, plan, factors[0]);
    on.setting = read_setting(buffers, setting, components[0], on.pop.ladders());
    on.heating = (on.setting.end - on.setting.begin) / on.setting.times[on.setting.times.size - 1];
    return on;
}

}  // namespace prenuc
