// Read before everything else when assertions are on, see NNCC.cmake.
//
// llvm::Statistic has members if NDEBUG is not defined, and none if it is.
// Passes hold statistics that code inside the packaged MLIR constructs, which
// was compiled with NDEBUG: ours must have the same layout.
#if defined(__cplusplus) && !defined(NDEBUG)
#define NDEBUG
#include "llvm/ADT/Statistic.h"
#undef NDEBUG
#include <cassert>
#endif
