//===- NamedRanges.cpp - A graph's ranges by name -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/NamedRanges.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/Calibration.h"
#include "nncc/Quantization/Names.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace nncc;

namespace {
struct NamedValue {
  std::string name;
  Value value;
};
} // namespace

/// Every value that can have a range, in the order of the function.
static std::vector<NamedValue> nameValues(func::FuncOp function) {
  std::vector<NamedValue> named;
  llvm::StringSet<> originals, taken;
  auto add = [&](Value value) {
    if (isRangeSource(value))
      named.push_back({getTensorName(value), value});
  };
  llvm::for_each(function.getArguments(), add);
  for (Operation &op : function.getOps())
    llvm::for_each(op.getResults(), add);
  for (const NamedValue &entry : named)
    originals.insert(entry.name);
  for (NamedValue &entry : named) {
    std::string name = entry.name;
    // Not what another tensor is called from the start.
    for (unsigned number = 2; taken.contains(name) ||
                              (name != entry.name && originals.contains(name));
         ++number)
      name = entry.name + "~" + std::to_string(number);
    taken.insert(name);
    entry.name = name;
  }
  return named;
}

/// The type of a layer's input means; null if the value is no layer's result.
static RankedTensorType getMeanType(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  Type f32 = Float32Type::get(value.getContext());
  if (auto conv = dyn_cast<nn::Conv2DOp>(op))
    return RankedTensorType::get(
        {conv.getInChannels(), conv.getKernelH(), conv.getKernelW()}, f32);
  if (auto linear = dyn_cast<nn::LinearOp>(op))
    return RankedTensorType::get(
        {linear.getInput().getType().getDimSize(1), 1, 1}, f32);
  return {};
}

RangeFile nncc::collectRanges(func::FuncOp function) {
  RangeFile file;
  for (const auto &[name, value] : nameValues(function)) {
    if (std::optional<Range> range = getRange(value))
      file.ranges.push_back({name, *range});
    RankedTensorType type = getMeanType(value);
    if (!type)
      continue;
    auto means =
        value.getDefiningOp()->getAttrOfType<DenseElementsAttr>(kInputMeanAttr);
    if (means && means.getType() == type) {
      RangeFile::InputMean entry;
      entry.name = name;
      entry.shape = type.getShape();
      llvm::append_range(entry.values, means.getValues<float>());
      file.means.push_back(std::move(entry));
    }
  }
  return file;
}

static std::string formatExtents(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

/// For names with a slip of the pen.
static std::string describeUnknown(StringRef name,
                                   ArrayRef<NamedValue> values) {
  std::string text = "the network has no tensor '" + name.str() + "'";
  const NamedValue *nearest = nullptr;
  unsigned least = name.size() / 3 + 1;
  for (const NamedValue &entry : values) {
    unsigned distance = StringRef(entry.name).edit_distance(name, true, least);
    if (distance < least) {
      least = distance;
      nearest = &entry;
    }
  }
  if (nearest)
    text += "; did you mean '" + nearest->name + "'?";
  return text;
}

std::string nncc::applyRanges(func::FuncOp function, const RangeFile &file) {
  std::vector<NamedValue> named = nameValues(function);
  llvm::StringMap<Value> values;
  for (const NamedValue &entry : named)
    values[entry.name] = entry.value;
  auto fail = [](unsigned line, const std::string &why) {
    return "line " + std::to_string(line) + ": " + why;
  };

  for (const RangeFile::TensorRange &entry : file.ranges) {
    Value value = values.lookup(entry.name);
    if (!value)
      return fail(entry.line, describeUnknown(entry.name, named));
    setRange(value, entry.range);
  }
  for (const RangeFile::InputMean &entry : file.means) {
    Value value = values.lookup(entry.name);
    if (!value)
      return fail(entry.line, describeUnknown(entry.name, named));
    RankedTensorType type = getMeanType(value);
    if (!type)
      return fail(entry.line, "'" + entry.name +
                                  "' is no convolution or linear layer, which "
                                  "alone have means");
    if (type.getShape() != ArrayRef<int64_t>(entry.shape))
      return fail(entry.line, "expected means of shape " +
                                  formatExtents(type.getShape()) + " for '" +
                                  entry.name + "', got " +
                                  formatExtents(entry.shape));
    value.getDefiningOp()->setAttr(
        kInputMeanAttr,
        DenseElementsAttr::get(type, ArrayRef<float>(entry.values)));
  }
  return "";
}

std::vector<std::string> nncc::findMissingRanges(func::FuncOp function) {
  std::vector<std::string> missing;
  for (const auto &[name, value] : nameValues(function))
    if (needsRange(value) && !getRange(value))
      missing.push_back(name);
  return missing;
}

bool nncc::lacksInputMeans(func::FuncOp function) {
  return llvm::any_of(function.getOps(), [](Operation &op) {
    return isa<nn::Conv2DOp, nn::LinearOp>(op) && !op.hasAttr(kInputMeanAttr);
  });
}
