//===- DnnlConvolution.cpp - Float convolution by oneDNN ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// oneDNN's C interface: the C++ one throws.
//
//===----------------------------------------------------------------------===//

#include "DnnlConvolution.h"

#include <dnnl.h>

/// OpenMP's own function, declared here because its header belongs to one
/// compiler, while the library is the one that oneDNN was built with.
extern "C" void omp_set_num_threads(int threads);

#include <algorithm>
#include <initializer_list>
#include <type_traits>

using namespace nncc;

namespace {

template <typename T, dnnl_status_t (*destroy)(T)> struct Destroyer {
  void operator()(std::remove_pointer_t<T> *object) const { destroy(object); }
};
template <typename T, dnnl_status_t (*destroy)(T)>
using Handle = std::unique_ptr<std::remove_pointer_t<T>, Destroyer<T, destroy>>;

using Engine = Handle<dnnl_engine_t, dnnl_engine_destroy>;
using Stream = Handle<dnnl_stream_t, dnnl_stream_destroy>;
using MemoryHandle = Handle<dnnl_memory_t, dnnl_memory_destroy>;
using Primitive = Handle<dnnl_primitive_t, dnnl_primitive_destroy>;
using PrimitiveDesc =
    Handle<dnnl_primitive_desc_t, dnnl_primitive_desc_destroy>;

std::string describe(dnnl_status_t status, const char *what) {
  if (status == dnnl_success)
    return "";
  const char *reason = status == dnnl_out_of_memory ? "out of memory"
                       : status == dnnl_unimplemented
                           ? "no implementation for these sizes"
                       : status == dnnl_invalid_arguments ? "invalid sizes"
                                                          : "runtime error";
  return std::string("oneDNN cannot ") + what + ": " + reason;
}

/// A tensor as the primitive wants it, and the way there from (or back to) the
/// plain row-major form. Without a reorder the caller's memory is used in
/// place.
struct Buffer {
  dnnl_memory_desc_t plainDesc;
  MemoryHandle plain;
  MemoryHandle preferred; ///< null if the plain form is the preferred one
  Primitive reorder;

  dnnl_memory_t get() const {
    return preferred ? preferred.get() : plain.get();
  }

  dnnl_status_t initialize(dnnl_engine_t engine,
                           const dnnl_memory_desc_t *wanted, bool isOutput) {
    dnnl_memory_t memory;
    dnnl_status_t status =
        dnnl_memory_create(&memory, &plainDesc, engine, DNNL_MEMORY_NONE);
    if (status != dnnl_success)
      return status;
    plain.reset(memory);
    if (dnnl_memory_desc_equal(&plainDesc, wanted))
      return dnnl_success;
    status = dnnl_memory_create(&memory, wanted, engine, DNNL_MEMORY_ALLOCATE);
    if (status != dnnl_success)
      return status;
    preferred.reset(memory);
    const dnnl_memory_desc_t *from = isOutput ? wanted : &plainDesc;
    const dnnl_memory_desc_t *to = isOutput ? &plainDesc : wanted;
    dnnl_primitive_desc_t desc;
    status = dnnl_reorder_primitive_desc_create(&desc, from, engine, to, engine,
                                                nullptr);
    if (status != dnnl_success)
      return status;
    PrimitiveDesc owner(desc);
    dnnl_primitive_t primitive;
    status = dnnl_primitive_create(&primitive, desc);
    if (status == dnnl_success)
      reorder.reset(primitive);
    return status;
  }

  dnnl_status_t execute(dnnl_stream_t stream, bool isOutput) {
    if (!reorder)
      return dnnl_success;
    dnnl_memory_t from = isOutput ? preferred.get() : plain.get();
    dnnl_memory_t to = isOutput ? plain.get() : preferred.get();
    dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    return dnnl_primitive_execute(reorder.get(), stream, 2, args);
  }
};

dnnl_status_t describeTensor(dnnl_memory_desc_t &desc,
                             std::initializer_list<int64_t> extents,
                             dnnl_format_tag_t tag) {
  dnnl_dims_t dims;
  int rank = 0;
  for (int64_t extent : extents)
    dims[rank++] = extent;
  return dnnl_memory_desc_init_by_tag(&desc, rank, dims, dnnl_f32, tag);
}

/// oneDNN takes pointers to mutable memory for operands that it only reads.
void setData(dnnl_memory_t memory, const float *data) {
  dnnl_memory_set_data_handle(memory, const_cast<float *>(data));
}

} // namespace

struct DnnlConvolution::State {
  Engine engine;
  Stream stream;
  Primitive primitive;
  Buffer input, weights, output;
  MemoryHandle bias;
  std::unique_ptr<float[]> plainWeights;
  int64_t weightCount = 0;

  dnnl_status_t initialize(const Geometry &g);
};

