//===- Evaluation.cpp - A compiled network against its float one ----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/FloatEvaluator.h"
#include "nncc/Quantization/Names.h"
#include "nncc/Terminal/ProgressBar.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace nncc;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Figures
//===----------------------------------------------------------------------===//

void Deviation::add(const std::vector<float> &expected,
                    const std::vector<float> &got) {
  for (auto [x, y] : llvm::zip_equal(expected, got)) {
    double difference = double{y} - double{x};
    signal += double{x} * x;
    noise += difference * difference;
  }
}

double Deviation::sqnr() const {
  if (noise == 0.0)
    return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(signal / noise);
}

/// The number of values above the one at `index`, and of equal ones before it.
static int64_t rankOf(const std::vector<float> &values, int64_t index) {
  int64_t rank = 0;
  for (int64_t i = 0; i < static_cast<int64_t>(values.size()); ++i)
    rank +=
        values[i] > values[index] || (values[i] == values[index] && i < index);
  return rank;
}

/// The classes with the greatest value, in ascending order.
static std::vector<int64_t> bestClasses(const std::vector<float> &values) {
  auto greatest = std::max_element(values.begin(), values.end());
  std::vector<int64_t> classes;
  for (auto value = greatest; value != values.end(); ++value)
    if (value == greatest || *value == *greatest)
      classes.push_back(value - values.begin());
  return classes;
}

void Score::add(const std::vector<float> &scores, int64_t label) {
  int64_t rank = rankOf(scores, label);
  top1 += rank < 1;
  top5 += rank < 5;
}

