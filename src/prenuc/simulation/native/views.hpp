// Arrays as a pointer with a shape; the memory belongs to Python or to the room of a thread.
#pragma once

#include <cmath>
#include <cstdint>

#if defined(__GNUC__)
#define PRENUC_INLINE inline __attribute__((always_inline))
#define RESTRICT __restrict__
#else
#define PRENUC_INLINE __forceinline
#define RESTRICT __restrict
#endif

namespace prenuc {

using Index = std::int64_t;

// One axis.
template <typename T>
struct Row {
    T* data = nullptr;
    Index size = 0;

    PRENUC_INLINE T& operator[](Index i) const { return data[i]; }
};

// Two axes, the last one contiguous.
template <typename T>
struct Rows {
    T* data = nullptr;
    Index count = 0;
    Index width = 0;

    PRENUC_INLINE Row<T> operator[](Index i) const { return {data + i * width, width}; }
    PRENUC_INLINE Row<T> flat() const { return {data, count * width}; }
};

// Three axes.
template <typename T>
struct Block {
    T* data = nullptr;
    Index count = 0;
    Index height = 0;
    Index width = 0;

    PRENUC_INLINE Rows<T> operator[](Index i) const {
        return {data + i * height * width, height, width};
    }
    PRENUC_INLINE Rows<T> flat() const { return {data, count, height * width}; }
};

using Numbers = Row<double>;
using Known = Row<const double>;
using Places = Row<const Index>;
using Table = Rows<double>;
using KnownTable = Rows<const double>;
using PlaceTable = Rows<const Index>;

}  // namespace prenuc