dnnl_status_t DnnlConvolution::State::initialize(const Geometry &g) {
  // The threads of OpenMP spin between two primitives. The layers here are so
  // small that this takes far more time than a second thread saves.
  omp_set_num_threads(1);
  dnnl_engine_t newEngine;
  dnnl_status_t status = dnnl_engine_create(&newEngine, dnnl_cpu, 0);
  if (status != dnnl_success)
    return status;
  engine.reset(newEngine);
  dnnl_stream_t newStream;
  status = dnnl_stream_create(&newStream, newEngine, dnnl_stream_default_flags);
  if (status != dnnl_success)
    return status;
  stream.reset(newStream);

  dnnl_memory_desc_t src, weight, biasDesc, dst;
  int64_t groupIn = g.inC / g.groups, groupOut = g.outC / g.groups;
  weightCount = g.outC * groupIn * g.kernelH * g.kernelW;
  for (bool plain : {true, false}) {
    auto tag = [&](dnnl_format_tag_t t) {
      return plain ? t : dnnl_format_tag_any;
    };
    dnnl_memory_desc_t &in = plain ? input.plainDesc : src;
    dnnl_memory_desc_t &out = plain ? output.plainDesc : dst;
    dnnl_memory_desc_t &w = plain ? weights.plainDesc : weight;
    status = describeTensor(in, {g.batch, g.inC, g.inH, g.inW}, tag(dnnl_nchw));
    if (status == dnnl_success)
      status = describeTensor(out, {g.batch, g.outC, g.outH, g.outW},
                              tag(dnnl_nchw));
    if (status == dnnl_success && g.groups == 1)
      status = describeTensor(w, {g.outC, g.inC, g.kernelH, g.kernelW},
                              tag(dnnl_oihw));
    else if (status == dnnl_success)
      status =
          describeTensor(w, {g.groups, groupOut, groupIn, g.kernelH, g.kernelW},
                         tag(dnnl_goihw));
    if (status != dnnl_success)
      return status;
  }
  status = describeTensor(biasDesc, {g.outC}, dnnl_x);
  if (status != dnnl_success)
    return status;

  dnnl_dims_t strides = {g.strideH, g.strideW};
  dnnl_dims_t dilations = {g.dilationH - 1, g.dilationW - 1};
  dnnl_dims_t padsBefore = {g.padTop, g.padLeft};
  dnnl_dims_t padsAfter = {g.padBottom, g.padRight};
  dnnl_convolution_desc_t convolution;
  status = dnnl_dilated_convolution_forward_desc_init(
      &convolution, dnnl_forward_inference, dnnl_convolution_direct, &src,
      &weight, g.hasBias ? &biasDesc : nullptr, &dst, strides, dilations,
      padsBefore, padsAfter);
  if (status != dnnl_success)
    return status;
  dnnl_primitive_desc_t desc;
  status = dnnl_primitive_desc_create(&desc, &convolution, nullptr, newEngine,
                                      nullptr);
  if (status != dnnl_success)
    return status;
  PrimitiveDesc owner(desc);
  dnnl_primitive_t newPrimitive;
  status = dnnl_primitive_create(&newPrimitive, desc);
  if (status != dnnl_success)
    return status;
  primitive.reset(newPrimitive);

  status = input.initialize(
      newEngine, dnnl_primitive_desc_query_md(desc, dnnl_query_src_md, 0),
      /*isOutput=*/false);
  if (status == dnnl_success)
    status = weights.initialize(
        newEngine, dnnl_primitive_desc_query_md(desc, dnnl_query_weights_md, 0),
        /*isOutput=*/false);
  if (status == dnnl_success)
    status = output.initialize(
        newEngine, dnnl_primitive_desc_query_md(desc, dnnl_query_dst_md, 0),
        /*isOutput=*/true);
  if (status != dnnl_success || !g.hasBias)
    return status;
  dnnl_memory_t memory;
  status = dnnl_memory_create(&memory, &biasDesc, newEngine, DNNL_MEMORY_NONE);
  if (status == dnnl_success)
    bias.reset(memory);
  return status;
}

DnnlConvolution::DnnlConvolution() = default;
DnnlConvolution::~DnnlConvolution() = default;

std::string DnnlConvolution::initialize(const Geometry &geometry) {
  state = std::make_unique<State>();
  return describe(state->initialize(geometry), "prepare the convolution");
}

std::string DnnlConvolution::setWeights(const float *weights) {
  const float *source = weights;
  if (!state->weights.reorder) {
    // The primitive reads the plain form, which must outlive this call.
    state->plainWeights = std::make_unique<float[]>(state->weightCount);
    std::copy_n(weights, state->weightCount, state->plainWeights.get());
    source = state->plainWeights.get();
  }
  setData(state->weights.plain.get(), source);
  dnnl_status_t status =
      state->weights.execute(state->stream.get(), /*isOutput=*/false);
  if (status == dnnl_success)
    status = dnnl_stream_wait(state->stream.get());
  return describe(status, "reorder the weights");
}

std::string DnnlConvolution::run(const float *input, const float *bias,
                                 float *output) {
  State &s = *state;
  setData(s.input.plain.get(), input);
  setData(s.output.plain.get(), output);
  if (s.bias)
    setData(s.bias.get(), bias);
  dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, s.input.get()},
                            {DNNL_ARG_WEIGHTS, s.weights.get()},
                            {DNNL_ARG_DST, s.output.get()},
                            {DNNL_ARG_BIAS, s.bias.get()}};
  dnnl_status_t status = s.input.execute(s.stream.get(), /*isOutput=*/false);
  if (status == dnnl_success)
    status = dnnl_primitive_execute(s.primitive.get(), s.stream.get(),
                                    s.bias ? 4 : 3, args);
  if (status == dnnl_success)
    status = s.output.execute(s.stream.get(), /*isOutput=*/true);
  if (status == dnnl_success)
    status = dnnl_stream_wait(s.stream.get());
  return describe(status, "run the convolution");
}
