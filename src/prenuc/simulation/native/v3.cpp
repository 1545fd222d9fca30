// The engine for x86-64 with AVX2 and fused multiply-add, where the compiler can make it.
//
// Of the standard library nothing but functions of C is used below, so that no function of it is made
// with instructions that another machine lacks.
#include "engine.hpp"

#if defined(PRENUC_HAS_V3)
#pragma GCC target("avx2,fma")
#define PRENUC_ISA v3
#include "entries.hpp"
#endif
