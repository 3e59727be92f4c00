//===- nncc-run.cpp - Runs a compiled network -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"
#include "Options.h"
#include "Stats.h"
#include "nncc/Picture/Labels.h"
#include "nncc/Picture/Picture.h"
#include "nncc/Program/Program.h"
#include "nncc/Support/PlainText.h"
#include "nncc/Terminal/ProgressBar.h"
#include "nncc/runtime.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <unistd.h>

using namespace nncc;
using namespace nncc::run;

namespace {

struct SessionCloser {
  void operator()(nncc_session *session) const { nncc_close(session); }
};

/// An input of the network and the file it is read from.
struct Input {
  nncc_tensor_info info;
  NpyReader file;
  uint64_t elements = 1; ///< of one inference
};

struct Output {
  nncc_tensor_info info;
  NpyWriter file;
  std::vector<uint8_t> value;
};

/// One call of the tool.
class Runner {
public:
  explicit Runner(const Options &options) : options(options) {}
  std::string run();

private:
  std::string openSession();
  static void showCycles(void *runner, uint64_t done, uint64_t total);
  void showInferences();
  std::string openInputs();
  std::string openPictures();
  std::string openLabels();
  std::string setInputs(uint64_t index);
  std::string assign(const std::string &argument);
  std::string openInput(size_t index, const std::string &path);
  std::string countInferences(const Input &input, uint64_t &count) const;
  std::string openOutputs();
  std::string infer(uint64_t index);
  std::string printReport();
  void printTop(const Output &output, uint64_t index) const;
  std::string writeStats();

  const Options &options;
  std::unique_ptr<nncc_session, SessionCloser> session;
  std::vector<std::unique_ptr<Input>> inputs; ///< by index; null: not given
  nncc_picture_info picture{};                ///< with --image
  PictureFormat pictureFormat;
  Labels labels;
  std::vector<std::unique_ptr<Output>> outputs;
  uint64_t inferences = 1;
  uint64_t finished = 0; ///< inferences
  /// In cycles if the device says how many there are, else in inferences.
  std::optional<ProgressBar> progress;
  bool inCycles = false;
};

} // namespace

static std::vector<uint64_t> shapeOf(const nncc_tensor_info &info) {
  return std::vector<uint64_t>(info.shape, info.shape + info.rank);
}

std::string Runner::openSession() {
  nncc_options runtimeOptions{};
  runtimeOptions.struct_size = sizeof(runtimeOptions);
  runtimeOptions.timeout_ms = options.timeoutMs;
  runtimeOptions.check_uninitialized = options.checkUninitialized;
  std::vector<const char *> settings;
  settings.reserve(options.settings.size() + 1);
  for (const std::string &setting : options.settings)
    settings.push_back(setting.c_str());
  settings.push_back(nullptr);
  runtimeOptions.settings = settings.data();
  // Who does not see it need not wait for the timing model.
  if (options.progress || ::isatty(STDERR_FILENO)) {
    runtimeOptions.progress = showCycles;
    runtimeOptions.progress_context = this;
  }
  nncc_session *opened = nullptr;
  if (nncc_open_file(options.program.c_str(),
                     options.device.empty() ? nullptr : options.device.c_str(),
                     &runtimeOptions, &opened) != NNCC_OK)
    return nncc_last_error();
  session.reset(opened);
  return "";
}

void Runner::showCycles(void *context, uint64_t done, uint64_t total) {
  auto &runner = *static_cast<Runner *>(context);
  if (!runner.inCycles) {
    runner.inCycles = true;
    runner.progress.emplace("running, cycles", runner.inferences * total,
                            runner.options.progress);
  }
  runner.progress->update(runner.finished * total + done);
}

void Runner::showInferences() {
  if (inCycles)
    return;
  if (!progress)
    progress.emplace("running", inferences, options.progress);
  progress->update(finished);
}

