//===- SessionTests.cpp - The C interface ---------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "SamplePrograms.h"
#include "nncc/device.h"
#include "nncc/runtime.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstdio>
#include <cstring>
#include <memory>

using namespace nncc;
using testing::Each;
using testing::HasSubstr;

extern "C" nncc_status openFromC(const void *program, size_t size,
                                 nncc_session **session);

namespace {

struct Closer {
  void operator()(nncc_session *session) const { nncc_close(session); }
};
using SessionPtr = std::unique_ptr<nncc_session, Closer>;

} // namespace

static std::vector<uint8_t> bytesOf(const Program &program) {
  std::vector<uint8_t> bytes;
  EXPECT_EQ(serialize(program, bytes), "");
  return bytes;
}

static SessionPtr open(const Program &program) {
  std::vector<uint8_t> bytes = bytesOf(program);
  nncc_session *session = nullptr;
  EXPECT_EQ(nncc_open(bytes.data(), bytes.size(), "sim", nullptr, &session),
            NNCC_OK)
      << nncc_last_error();
  return SessionPtr(session);
}

TEST(Session, TakesPictures) {
  Program program = test::makeDoublingProgram();
  nncc_picture_info info;
  EXPECT_EQ(nncc_get_picture_info(open(program).get(), &info),
            NNCC_UNAVAILABLE);
  EXPECT_THAT(nncc_last_error(), HasSubstr("--input-format=rgb8"));

  Tensor &input = program.tensors[program.inputs[0]];
  input.type = DataType::UInt8;
  input.shape = {1, 2, 4, 3};
  program.prologue[0].kind = HostOpKind::Picture;
  PictureFormat &format = program.picture.emplace();
  format.pixels = PixelFormat::BGR8;
  format.resize = 99;
  format.mean = {1, 2, 3};
  format.std = {4, 5, 6};
  SessionPtr session = open(program);
  ASSERT_EQ(nncc_get_picture_info(session.get(), &info), NNCC_OK);
  EXPECT_EQ(info.pixels, NNCC_BGR8);
  EXPECT_EQ(info.height, 2u);
  EXPECT_EQ(info.width, 4u);
  EXPECT_EQ(info.channels, 3u);
  EXPECT_EQ(info.resize, 99u);
  EXPECT_EQ(info.stretch, 0);
  EXPECT_EQ(info.mean[2], 3);
  EXPECT_EQ(info.std[0], 4);
  nncc_tensor_info tensor;
  ASSERT_EQ(nncc_get_input_info(session.get(), 0, &tensor), NNCC_OK);
  EXPECT_EQ(tensor.type, NNCC_UINT8);
  EXPECT_EQ(tensor.bytes, 24u);

  std::vector<uint8_t> pixels(24);
  for (size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = static_cast<uint8_t>(120 + i);
  std::vector<float> twice(24);
  ASSERT_EQ(nncc_set_input(session.get(), 0, pixels.data(), 24), NNCC_OK);
  ASSERT_EQ(nncc_run(session.get()), NNCC_OK) << nncc_last_error();
  ASSERT_EQ(nncc_get_output(session.get(), 0, twice.data(), 96), NNCC_OK);
  // The device's zero point is 3, its scale a half.
  for (size_t pixel = 0; pixel < 8; ++pixel)
    for (size_t c = 0; c < 3; ++c)
      EXPECT_EQ(twice[c * 8 + pixel], pixels[pixel * 3 + c] - 128.0f - 3);
}

TEST(Session, RunsANetwork) {
  SessionPtr session = open(test::makeDoublingProgram());
  ASSERT_EQ(nncc_input_count(session.get()), 1u);
  ASSERT_EQ(nncc_output_count(session.get()), 3u);
  nncc_tensor_info info;
  ASSERT_EQ(nncc_get_input_info(session.get(), 0, &info), NNCC_OK);
  EXPECT_STREQ(info.name, "image");
  EXPECT_EQ(info.type, NNCC_FLOAT32);
  EXPECT_EQ(std::vector<int32_t>(info.shape, info.shape + info.rank),
            (std::vector<int32_t>{1, 3, 2, 4}));
  EXPECT_EQ(info.bytes, 96u);

  std::vector<float> image(24), twice(24);
  for (size_t i = 0; i < image.size(); ++i)
    image[i] = 0.5f * static_cast<float>(i) - 4;
  ASSERT_EQ(nncc_set_input(session.get(), 0, image.data(), 96), NNCC_OK);
  ASSERT_EQ(nncc_run(session.get()), NNCC_OK) << nncc_last_error();
  ASSERT_EQ(nncc_get_output(session.get(), 0, twice.data(), 96), NNCC_OK);
  for (size_t i = 0; i < image.size(); ++i)
    EXPECT_EQ(twice[i], 2 * image[i]) << i;
  std::vector<int64_t> best(8);
  ASSERT_EQ(nncc_get_output(session.get(), 2, best.data(), 64), NNCC_OK);
  EXPECT_THAT(best, Each(2));
}

TEST(Session, RunsDoNotInfluenceEachOther) {
  SessionPtr session = open(test::makeDoublingProgram());
  std::vector<float> zeros(24, 0.f), ones(24, 1.f), result(24);
  for (const std::vector<float> *image : {&zeros, &ones, &zeros}) {
    ASSERT_EQ(nncc_set_input(session.get(), 0, image->data(), 96), NNCC_OK);
    ASSERT_EQ(nncc_run(session.get()), NNCC_OK);
    ASSERT_EQ(nncc_get_output(session.get(), 0, result.data(), 96), NNCC_OK);
    EXPECT_THAT(result, Each(2 * image->front()));
  }
}

TEST(Session, WorksFromC) {
  std::vector<uint8_t> bytes = bytesOf(test::makeAddingProgram());
  nncc_session *session = nullptr;
  ASSERT_EQ(openFromC(bytes.data(), bytes.size(), &session), NNCC_OK);
  SessionPtr owner(session);
  std::vector<float> a(8, 3), b(8, 4), sum(8);
  ASSERT_EQ(nncc_set_input(session, 0, a.data(), 32), NNCC_OK);
  EXPECT_EQ(nncc_run(session), NNCC_INVALID_ARGUMENT);
  EXPECT_STREQ(nncc_last_error(), "input 'b' has not been set");
  ASSERT_EQ(nncc_set_input(session, 1, b.data(), 32), NNCC_OK);
  ASSERT_EQ(nncc_run(session), NNCC_OK) << nncc_last_error();
  ASSERT_EQ(nncc_get_output(session, 0, sum.data(), 32), NNCC_OK);
  EXPECT_THAT(sum, Each(7.f));
}

TEST(Session, RefusesWrongArguments) {
  SessionPtr session = open(test::makeAddingProgram());
  std::vector<float> values(8);
  EXPECT_EQ(nncc_set_input(session.get(), 0, values.data(), 31),
            NNCC_INVALID_ARGUMENT);
  EXPECT_STREQ(nncc_last_error(),
               "tensor 'a' (float32, 1x8): expected 32 bytes, got 31");
  EXPECT_EQ(nncc_set_input(session.get(), 2, values.data(), 32),
            NNCC_INVALID_ARGUMENT);
  EXPECT_STREQ(nncc_last_error(), "input 2 does not exist; there are 2");
  EXPECT_EQ(nncc_get_output(session.get(), 0, values.data(), 32),
            NNCC_INVALID_ARGUMENT);
  EXPECT_STREQ(nncc_last_error(), "there has been no successful run");
  EXPECT_EQ(nncc_run(nullptr), NNCC_INVALID_ARGUMENT);
  EXPECT_EQ(nncc_input_count(nullptr), 0u);
  nncc_close(nullptr);
}

TEST(Session, RefusesUnknownDevicesAndDamagedPrograms) {
  std::vector<uint8_t> bytes = bytesOf(test::makeAddingProgram());
  nncc_session *session = nullptr;
  EXPECT_EQ(nncc_open(bytes.data(), bytes.size(), "gpu", nullptr, &session),
            NNCC_WRONG_DEVICE);
  EXPECT_THAT(nncc_last_error(),
              HasSubstr("there is no device 'gpu'; this runtime has: sim"));
  bytes[bytes.size() / 2] ^= 1;
  EXPECT_EQ(nncc_open(bytes.data(), bytes.size(), "sim", nullptr, &session),
            NNCC_INVALID_PROGRAM);
  EXPECT_EQ(session, nullptr);
  EXPECT_EQ(nncc_open_file("/does/not/exist", nullptr, nullptr, &session),
            NNCC_INVALID_PROGRAM);
  EXPECT_THAT(nncc_last_error(), HasSubstr("/does/not/exist"));
}

TEST(Session, ReportsTheStopOfTheDevice) {
  Program program = test::makeDoublingProgram();
  auto &conv = std::get<isa::Conv>(program.instructions[4].body);
  conv.tapBase = 1; // the second tap of the word: group 0 of the list is loaded
  program.constants[64 + 4] = 0xff;
  program.constants[64 + 5] = 0xff;
  SessionPtr session = open(program);
  std::vector<float> image(24);
  ASSERT_EQ(nncc_set_input(session.get(), 0, image.data(), 96), NNCC_OK);
  EXPECT_EQ(nncc_run(session.get()), NNCC_DEVICE_ERROR);
  EXPECT_THAT(nncc_last_error(),
              HasSubstr("instruction 4 (conv, layer 'twice/Conv'): tap 0"));
  EXPECT_EQ(nncc_get_output(session.get(), 0, image.data(), 96),
            NNCC_INVALID_ARGUMENT);
}

TEST(Session, Statistics) {
  SessionPtr session = open(test::makeDoublingProgram());
  nncc_program_info info;
  ASSERT_EQ(nncc_get_program_info(session.get(), &info), NNCC_OK);
  EXPECT_STREQ(info.arch_name, "tiny");
  EXPECT_EQ(info.vector, 8u);
  EXPECT_EQ(info.macs, 24u);
  EXPECT_EQ(info.instructions, 6u);
  nncc_stats stats;
  ASSERT_EQ(nncc_get_stats(session.get(), &stats), NNCC_OK);
  EXPECT_GT(stats.cycles, 0u);
  EXPECT_EQ(stats.array_macs, 8u * 8 * 8);
  // Input and weights, taps, records, instructions; outputs.
  EXPECT_EQ(stats.dram_bytes_read, 64u + 64 + 8 + 64 + 6 * 64);
  EXPECT_EQ(stats.dram_bytes_written, 64u);
  ASSERT_EQ(nncc_layer_count(session.get()), 2u);
  nncc_layer_stats layer;
  ASSERT_EQ(nncc_get_layer_stats(session.get(), 0, &layer), NNCC_OK);
  EXPECT_STREQ(layer.name, "twice/Conv");
  EXPECT_EQ(layer.cycles, stats.cycles);
  ASSERT_EQ(nncc_get_layer_stats(session.get(), 1, &layer), NNCC_OK);
  EXPECT_STREQ(layer.engine, "host");
  EXPECT_EQ(layer.cycles, 0u);
  EXPECT_STREQ(layer.limiter, "none");
}

//===----------------------------------------------------------------------===//
// A device of the application
//===----------------------------------------------------------------------===//

namespace {

/// A board that is built as something else, or that never finishes.
struct FakeDevice {
  uint8_t memory[256] = {};
};

} // namespace

static bool otherConfiguration;
static int openDevices;

static FakeDevice *get(nncc_device *device) {
  return reinterpret_cast<FakeDevice *>(device);
}

static nncc_status fakeOpen(const nncc_options *, nncc_device **device, char *,
                            size_t) {
  *device = reinterpret_cast<nncc_device *>(new FakeDevice);
  ++openDevices;
  return NNCC_OK;
}

static nncc_status fakeIdentify(nncc_device *,
                                const nncc_device_program *program,
                                nncc_device_identity *identity, char *,
                                size_t) {
  identity->arch_fingerprint = program->arch_fingerprint;
  if (otherConfiguration) {
    std::strcpy(identity->arch_name, "zu3eg");
    identity->arch_fingerprint = 0x1234;
  }
  return NNCC_OK;
}

static nncc_status fakeLoad(nncc_device *, const nncc_device_program *, char *,
                            size_t) {
  return NNCC_OK;
}

static uint8_t *fakeMemory(nncc_device *device, nncc_host_region) {
  return get(device)->memory;
}

static nncc_status fakeStart(nncc_device *, char *, size_t) { return NNCC_OK; }

static nncc_status fakeWait(nncc_device *, uint32_t timeout, char *error,
                            size_t size) {
  std::snprintf(error, size, "no interrupt within %u ms", timeout);
  return NNCC_TIMEOUT;
}

static void fakeClose(nncc_device *device) {
  delete get(device);
  --openDevices;
}

static const nncc_device_ops kFake = {
    "board",   fakeOpen, fakeIdentify, fakeLoad, fakeMemory,
    fakeStart, fakeWait, nullptr,      nullptr,  fakeClose};

TEST(Device, AnotherConfigurationIsRefusedByName) {
  otherConfiguration = true;
  Program program = test::makeAddingProgram();
  std::vector<uint8_t> bytes = bytesOf(program);
  nncc_session *session = nullptr;
  EXPECT_EQ(
      nncc_open_device(bytes.data(), bytes.size(), &kFake, nullptr, &session),
      NNCC_WRONG_DEVICE);
  EXPECT_EQ(session, nullptr);
  EXPECT_EQ(std::string(nncc_last_error()),
            "the program was compiled for 'tiny' (fingerprint " +
                program.arch.fingerprintText() +
                "), but device 'board' is built as 'zu3eg' (fingerprint "
                "0000000000001234); compile it again for the device's "
                "architecture: nncc --arch=zu3eg");
  EXPECT_EQ(openDevices, 0);
}

TEST(Device, TimeOut) {
  otherConfiguration = false;
  std::vector<uint8_t> bytes = bytesOf(test::makeAddingProgram());
  nncc_options options{};
  options.struct_size = sizeof(options);
  options.timeout_ms = 250;
  nncc_session *session = nullptr;
  ASSERT_EQ(
      nncc_open_device(bytes.data(), bytes.size(), &kFake, &options, &session),
      NNCC_OK);
  std::vector<float> values(8);
  ASSERT_EQ(nncc_set_input(session, 0, values.data(), 32), NNCC_OK);
  ASSERT_EQ(nncc_set_input(session, 1, values.data(), 32), NNCC_OK);
  EXPECT_EQ(nncc_run(session), NNCC_TIMEOUT);
  EXPECT_STREQ(nncc_last_error(), "no interrupt within 250 ms");
  nncc_stats stats;
  EXPECT_EQ(nncc_get_stats(session, &stats), NNCC_UNAVAILABLE);
  EXPECT_STREQ(nncc_last_error(), "device 'board' has no statistics");
  nncc_close(session);
  EXPECT_EQ(openDevices, 0);
}
