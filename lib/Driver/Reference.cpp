//===- Reference.cpp - Running the quantized graph ------------------------===//

#include "nncc/Driver/Reference.h"

#include "nncc/Program/Program.h"
#include "nncc/Quantization/Names.h"
#include "nncc/Quantization/Npy.h"
#include "nncc/Quantization/PictureSamples.h"
#include "nncc/Quantization/QuantizedOps.h"
#include "nncc/Quantization/ReferenceEvaluator.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace nncc;

namespace {
/// A result of several inferences, stacked along the first axis.
struct Stack {
  TensorData::Element element;
  std::vector<int64_t> shape;
  std::string bytes;
  int64_t count = 0;
};
} // namespace

static void append(Stack &stack, const TensorData &data) {
  stack.element = data.element;
  stack.shape = data.shape;
  ++stack.count;
  auto add = [&](const auto &values) {
    stack.bytes.append(reinterpret_cast<const char *>(values.data()),
                       values.size() * sizeof(values[0]));
  };
  switch (data.element) {
  case TensorData::Element::Float:
    return add(data.floats);
  case TensorData::Element::Int8:
    return add(data.bytes);
  case TensorData::Element::Int64:
    return add(data.ints);
  }
}

/// The bytes of a .npy file, version 1.0.
static std::string npyBytes(const Stack &stack) {
  StringRef type = stack.element == TensorData::Element::Float  ? "<f4"
                   : stack.element == TensorData::Element::Int8 ? "|i1"
                                                                : "<i8";
  std::vector<int64_t> shape = stack.shape;
  if (stack.count > 1) {
    if (!shape.empty() && shape[0] == 1)
      shape[0] = stack.count;
    else
      shape.insert(shape.begin(), stack.count);
  }
  std::string header =
      ("{'descr': '" + type + "', 'fortran_order': False, 'shape': (").str();
  // As NumPy writes it: (1, 3) and (1,).
  for (size_t i = 0; i < shape.size(); ++i)
    header += (i ? ", " : "") + std::to_string(shape[i]);
  header += shape.size() == 1 ? ",), }" : "), }";
  // Magic, version and length take 10 bytes; the data starts at a multiple
  // of 64.
  header.resize(llvm::alignTo(10 + header.size() + 1, 64) - 11, ' ');
  header += '\n';
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size() & 0xff);
  file += static_cast<char>(header.size() >> 8);
  return file + header + stack.bytes;
}

LogicalResult nncc::runReference(ModuleOp module, ArrayRef<std::string> inputs,
                                 StringRef folder) {
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (functions.size() != 1)
    return module.emitError("expected one function, got ") << functions.size();
  func::FuncOp function = functions.front();

  // Inputs by name.
  unsigned arity = function.getNumArguments();
  std::vector<std::optional<NpyArray>> arrays(arity);
  auto argumentName = [&](unsigned i) {
    auto name = function.getArgAttrOfType<StringAttr>(i, "nn.name");
    return name ? name.str() : "arg" + std::to_string(i);
  };
  for (StringRef text : inputs) {
    auto [name, path] = text.split('=');
    unsigned index = 0;
    if (path.empty()) {
      path = name;
    } else {
      while (index < arity && argumentName(index) != name)
        ++index;
      if (index == arity)
        return module.emitError("has no input named '") << name << "'";
    }
    llvm::Expected<NpyArray> array = NpyArray::open(path);
    if (!array)
      return module.emitError() << llvm::toString(array.takeError());
    arrays[index] = std::move(*array);
  }
  int64_t count = 0;
  // A picture comes as its pixels.
  std::optional<PictureSamples> pictures;
  if (arity == 1 && arrays[0])
    if (auto picture = nn::getPicture(function, 0)) {
      auto type = cast<RankedTensorType>(function.getArgumentTypes().front());
      llvm::Expected<PictureSamples> samples = PictureSamples::fromArray(
          std::move(*arrays[0]), "--input", *picture, type.getShape());
      if (!samples)
        return module.emitError() << llvm::toString(samples.takeError());
      pictures = std::move(*samples);
      count = pictures->size();
    }
  for (unsigned i = 0; i < arity && !pictures; ++i) {
    auto type = cast<RankedTensorType>(function.getArgument(i).getType());
    if (!arrays[i])
      return module.emitError("input '") << argumentName(i) << "' is missing";
    int64_t size = type.getNumElements();
    if (arrays[i]->getNumElements() == 0 ||
        arrays[i]->getNumElements() % size != 0)
      return module.emitError("input '")
             << argumentName(i) << "': expected a multiple of " << size
             << " elements for " << type << ", got "
             << arrays[i]->getNumElements();
    int64_t here = arrays[i]->getNumElements() / size;
    if (count && here != count)
      return module.emitError("inputs hold ")
             << count << " and " << here << " samples";
    count = here;
  }

  llvm::Expected<std::unique_ptr<ReferenceEvaluator>> evaluator =
      ReferenceEvaluator::create(function);
  if (!evaluator)
    return function.emitError() << llvm::toString(evaluator.takeError());

  llvm::MapVector<StringRef, Stack> stacks;
  std::vector<std::string> names; // keys of `stacks` point here
  names.reserve(4096);
  llvm::DenseMap<Value, StringRef> nameOf;
  auto keyOf = [&](Value value) -> StringRef {
    auto [it, isNew] = nameOf.try_emplace(value);
    if (isNew && names.size() < names.capacity()) {
      names.push_back(getBytesName(function, value));
      it->second = names.back();
    }
    return it->second;
  };
  for (int64_t i = 0; i < count; ++i) {
    std::vector<TensorData> data;
    if (pictures) {
      llvm::Expected<std::vector<uint8_t>> pixels = pictures->getPixels(i);
      if (!pixels)
        return module.emitError() << llvm::toString(pixels.takeError());
      data.push_back(pictures->toTensor(*pixels));
    }
    for (unsigned a = data.size(); a < arity; ++a) {
      TensorData tensor;
      auto type = cast<RankedTensorType>(function.getArgument(a).getType());
      tensor.shape.assign(type.getShape().begin(), type.getShape().end());
      tensor.floats =
          arrays[a]->read(i * type.getNumElements(), type.getNumElements());
      data.push_back(std::move(tensor));
    }
    auto results =
        (*evaluator)->run(data, [&](Value value, const TensorData &result) {
          Operation *op = value.getDefiningOp();
          if (!op ||
              llvm::isa<quant::QuantizeCastOp, nn::ConstantOp, nn::ReshapeOp>(
                  op) ||
              !getQuantParams(value.getType()))
            return;
          append(stacks[keyOf(value)], result);
        });
    if (!results)
      return function.emitError() << llvm::toString(results.takeError());
    for (auto [index, result] : llvm::enumerate(*results)) {
      auto attr = function.getResultAttrOfType<StringAttr>(index, "nn.name");
      append(stacks[attr ? attr.getValue() : StringRef("result")], result);
    }
  }

  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return module.emitError("cannot create folder '")
           << folder << "': " << error.message();
  for (auto &[name, stack] : stacks) {
    std::string file = name.str();
    std::replace(file.begin(), file.end(), '/', '_');
    SmallString<128> path(folder);
    llvm::sys::path::append(path, file + ".npy");
    std::string bytes = npyBytes(stack);
    if (std::string why =
            writeFileAtomically(path.str().str(), std::string_view(bytes));
        !why.empty())
      return module.emitError() << why;
  }
  return success();
}