void Evaluation::addAnswers(llvm::ArrayRef<int64_t> expected,
                            llvm::ArrayRef<int64_t> got) {
  agreed += expected.front() == got.front();
  agreedWithTies += llvm::any_of(
      got, [&](int64_t best) { return llvm::is_contained(expected, best); });
  originalTies += expected.size() > 1;
  quantizedTies += got.size() > 1;
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

static std::string getResultName(func::FuncOp function, unsigned index) {
  auto name = function.getResultAttrOfType<StringAttr>(index, "nn.name");
  return name ? name.str() : "result" + std::to_string(index);
}

/// Checks the classes of the inputs.
static llvm::Error checkLabels(const std::vector<int64_t> &labels,
                               int64_t classes) {
  for (int64_t label : labels)
    if (label < 0 || label >= classes)
      return llvm::createStringError("expected labels from 0 to " +
                                     Twine(classes - 1) + ", got " +
                                     Twine(label));
  return llvm::Error::success();
}

/// The place of each program output: among the results of the function, or the
/// layer of that name.
static Expected<std::vector<std::optional<unsigned>>>
matchOutputs(func::FuncOp function, const ProgramRun &program) {
  std::vector<std::optional<unsigned>> places;
  for (const ProgramRun::Output &output : program.outputs()) {
    std::optional<unsigned> place;
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      if (getResultName(function, i) == output.name)
        place = i;
    if (!place && !output.isLayer())
      return llvm::createStringError(
          "the program has an output '" + output.name +
          "', the model has none of that name: is it another model's?");
    places.push_back(place);
  }
  return places;
}

Expected<Evaluation> nncc::evaluate(func::FuncOp function, ProgramRun &program,
                                    const CalibrationData &data,
                                    const std::vector<int64_t> *labels) {
  auto evaluator = FloatEvaluator::create(function);
  if (!evaluator)
    return evaluator.takeError();
  auto places = matchOutputs(function, program);
  if (!places)
    return places.takeError();
  std::optional<size_t> first; // The output that answers are read from.
  for (size_t i = places->size(); i-- > 0;)
    if ((*places)[i] && !program.outputs()[i].isLayer())
      first = i;
  if (!first)
    return llvm::createStringError("the program has no output of the model");
  int64_t classes = 1;
  for (int64_t extent : program.outputs()[*first].shape)
    classes *= extent;
  if (labels)
    if (llvm::Error error = checkLabels(*labels, classes))
      return error;

  std::vector<std::string> names;
  for (Value argument : function.getArguments())
    names.push_back(getTensorName(argument));
  Evaluation result;
  result.labelled = labels != nullptr;
  std::vector<Deviation> deviations(places->size());
  for (auto [deviation, output] :
       llvm::zip_equal(deviations, program.outputs()))
    deviation.name = output.name;

  ProgressBar bar("evaluating", data.size());
  for (int64_t i = 0; i < data.size(); ++i) {
    std::vector<TensorData> inputs;
    std::vector<uint8_t> pixels;
    if (const PictureSamples *pictures = data.getPictures()) {
      Expected<std::vector<uint8_t>> read = pictures->getPixels(i);
      if (!read)
        return read.takeError();
      pixels = std::move(*read);
      inputs.push_back(pictures->toTensor(pixels));
    } else {
      Expected<std::vector<TensorData>> sample = data.get(i);
      if (!sample)
        return sample.takeError();
      inputs = std::move(*sample);
    }
    llvm::StringMap<std::vector<float>> layers;
    auto results =
        (*evaluator)->run(inputs, [&](Value value, const TensorData &tensor) {
          if (tensor.element != TensorData::Element::Float ||
              !value.getDefiningOp())
            return;
          layers[getBytesName(function, value)] = tensor.floats;
        });
    if (!results)
      return results.takeError();
    auto outputs =
        data.getPictures() ? program.run(pixels) : program.run(names, inputs);
    if (!outputs)
      return outputs.takeError();

    for (size_t o = 0; o < outputs->size(); ++o) {
      const std::vector<float> &got = (*outputs)[o];
      std::vector<float> expected;
      if (program.outputs()[o].isLayer()) {
        auto found = layers.find(deviations[o].name);
        if (found != layers.end())
          expected = found->second;
      } else {
        const TensorData &tensor = (*results)[*(*places)[o]];
        expected = tensor.floats;
        if (tensor.element == TensorData::Element::Int64)
          expected.assign(tensor.ints.begin(), tensor.ints.end());
      }
      // A layer that only the integer network has, such as a change of scale.
      if (expected.size() != got.size())
        continue;
      deviations[o].add(expected, got);
      if (o != *first)
        continue;
      result.addAnswers(bestClasses(expected), bestClasses(got));
      if (result.labelled) {
        result.original.add(expected, (*labels)[i]);
        result.quantized.add(got, (*labels)[i]);
      }
    }
    ++result.inputs;
    bar.update(result.inputs);
  }

  for (size_t o = 0; o < deviations.size(); ++o)
    if (!program.outputs()[o].isLayer())
      result.outputs.push_back(deviations[o]);
    else if (deviations[o].signal > 0.0 || deviations[o].noise > 0.0)
      result.layers.push_back(deviations[o]);
  llvm::DenseMap<StringRef, StringRef> kinds;
  for (Operation &op : function.getBody().front())
    if (op.getNumResults() == 1)
      for (Deviation &layer : result.layers)
        if (layer.name == getBytesName(function, op.getResult(0)))
          layer.kind = op.getName().stripDialect().str();
  std::sort(result.layers.begin(), result.layers.end(),
            [](const Deviation &a, const Deviation &b) {
              return std::make_pair(a.sqnr(), a.name) <
                     std::make_pair(b.sqnr(), b.name);
            });
  return result;
}

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

static double share(int64_t part, int64_t whole) {
  return whole ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

/// JSON has no infinity: null stands for no noise at all.
static llvm::json::Array toJSON(llvm::ArrayRef<Deviation> deviations) {
  llvm::json::Array list;
  for (const Deviation &deviation : deviations) {
    llvm::json::Object entry{{"name", deviation.name}};
    double sqnr = deviation.sqnr();
    entry["sqnr_db"] = std::isfinite(sqnr) ? llvm::json::Value(sqnr)
                                           : llvm::json::Value(nullptr);
    if (!deviation.kind.empty())
      entry["kind"] = deviation.kind;
    list.push_back(std::move(entry));
  }
  return list;
}

llvm::json::Value Evaluation::toJSON() const {
  llvm::json::Object object{
      {"inputs", inputs},
      {"agreement", share(agreed, inputs)},
      {"agreement_with_ties", share(agreedWithTies, inputs)},
      {"ties", llvm::json::Object{{"float", share(originalTies, inputs)},
                                  {"quantized", share(quantizedTies, inputs)}}},
      {"outputs", ::toJSON(outputs)}};
  if (labelled) {
    auto score = [&](const Score &s) {
      return llvm::json::Object{{"top1", share(s.top1, inputs)},
                                {"top5", share(s.top5, inputs)}};
    };
    object["float"] = score(original);
    object["quantized"] = score(quantized);
  }
  if (!layers.empty())
    object["layers"] = ::toJSON(layers);
  return object;
}

/// What may help the layer, most likely first.
static const char *adviceFor(const Deviation &layer) {
  if (layer.sqnr() >= 20.0)
    return "";
  if (layer.kind == "conv2d" || layer.kind == "linear")
    return "more and more varied samples; --observer=minmax or percentile";
  if (layer.kind == "add" || layer.kind == "concat")
    return "its inputs have very different ranges: look at the layers before";
  return "look at the layer before";
}

void Evaluation::print(llvm::raw_ostream &os, bool withLayers) const {
  os << inputs << " inputs, the same answer for "
     << llvm::format("%.2f%%", 100 * share(agreed, inputs)) << '\n';
  if (originalTies + quantizedTies > 0)
    os << llvm::format(
        "several classes share the greatest score for %.2f%% (float) and "
        "%.2f%% (quantized)\nof the inputs, the first of them is the answer; "
        "a best class in common for %.2f%%\n",
        100 * share(originalTies, inputs), 100 * share(quantizedTies, inputs),
        100 * share(agreedWithTies, inputs));
  if (labelled) {
    auto row = [&](const char *name, const Score &s) {
      os << llvm::format("%-10s top-1 %6.2f%%  top-5 %6.2f%%\n", name,
                         100 * share(s.top1, inputs),
                         100 * share(s.top5, inputs));
    };
    row("float", original);
    row("quantized", quantized);
  }
  for (const Deviation &output : outputs)
    os << llvm::format("SQNR %6.1f dB  ", output.sqnr()) << output.name << '\n';
  if (!withLayers)
    return;
  os << "\nlayers, worst first\n";
  for (const Deviation &layer : layers) {
    os << llvm::format("SQNR %6.1f dB  ", layer.sqnr()) << layer.name;
    if (!layer.kind.empty())
      os << " (" << layer.kind << ")";
    if (const char *advice = adviceFor(layer); *advice)
      os << ": " << advice;
    os << '\n';
  }
}