/// "'a', 'b'": the inputs of the network.
static std::string inputNames(const nncc_session *session) {
  std::string names;
  for (size_t i = 0; i < nncc_input_count(session); ++i) {
    nncc_tensor_info info;
    if (nncc_get_input_info(session, i, &info) == NNCC_OK)
      names += (names.empty() ? "'" : ", '") + std::string(info.name) + "'";
  }
  return names.empty() ? "none" : names;
}

std::string Runner::openInput(size_t index, const std::string &path) {
  auto input = std::make_unique<Input>();
  if (nncc_get_input_info(session.get(), index, &input->info) != NNCC_OK)
    return nncc_last_error();
  if (inputs[index])
    return "input '" + std::string(input->info.name) + "' is given twice";
  for (uint64_t dimension : shapeOf(input->info))
    input->elements *= dimension;
  std::string error = input->file.open(path);
  inputs[index] = std::move(input);
  return error;
}

/// Finds the input that an argument is for, and opens its file.
std::string Runner::assign(const std::string &argument) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    nncc_tensor_info info;
    if (nncc_get_input_info(session.get(), i, &info) != NNCC_OK)
      return nncc_last_error();
    std::string prefix = std::string(info.name) + '=';
    if (argument.compare(0, prefix.size(), prefix) == 0)
      return openInput(i, argument.substr(prefix.size()));
  }
  size_t split = argument.find('=');
  if (inputs.size() == 1 &&
      (split == std::string::npos || ::access(argument.c_str(), F_OK) == 0))
    return openInput(0, argument);
  if (split != std::string::npos)
    return "the network has no input '" + argument.substr(0, split) +
           "'; it has: " + inputNames(session.get());
  return "--input " + argument + ": expected NAME=" + argument +
         "; the network has " + std::to_string(inputs.size()) +
         " inputs: " + inputNames(session.get());
}

/// How many inferences the array of an input is for.
std::string Runner::countInferences(const Input &input, uint64_t &count) const {
  std::vector<uint64_t> expected = shapeOf(input.info);
  const std::vector<uint64_t> &got = input.file.header().shape;
  count = 1;
  if (got == expected)
    return "";
  if (!expected.empty() && expected[0] == 1 && got.size() == expected.size() &&
      std::equal(expected.begin() + 1, expected.end(), got.begin() + 1)) {
    count = got[0];
    if (count != 0)
      return "";
  }
  std::string any = expected.empty() || expected[0] != 1
                        ? ""
                        : ", or any first dimension above 0";
  return "input '" + std::string(input.info.name) + "': expected shape " +
         shapeText(expected) + any + ", got " + shapeText(got);
}

std::string Runner::openPictures() {
  if (nncc_get_picture_info(session.get(), &picture) != NNCC_OK)
    return "--image: " + std::string(nncc_last_error());
  if (nncc_input_count(session.get()) != 1)
    return "--image: the network has inputs beside the picture";
  pictureFormat.pixels = static_cast<PixelFormat>(picture.pixels);
  pictureFormat.resize = picture.resize;
  pictureFormat.stretch = picture.stretch != 0;
  // Mean and deviation are the program's own business.
  inferences = options.images.size();
  for (const std::string &path : options.images)
    if (std::string error = checkPictureFile(path); !error.empty())
      return error;
  return "";
}

/// Names for the first output.
std::string Runner::openLabels() {
  if (options.labelFile.empty())
    return "";
  if (std::string error = readLabels(options.labelFile, labels); !error.empty())
    return error;
  if (labels.names.empty())
    return options.labelFile + ": has no column 'name'";
  if (outputs.empty())
    return "";
  uint64_t elements = 1;
  for (uint64_t dimension : shapeOf(outputs.front()->info))
    elements *= dimension;
  auto last = static_cast<uint64_t>(labels.names.rbegin()->first);
  if (last + options.labelOffset >= elements)
    return options.labelFile + ": names class " + std::to_string(last) +
           (options.labelOffset ? " + " + std::to_string(options.labelOffset)
                                : "") +
           ", output '" + outputs.front()->info.name + "' has " +
           std::to_string(elements) + " elements";
  return "";
}

