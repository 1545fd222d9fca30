// What the module asks of the engine; every instruction set has its own.
#pragma once

#include "requests.hpp"

// Only GCC knows the pragma of v3.cpp, and on Windows it cannot align the stack for it.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define PRENUC_HAS_V3
#endif

namespace prenuc {

// W⁻¹ of a right-hand side, with J, slopes and rates of a state; for tests.
struct Probe {
    double temperature, h;
    Numbers x, f, right, right_f;
};

#define PRENUC_DECLARE_ENGINE                                                    \
    Outcome integrate(const Stretch& on, const Vessel& vessel, Work& w);         \
    Outcome integrate_followed(const Stretch& on, const Vessel& vessel, Work& w, \
                               Followed& own);                                   \
    void solve_linear(const Stretch& on, const Probe& probe, Work& w);           \
    void stages_both_ways(const Stretch& on, const Probe& probe, Work& w, Table direct);

namespace baseline {
PRENUC_DECLARE_ENGINE
}
#if defined(PRENUC_HAS_V3)
namespace v3 {
PRENUC_DECLARE_ENGINE
}
#endif

}  // namespace prenuc
