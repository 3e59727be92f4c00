//===- CAPI.cpp - The C functions -----------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Checks pointers and indices, keeps exceptions (of the allocator) inside, and
// leaves the message of a failure for nncc_last_error.
//
//===----------------------------------------------------------------------===//

#include "Devices/Devices.h"
#include "Session.h"

#include <cstring>
#include <exception>
#include <new>

using namespace nncc;
using namespace nncc::runtime;

struct nncc_session {
  std::unique_ptr<Session> session;
};

static thread_local std::string lastError;

/// Runs `body`, which returns a Result, as the body of a C function.
template <typename Body> static nncc_status guarded(Body body) noexcept {
  // Assigning to the message may need memory, too: the fallbacks do not.
  try {
    Result result;
    try {
      result = body();
    } catch (const std::bad_alloc &) {
      result = {NNCC_OUT_OF_MEMORY, "out of memory"};
    } catch (const std::exception &error) {
      result = {NNCC_DEVICE_ERROR, error.what()};
    }
    lastError = std::move(result.message);
    return result.status;
  } catch (...) {
    lastError.clear();
    return NNCC_OUT_OF_MEMORY;
  }
}

static Result invalid(const std::string &message) {
  return {NNCC_INVALID_ARGUMENT, message};
}

static Result checkIndex(const char *what, size_t index, size_t count) {
  if (index < count)
    return {};
  return invalid(std::string(what) + " " + std::to_string(index) +
                 " does not exist; there are " + std::to_string(count));
}

/// The options of the caller over the defaults.
static nncc_options complete(const nncc_options *given) {
  nncc_options options{};
  if (given)
    std::memcpy(&options, given,
                std::min<size_t>(given->struct_size, sizeof(options)));
  options.struct_size = sizeof(options);
  return options;
}

static Result openProgram(Program program, const nncc_device_ops &ops,
                          const nncc_options *options, nncc_session **out) {
  std::unique_ptr<Session> session;
  Result result =
      Session::open(std::move(program), ops, complete(options), session);
  if (result)
    *out = new nncc_session{std::move(session)};
  return result;
}

static Result chooseDevice(const char *name, const nncc_device_ops *&ops) {
  ops = name ? findDevice(name) : deviceAt(0);
  if (ops)
    return {};
  return {NNCC_WRONG_DEVICE, "there is no device '" +
                                 std::string(name ? name : "") +
                                 "'; this runtime has: " + deviceNames()};
}