std::string Runner::openInputs() {
  if (!options.images.empty())
    return openPictures();
  inputs.resize(nncc_input_count(session.get()));
  for (const std::string &argument : options.inputs)
    if (std::string error = assign(argument); !error.empty())
      return error;
  const Input *first = nullptr;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i]) {
      nncc_tensor_info info;
      if (nncc_get_input_info(session.get(), i, &info) != NNCC_OK)
        return nncc_last_error();
      return "no file for input '" + std::string(info.name) + "' (" +
             shapeText(shapeOf(info)) + "); give it with --input " + info.name +
             "=FILE.npy";
    }
    uint64_t count;
    std::string error = countInferences(*inputs[i], count);
    if (!error.empty())
      return error;
    if (first && count != inferences)
      return "input '" + std::string(first->info.name) + "' has " +
             std::to_string(inferences) + " samples, input '" +
             inputs[i]->info.name + "' has " + std::to_string(count);
    first = inputs[i].get();
    inferences = count;
  }
  return "";
}

/// The file of an output: its name may not lead into another folder.
static std::string fileName(const std::string &name) {
  std::string result = name;
  std::replace(result.begin(), result.end(), '/', '_');
  return result + ".npy";
}

std::string Runner::openOutputs() {
  if (!options.outputFolder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.outputFolder, error);
    if (error)
      return options.outputFolder + ": cannot create: " + error.message();
  }
  for (size_t i = 0; i < nncc_output_count(session.get()); ++i) {
    auto output = std::make_unique<Output>();
    if (nncc_get_output_info(session.get(), i, &output->info) != NNCC_OK)
      return nncc_last_error();
    output->value.resize(output->info.bytes);
    for (const auto &other : outputs)
      if (fileName(other->info.name) == fileName(output->info.name))
        return "outputs '" + std::string(other->info.name) + "' and '" +
               output->info.name + "' would have the same file";
    if (!options.outputFolder.empty()) {
      // The samples take the place of the leading 1, or lie in front.
      std::vector<uint64_t> shape = shapeOf(output->info);
      if (inferences != 1) {
        if (!shape.empty() && shape[0] == 1)
          shape[0] = inferences;
        else
          shape.insert(shape.begin(), inferences);
      }
      std::string error = output->file.open(options.outputFolder + "/" +
                                                fileName(output->info.name),
                                            output->info.type, shape);
      if (!error.empty())
        return error;
    }
    outputs.push_back(std::move(output));
  }
  return "";
}

static double valueAt(const Output &output, size_t index) {
  auto read = [&](auto value) {
    std::memcpy(&value, output.value.data() + index * sizeof(value),
                sizeof(value));
    return static_cast<double>(value);
  };
  switch (output.info.type) {
  case NNCC_INT8:
    return read(int8_t());
  case NNCC_UINT8:
    return read(uint8_t());
  case NNCC_INT32:
    return read(int32_t());
  case NNCC_INT64:
    return read(int64_t());
  case NNCC_FLOAT32:
    break;
  }
  return read(float());
}

void Runner::printTop(const Output &output, uint64_t index) const {
  std::vector<uint64_t> shape = shapeOf(output.info);
  size_t elements = 1;
  for (uint64_t dimension : shape)
    elements *= dimension;
  std::vector<size_t> order(elements);
  std::iota(order.begin(), order.end(), size_t(0));
  size_t count = std::min<size_t>(options.top, elements);
  // Of equal values the first comes first. Not a number comes last.
  auto before = [&](size_t a, size_t b) {
    double x = valueAt(output, a), y = valueAt(output, b);
    if (std::isnan(x) != std::isnan(y))
      return std::isnan(y);
    if (std::isnan(x) || x == y)
      return a < b;
    return x > y;
  };
  std::partial_sort(order.begin(),
                    order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                    before);
  if (!options.images.empty())
    std::printf("%s: %s (%s)\n", options.images[index].c_str(),
                output.info.name, shapeText(shape).c_str());
  else if (inferences == 1)
    std::printf("%s (%s)\n", output.info.name, shapeText(shape).c_str());
  else
    std::printf("%s (%s), sample %llu\n", output.info.name,
                shapeText(shape).c_str(),
                static_cast<unsigned long long>(index));
  for (size_t i = 0; i < count; ++i) {
    std::string line;
    if (&output == outputs.front().get()) {
      auto label = labels.names.find(static_cast<int64_t>(order[i]) -
                                     static_cast<int64_t>(options.labelOffset));
      if (label != labels.names.end())
        line = "  " + plainText(label->second);
    }
    std::printf("%8zu  %.6g%s\n", order[i], valueAt(output, order[i]),
                line.c_str());
  }
}

