// Tuples of numpy arrays from Python as views; whatever could lead out of an array is refused here.
#pragma once

#include <Python.h>

#include <deque>

#include "requests.hpp"

namespace prenuc {

// An exception of Python is set.
struct Raised {};

// Raise a ValueError that says which array is not as it has to be.
[[noreturn]] void refuse(const char* what);

// Hands out arrays of Python as views, and holds their buffers until it goes.
class Buffers {
   public:
    Buffers() = default;
    Buffers(const Buffers&) = delete;
    Buffers& operator=(const Buffers&) = delete;
    ~Buffers();

    // An array of numbers with so many axes; `shape` receives their lengths.
    const double* numbers(PyObject* array, int axes, Index* shape);
    double* own_numbers(PyObject* array, int axes, Index* shape);
    const Index* places(PyObject* array, int axes, Index* shape);

    Numbers row(PyObject* array);
    Table table(PyObject* array);
    Block<double> block(PyObject* array);
    KnownTable known_table(PyObject* array);

   private:
    void* open(PyObject* array, int axes, Index* shape, int flags, bool whole_numbers);

    std::deque<Py_buffer> held_;
};

RateArrays read_rates(Buffers& buffers, PyObject* tuple, Index components);
ClassArrays read_classes(Buffers& buffers, PyObject* tuple, const RateArrays& net);
SparseArrays read_plan(Buffers& buffers, PyObject* tuple, Index factors);
Setting read_setting(Buffers& buffers, PyObject* tuple, Index components, Index ladders);
Seeds read_seeds(Buffers& buffers, PyObject* tuple, const Stretch& on);

// Everything about a stretch.
Stretch read_stretch(Buffers& buffers, PyObject* net, PyObject* pop, PyObject* plan,
                     PyObject* setting);

}  // namespace prenuc