extern "C" {

const char *nncc_last_error(void) {
  return lastError.empty() ? "no error" : lastError.c_str();
}

const char *nncc_device_name(size_t index) {
  const nncc_device_ops *ops = deviceAt(index);
  return ops ? ops->name : nullptr;
}

nncc_status nncc_open_device(const void *data, size_t size,
                             const nncc_device_ops *ops,
                             const nncc_options *options,
                             nncc_session **session) {
  return guarded([&]() -> Result {
    if (!data || !ops || !session)
      return invalid("nncc_open_device: null pointer");
    *session = nullptr;
    Program program;
    std::string error =
        deserialize(static_cast<const uint8_t *>(data), size, program);
    if (!error.empty())
      return {NNCC_INVALID_PROGRAM, error};
    return openProgram(std::move(program), *ops, options, session);
  });
}

nncc_status nncc_open(const void *data, size_t size, const char *device,
                      const nncc_options *options, nncc_session **session) {
  const nncc_device_ops *ops = nullptr;
  nncc_status status = guarded([&] { return chooseDevice(device, ops); });
  if (status != NNCC_OK)
    return status;
  return nncc_open_device(data, size, ops, options, session);
}

nncc_status nncc_open_file(const char *path, const char *device,
                           const nncc_options *options,
                           nncc_session **session) {
  return guarded([&]() -> Result {
    if (!path || !session)
      return invalid("nncc_open_file: null pointer");
    *session = nullptr;
    const nncc_device_ops *ops = nullptr;
    if (Result result = chooseDevice(device, ops); !result)
      return result;
    Program program;
    std::string error = readProgramFile(path, program);
    if (!error.empty())
      return {NNCC_INVALID_PROGRAM, error};
    return openProgram(std::move(program), *ops, options, session);
  });
}

void nncc_close(nncc_session *session) { delete session; }

size_t nncc_input_count(const nncc_session *session) {
  return session ? session->session->getProgram().inputs.size() : 0;
}

size_t nncc_output_count(const nncc_session *session) {
  return session ? session->session->getProgram().outputs.size() : 0;
}

static void describe(const Tensor &tensor, nncc_tensor_info &info) {
  info.name = tensor.name.c_str();
  info.type = static_cast<nncc_type>(tensor.type);
  info.rank = static_cast<uint32_t>(tensor.shape.size());
  info.shape = tensor.shape.data();
  info.bytes = hostBytes(tensor);
}

nncc_status nncc_get_input_info(const nncc_session *session, size_t index,
                                nncc_tensor_info *info) {
  return guarded([&]() -> Result {
    if (!session || !info)
      return invalid("nncc_get_input_info: null pointer");
    Result result = checkIndex("input", index, nncc_input_count(session));
    if (result)
      describe(session->session->input(index), *info);
    return result;
  });
}

nncc_status nncc_get_picture_info(const nncc_session *session,
                                  nncc_picture_info *info) {
  return guarded([&]() -> Result {
    if (!session || !info)
      return invalid("nncc_get_picture_info: null pointer");
    const auto &format = session->session->getProgram().picture;
    if (!format)
      return {NNCC_UNAVAILABLE,
              "the program takes no pictures; compile the model with "
              "--input-format=rgb8 (or bgr8, gray8), --mean and --std"};
    const Tensor &input = session->session->input(0);
    info->pixels = static_cast<nncc_pixels>(format->pixels);
    info->height = static_cast<uint32_t>(input.shape[1]);
    info->width = static_cast<uint32_t>(input.shape[2]);
    info->channels = static_cast<uint32_t>(input.shape[3]);
    info->resize = format->resize;
    info->stretch = format->stretch;
    info->mean = format->mean.data();
    info->std = format->std.data();
    return {};
  });
}

nncc_status nncc_get_output_info(const nncc_session *session, size_t index,
                                 nncc_tensor_info *info) {
  return guarded([&]() -> Result {
    if (!session || !info)
      return invalid("nncc_get_output_info: null pointer");
    Result result = checkIndex("output", index, nncc_output_count(session));
    if (result)
      describe(session->session->output(index), *info);
    return result;
  });
}

nncc_status nncc_set_input(nncc_session *session, size_t index,
                           const void *data, size_t size) {
  return guarded([&]() -> Result {
    if (!session || !data)
      return invalid("nncc_set_input: null pointer");
    if (Result result = checkIndex("input", index, nncc_input_count(session));
        !result)
      return result;
    return session->session->setInput(index, data, size);
  });
}

nncc_status nncc_run(nncc_session *session) {
  return guarded([&]() -> Result {
    if (!session)
      return invalid("nncc_run: null pointer");
    return session->session->run();
  });
}

nncc_status nncc_get_output(const nncc_session *session, size_t index,
                            void *data, size_t size) {
  return guarded([&]() -> Result {
    if (!session || !data)
      return invalid("nncc_get_output: null pointer");
    if (Result result = checkIndex("output", index, nncc_output_count(session));
        !result)
      return result;
    return session->session->getOutput(index, data, size);
  });
}

nncc_status nncc_get_program_info(const nncc_session *session,
                                  nncc_program_info *info) {
  return guarded([&]() -> Result {
    if (!session || !info)
      return invalid("nncc_get_program_info: null pointer");
    const Program &program = session->session->getProgram();
    *info = {};
    info->compiler = program.compiler.c_str();
    info->arch_name = program.arch.name.c_str();
    info->arch_fingerprint = program.arch.fingerprint();
    info->vector = program.arch.vector;
    info->outputs = program.arch.outputs;
    info->clock_mhz = program.arch.clockMHz;
    info->instructions = program.instructions.size();
    for (const Layer &layer : program.layers)
      info->macs += layer.macs;
    return {};
  });
}

nncc_status nncc_get_stats(nncc_session *session, nncc_stats *stats) {
  return guarded([&]() -> Result {
    if (!session || !stats)
      return invalid("nncc_get_stats: null pointer");
    return session->session->getStats(*stats);
  });
}

size_t nncc_layer_count(const nncc_session *session) {
  return session ? session->session->getProgram().layers.size() : 0;
}

nncc_status nncc_get_layer_stats(nncc_session *session, size_t index,
                                 nncc_layer_stats *stats) {
  return guarded([&]() -> Result {
    if (!session || !stats)
      return invalid("nncc_get_layer_stats: null pointer");
    if (Result result = checkIndex("layer", index, nncc_layer_count(session));
        !result)
      return result;
    return session->session->getLayerStats(index, *stats);
  });
}

} // extern "C"