std::string Runner::setInputs(uint64_t index) {
  std::vector<uint8_t> value;
  auto set = [&](size_t input) -> std::string {
    if (nncc_set_input(session.get(), input, value.data(), value.size()) !=
        NNCC_OK)
      return nncc_last_error();
    return "";
  };
  if (!options.images.empty()) {
    std::string error = readPicture(options.images[index], pictureFormat,
                                    picture.width, picture.height, value);
    return error.empty() ? set(0) : error;
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    Input &input = *inputs[i];
    std::string error = input.file.read(index * input.elements, input.elements,
                                        input.info.type, value);
    if (error.empty())
      error = set(i);
    if (!error.empty())
      return error;
  }
  return "";
}

std::string Runner::infer(uint64_t index) {
  if (std::string error = setInputs(index); !error.empty())
    return error;
  if (nncc_run(session.get()) != NNCC_OK)
    return (inferences == 1 ? "" : "sample " + std::to_string(index) + ": ") +
           std::string(nncc_last_error());
  for (size_t i = 0; i < outputs.size(); ++i) {
    Output &output = *outputs[i];
    if (nncc_get_output(session.get(), i, output.value.data(),
                        output.value.size()) != NNCC_OK)
      return nncc_last_error();
    if (!options.outputFolder.empty())
      if (std::string error = output.file.write(output.value); !error.empty())
        return error;
    if (options.top != 0)
      printTop(output, index);
  }
  return "";
}

std::string Runner::writeStats() {
  std::string json;
  std::string error = makeStatsJSON(session.get(), json);
  if (!error.empty())
    return error;
  return writeFileAtomically(options.statsFile, json);
}

std::string Runner::printReport() {
  std::string text;
  std::string error = makeStatsText(session.get(), text);
  std::fputs(text.c_str(), stdout);
  return error;
}

std::string Runner::run() {
  std::string error = openSession();
  if (error.empty())
    error = openInputs();
  if (error.empty())
    error = openOutputs();
  if (error.empty())
    error = openLabels();
  if (!error.empty())
    return error;
  showInferences();
  while (finished < inferences) {
    if (error = infer(finished); !error.empty())
      break;
    ++finished;
    showInferences();
  }
  progress.reset();
  if (error.empty() && options.report)
    error = printReport();
  if (!error.empty())
    return error;
  // The outputs come last: they are complete but for their names, and what
  // fails before leaves none of them behind.
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    return "cannot write to standard output";
  if (!options.statsFile.empty())
    if (error = writeStats(); !error.empty())
      return error;
  if (!options.outputFolder.empty())
    for (const auto &output : outputs)
      if (error = output->file.commit(); !error.empty())
        return error;
  return "";
}

int main(int argc, char **argv) {
  Options options;
  std::string error = parseOptions(argc, argv, options);
  if (error.empty() && options.help) {
    std::fputs(helpText().c_str(), stdout);
    return 0;
  }
  if (error.empty()) {
    try {
      error = Runner(options).run();
    } catch (const std::bad_alloc &) {
      error = "out of memory";
    }
  }
  if (error.empty())
    return 0;
  std::fprintf(stderr, "nncc-run: error: %s\n", plainText(error).c_str());
  return 1;
}
