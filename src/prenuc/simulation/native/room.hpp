// The memory that a thread works in; the engine allocates nothing.
#pragma once

#include <vector>

#include "requests.hpp"

namespace prenuc {

// Memory that a thread keeps from one stretch to the next; nothing in it is read before it is set.
struct Room {
    std::vector<double> numbers, tangent_numbers;
    std::vector<Index> order;
};

// Return arrays of the shapes that a stretch needs.
Work workspace(const Stretch& on, Room& room);

// Return arrays for the tangents in as many parameters as the seeds have.
TangentWork tangent_workspace(const Stretch& on, const Seeds& seeds, Room& room);

}  // namespace prenuc
