// The engine for any machine of the platform.
#define PRENUC_ISA baseline
#include "entries.hpp"
