// The engine as a module of Python: arrays in, arrays out, the interpreter's lock released.
#include "reading.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include "engine.hpp"
#include "room.hpp"

namespace prenuc {
namespace {

thread_local Room own_room;

// The engine for the instructions of this machine.
struct Engine {
    const char* name;
    decltype(&baseline::integrate) integrate;
    decltype(&baseline::integrate_followed) integrate_followed;
    decltype(&baseline::solve_linear) solve_linear;
    decltype(&baseline::stages_both_ways) stages_both_ways;
};

constexpr Engine BASELINE = {"baseline", &baseline::integrate, &baseline::integrate_followed,
                             &baseline::solve_linear, &baseline::stages_both_ways};

// PRENUC_ISA=baseline asks for the instructions that every machine of the platform has.
Engine chosen() {
#if defined(PRENUC_HAS_V3)
    const char* asked = std::getenv("PRENUC_ISA");
    const bool plain = asked != nullptr && std::strcmp(asked, "baseline") == 0;
    if (!plain && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return {"avx2", &v3::integrate, &v3::integrate_followed, &v3::solve_linear,
                &v3::stages_both_ways};
#endif
    return BASELINE;
}

const Engine ENGINE = chosen();

// Run something that reads arrays; what it raises becomes an exception of Python.
template <typename Body>
PyObject* guarded(Body&& body) {
    try {
        body();
        Py_RETURN_NONE;
    } catch (const Raised&) {
        return nullptr;
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
}

// The arguments of a call, so many of them.
bool unpack(PyObject* arguments, const char* name, Py_ssize_t count) {
    if (PyTuple_Size(arguments) == count) return true;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments", name, count);
    return false;
}

PyObject* at(PyObject* arguments, Py_ssize_t i) { return PyTuple_GetItem(arguments, i); }

Stretch stretch_of(Buffers& buffers, PyObject* arguments) {
    return read_stretch(buffers, at(arguments, 0), at(arguments, 1), at(arguments, 2),
                        at(arguments, 3));
}

void write_outcome(const Outcome& found, Numbers row) {
    row[0] = static_cast<double>(found.ending);
    row[1] = found.reached;
    row[2] = static_cast<double>(found.worst);
    row[3] = static_cast<double>(found.steps);
    row[4] = static_cast<double>(found.rejected);
    row[5] = static_cast<double>(found.window);
}

// Whether an array of members has vessels of these shapes.
void check_vessels(const Stretch& on, Table starts, Table dots, const Block<double>& out_x,
                   const Block<double>& out_f, Table outcomes) {
    const Index members = starts.count, n = on.plan.pivots.size, classes = on.pop.size();
    const Index times = on.setting.times.size;
    if (starts.width != n) refuse("starts");
    if (dots.count != members || dots.width != classes) refuse("dots");
    if (out_x.count != members || out_x.height != times || out_x.width != n) refuse("out_x");
    if (out_f.count != members || out_f.width != classes) refuse("out_f");
    if (out_f.height != times && out_f.height != 0) refuse("out_f");
    if (outcomes.count != members || outcomes.width != 6) refuse("outcomes");
}

// net, pop, plan, setting, ln k of every member, starts, dots, out_x, out_f, outcomes.
PyObject* integrate(PyObject*, PyObject* arguments) {
    if (!unpack(arguments, "integrate", 10)) return nullptr;
    return guarded([&] {
        Buffers buffers;
        Stretch on = stretch_of(buffers, arguments);
        const KnownTable constants = buffers.known_table(at(arguments, 4));
        const Table starts = buffers.table(at(arguments, 5)), dots = buffers.table(at(arguments, 6));
        const Block<double> out_x = buffers.block(at(arguments, 7));
        const Block<double> out_f = buffers.block(at(arguments, 8));
        const Table outcomes = buffers.table(at(arguments, 9));
        check_vessels(on, starts, dots, out_x, out_f, outcomes);
        if (constants.count != starts.count || constants.width != on.net.constant.size)
            refuse("constants");
        Work work = workspace(on, own_room);
        Py_BEGIN_ALLOW_THREADS
        for (Index member = 0; member < starts.count; ++member) {
            on.net.constant = constants[member];
            const Vessel vessel = {starts[member], dots[member], out_x[member], out_f[member], {}};
            write_outcome(ENGINE.integrate(on, vessel, work), outcomes[member]);
        }
        Py_END_ALLOW_THREADS
    });
}

// net, pop, plan, setting, seeds, dx, df, x, f, out_x, out_f, out_dx, out_df, outcome.
PyObject* integrate_followed(PyObject*, PyObject* arguments) {
    if (!unpack(arguments, "integrate_followed", 14)) return nullptr;
    return guarded([&] {
        Buffers buffers;
        const Stretch on = stretch_of(buffers, arguments);
        Followed own = {read_seeds(buffers, at(arguments, 4), on), {}, {}, {}, 0, 0};
        const KnownTable dx = buffers.known_table(at(arguments, 5));
        const KnownTable df = buffers.known_table(at(arguments, 6));
        const Vessel vessel = {buffers.row(at(arguments, 7)), buffers.row(at(arguments, 8)),
                               buffers.table(at(arguments, 9)), buffers.table(at(arguments, 10)),
                               {}};
        own.out_x = buffers.block(at(arguments, 11));
        own.out_f = buffers.block(at(arguments, 12));
        const Numbers outcome = buffers.row(at(arguments, 13));
        const Index n = on.plan.pivots.size, classes = on.pop.size();
        const Index times = on.setting.times.size, count = own.seeds.parameters();
        check_vessels(on, {vessel.x.data, 1, vessel.x.size}, {vessel.f.data, 1, vessel.f.size},
                      {vessel.out_x.data, 1, vessel.out_x.count, vessel.out_x.width},
                      {vessel.out_f.data, 1, vessel.out_f.count, vessel.out_f.width},
                      {outcome.data, 1, outcome.size});
        if (dx.count != n || dx.width != count) refuse("tangents of components");
        if (df.count > classes || df.width != count) refuse("tangents of classes");
        if (own.out_x.count != times || own.out_x.height != n || own.out_x.width != count)
            refuse("out_dx");
        if (own.out_f.count != times || own.out_f.height != classes || own.out_f.width != count)
            refuse("out_df");
        Work work = workspace(on, own_room);
        own.work = tangent_workspace(on, own.seeds, own_room);
        for (Index i = 0; i < n * count; ++i) own.work.dx.data[i] = dx.data[i];
        own.held = own.set = df.count;
        for (Index i = 0; i < df.count * count; ++i) own.work.df.data[i] = df.data[i];
        Py_BEGIN_ALLOW_THREADS
        write_outcome(ENGINE.integrate_followed(on, vessel, work, own), outcome);
        Py_END_ALLOW_THREADS
    });
}

// net, pop, plan, setting, x, f, out_x, out_f, ends: for tests of the engine from inside.
PyObject* step_ends(PyObject*, PyObject* arguments) {
    if (!unpack(arguments, "step_ends", 9)) return nullptr;
    return guarded([&] {
        Buffers buffers;
        const Stretch on = stretch_of(buffers, arguments);
        const Vessel vessel = {buffers.row(at(arguments, 4)), buffers.row(at(arguments, 5)),
                               buffers.table(at(arguments, 6)), buffers.table(at(arguments, 7)),
                               buffers.row(at(arguments, 8))};
        double row[6];
        check_vessels(on, {vessel.x.data, 1, vessel.x.size}, {vessel.f.data, 1, vessel.f.size},
                      {vessel.out_x.data, 1, vessel.out_x.count, vessel.out_x.width},
                      {vessel.out_f.data, 1, vessel.out_f.count, vessel.out_f.width}, {row, 1, 6});
        Work work = workspace(on, own_room);
        ENGINE.integrate(on, vessel, work);
    });
}

Probe probe_of(Buffers& buffers, PyObject* arguments, const Stretch& on) {
    Probe probe = {on.setting.begin, on.setting.times[0], buffers.row(at(arguments, 4)),
                   buffers.row(at(arguments, 5)), {}, {}};
    const bool fits = probe.x.size == on.plan.pivots.size && probe.f.size == on.pop.size();
    if (!fits) refuse("state");
    return probe;
}

void give(Numbers from, Numbers to, const char* what) {
    if (from.size != to.size) refuse(what);
    for (Index i = 0; i < from.size; ++i) to[i] = from[i];
}

// net, pop, plan, setting, x, f, right, right_f, rates, J: W⁻¹ of a right-hand side at the
// setting's first temperature, for a step as long as its first time; for tests.
PyObject* solve_linear(PyObject*, PyObject* arguments) {
    if (!unpack(arguments, "solve_linear", 10)) return nullptr;
    return guarded([&] {
        Buffers buffers;
        const Stretch on = stretch_of(buffers, arguments);
        Probe probe = probe_of(buffers, arguments, on);
        probe.right = buffers.row(at(arguments, 6));
        probe.right_f = buffers.row(at(arguments, 7));
        if (probe.right.size != probe.x.size || probe.right_f.size != probe.f.size)
            refuse("right");
        Work work = workspace(on, own_room);
        ENGINE.solve_linear(on, probe, work);
        give(work.r, buffers.row(at(arguments, 8)), "rates");
        give(work.matrix, buffers.row(at(arguments, 9)), "J");
    });
}

// net, pop, plan, setting, x, f, direct, in differences: the eight stages; for tests.
PyObject* stages_both_ways(PyObject*, PyObject* arguments) {
    if (!unpack(arguments, "stages_both_ways", 8)) return nullptr;
    return guarded([&] {
        Buffers buffers;
        const Stretch on = stretch_of(buffers, arguments);
        const Probe probe = probe_of(buffers, arguments, on);
        const Table direct = buffers.table(at(arguments, 6));
        if (on.pop.units.size != 0) refuse("a network alone");
        if (direct.count != STAGES || direct.width != probe.x.size) refuse("stages");
        Work work = workspace(on, own_room);
        ENGINE.stages_both_ways(on, probe, work, direct);
        give(work.u.flat(), buffers.table(at(arguments, 7)).flat(), "stages");
    });
}

PyMethodDef METHODS[] = {
    {"integrate", integrate, METH_VARARGS, "Integrate members one after the other."},
    {"integrate_followed", integrate_followed, METH_VARARGS, "Integrate one, with tangents."},
    {"step_ends", step_ends, METH_VARARGS, "Integrate one and note the ends of its steps."},
    {"solve_linear", solve_linear, METH_VARARGS, "Solve with the matrix of a step."},
    {"stages_both_ways", stages_both_ways, METH_VARARGS, "Take eight stages in two ways."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_engine", "The integrator, compiled.", -1, METHODS,
                      nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace prenuc

PyMODINIT_FUNC PyInit__engine() {
    PyObject* module = PyModule_Create(&prenuc::MODULE);
    if (module != nullptr &&
        PyModule_AddStringConstant(module, "instructions", prenuc::ENGINE.name) != 0) {
        Py_DECREF(module);
        return nullptr;
    }
    return module;
}
