//===- HostTensor.cpp - Constant tensors during import --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "HostTensor.h"

#include "ExternalData.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/APFloat.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;
using onnx::TensorProto;

static Error fail(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

size_t nncc::onnx_import::elementSize(int type) {
  switch (type) {
  case TensorProto::BOOL:
  case TensorProto::INT8:
  case TensorProto::UINT8:
    return 1;
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return 2;
  case TensorProto::INT32:
  case TensorProto::UINT32:
  case TensorProto::FLOAT:
    return 4;
  case TensorProto::INT64:
  case TensorProto::UINT64:
  case TensorProto::DOUBLE:
    return 8;
  default:
    return 0;
  }
}

std::string nncc::onnx_import::typeName(int type) {
  switch (type) {
  case TensorProto::BOOL:
    return "bool";
  case TensorProto::INT8:
    return "int8";
  case TensorProto::UINT8:
    return "uint8";
  case TensorProto::INT16:
    return "int16";
  case TensorProto::UINT16:
    return "uint16";
  case TensorProto::FLOAT16:
    return "float16";
  case TensorProto::BFLOAT16:
    return "bfloat16";
  case TensorProto::INT32:
    return "int32";
  case TensorProto::UINT32:
    return "uint32";
  case TensorProto::FLOAT:
    return "float32";
  case TensorProto::INT64:
    return "int64";
  case TensorProto::UINT64:
    return "uint64";
  case TensorProto::DOUBLE:
    return "float64";
  case TensorProto::STRING:
    return "string";
  default:
    return "type " + std::to_string(type);
  }
}

bool nncc::onnx_import::isFloatType(int type) {
  return type == TensorProto::FLOAT || type == TensorProto::DOUBLE ||
         type == TensorProto::FLOAT16 || type == TensorProto::BFLOAT16;
}

Expected<int64_t>
nncc::onnx_import::countHostElements(ArrayRef<int64_t> shape) {
  bool empty = false;
  Shape positive;
  for (int64_t extent : shape) {
    if (extent < 0)
      return fail("expected extents of zero or more, got shape " +
                  nn::formatShape(shape));
    empty |= extent == 0;
    positive.push_back(std::max<int64_t>(extent, 1));
  }
  // An extent of zero must not hide one that is out of range.
  Expected<int64_t> count = nn::countElements(positive);
  if (count)
    return empty ? 0 : *count;
  llvm::consumeError(count.takeError());
  return fail("expected at most " + Twine(nn::kMaxElements) +
              " elements, got shape " + nn::formatShape(shape));
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

namespace {
template <typename T> T load(llvm::StringRef data, int64_t i) {
  // Raw data need not be aligned.
  T value;
  std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
  return value;
}
} // namespace

/// Copies a repeated field to `to` as elements of type T, if every value fits.
template <typename T, typename Field>
static Error copyField(const Field &field, int64_t count, char *to) {
  if (field.size() != count)
    return fail("expected " + Twine(count) + " values, got " +
                Twine(field.size()));
  for (int64_t i = 0; i < count; ++i) {
    auto value = field.Get(static_cast<int>(i));
    T element = static_cast<T>(value);
    // For floating-point fields T is the field's own type.
    if constexpr (!std::is_floating_point_v<T>)
      if (static_cast<decltype(value)>(element) != value)
        return fail("expected values in the range of the element type, got " +
                    Twine(value) + " at index " + Twine(i));
    std::memcpy(to + i * sizeof(T), &element, sizeof(T));
  }
  return Error::success();
}

static Error copyTypedData(const TensorProto &proto, int64_t count, char *to) {
  switch (proto.data_type()) {
  case TensorProto::FLOAT:
    return copyField<float>(proto.float_data(), count, to);
  case TensorProto::DOUBLE:
    return copyField<double>(proto.double_data(), count, to);
  case TensorProto::INT64:
    return copyField<int64_t>(proto.int64_data(), count, to);
  case TensorProto::UINT64:
    return copyField<uint64_t>(proto.uint64_data(), count, to);
  case TensorProto::UINT32:
    return copyField<uint32_t>(proto.uint64_data(), count, to);
  case TensorProto::INT32:
    return copyField<int32_t>(proto.int32_data(), count, to);
  case TensorProto::INT16:
    return copyField<int16_t>(proto.int32_data(), count, to);
  case TensorProto::INT8:
    return copyField<int8_t>(proto.int32_data(), count, to);
  case TensorProto::UINT8:
  case TensorProto::BOOL:
    return copyField<uint8_t>(proto.int32_data(), count, to);
  // Half floats are kept as their bits.
  default:
    return copyField<uint16_t>(proto.int32_data(), count, to);
  }
}

Expected<HostTensor> HostTensor::decode(const TensorProto &proto,
                                        ExternalData *external) {
  if (proto.has_segment())
    return fail("its data is split into segments, which is not supported");
  size_t width = elementSize(proto.data_type());
  if (width == 0)
    return fail("elements of " + typeName(proto.data_type()) +
                " are not supported");

  HostTensor tensor;
  tensor.elementType = proto.data_type();
  tensor.extents.assign(proto.dims().begin(), proto.dims().end());
  Expected<int64_t> count = countHostElements(tensor.extents);
  if (!count)
    return count.takeError();
  tensor.count = *count;
  size_t bytes = static_cast<size_t>(*count) * width;

  if (proto.data_location() == TensorProto::EXTERNAL) {
    if (!external)
      return fail("its data is in an external file, which is supported for "
                  "initializers only");
    Expected<llvm::StringRef> data = external->read(proto, bytes);
    if (!data)
      return data.takeError();
    tensor.data = *data;
    return tensor;
  }
  if (proto.has_raw_data()) {
    if (proto.raw_data().size() != bytes)
      return fail("expected " + Twine(bytes) + " bytes of data for shape " +
                  nn::formatShape(tensor.extents) + " of " +
                  typeName(proto.data_type()) + ", got " +
                  Twine(proto.raw_data().size()));
    tensor.data = proto.raw_data();
    return tensor;
  }
  // The message has at least that many values if the counts agree, so that the
  // allocation is bounded by the file's size.
  int64_t present = std::max({proto.float_data_size(), proto.int32_data_size(),
                              proto.int64_data_size(), proto.double_data_size(),
                              proto.uint64_data_size()});
  if (present != *count)
    return fail("expected " + Twine(*count) + " values for shape " +
                nn::formatShape(tensor.extents) + ", got " + Twine(present));
  tensor.owned = std::make_shared<std::vector<char>>(bytes);
  tensor.data = llvm::StringRef(tensor.owned->data(), bytes);
  if (Error error = copyTypedData(proto, *count, tensor.owned->data()))
    return error;
  return tensor;
}

HostTensor HostTensor::zeros(int type, ArrayRef<int64_t> shape) {
  HostTensor tensor;
  tensor.elementType = type;
  tensor.extents.assign(shape.begin(), shape.end());
  tensor.count = llvm::cantFail(countHostElements(shape));
  tensor.owned = std::make_shared<std::vector<char>>(
      static_cast<size_t>(tensor.count) * elementSize(type));
  tensor.data = llvm::StringRef(tensor.owned->data(), tensor.owned->size());
  return tensor;
}

HostTensor HostTensor::fromInts(ArrayRef<int64_t> shape,
                                ArrayRef<int64_t> values) {
  HostTensor tensor = zeros(TensorProto::INT64, shape);
  if (!values.empty())
    std::memcpy(tensor.owned->data(), values.data(), tensor.owned->size());
  return tensor;
}

HostTensor HostTensor::fromFloats(ArrayRef<int64_t> shape,
                                  ArrayRef<float> values) {
  HostTensor tensor = zeros(TensorProto::FLOAT, shape);
  if (!values.empty())
    std::memcpy(tensor.owned->data(), values.data(), tensor.owned->size());
  return tensor;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static double fromBits(const llvm::fltSemantics &semantics, uint16_t bits) {
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool losesInfo;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

static uint16_t toBits(const llvm::fltSemantics &semantics, double number) {
  llvm::APFloat value(number);
  bool losesInfo;
  value.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue());
}

double HostTensor::real(int64_t i) const {
  switch (elementType) {
  case TensorProto::FLOAT:
    return load<float>(data, i);
  case TensorProto::DOUBLE:
    return load<double>(data, i);
  case TensorProto::FLOAT16:
    return fromBits(llvm::APFloat::IEEEhalf(), load<uint16_t>(data, i));
  case TensorProto::BFLOAT16:
    return fromBits(llvm::APFloat::BFloat(), load<uint16_t>(data, i));
  case TensorProto::UINT64:
    return static_cast<double>(load<uint64_t>(data, i));
  default:
    return static_cast<double>(integer(i));
  }
}

int64_t HostTensor::integer(int64_t i) const {
  switch (elementType) {
  case TensorProto::BOOL:
  case TensorProto::UINT8:
    return load<uint8_t>(data, i);
  case TensorProto::INT8:
    return load<int8_t>(data, i);
  case TensorProto::UINT16:
    return load<uint16_t>(data, i);
  case TensorProto::INT16:
    return load<int16_t>(data, i);
  case TensorProto::UINT32:
    return load<uint32_t>(data, i);
  case TensorProto::INT32:
    return load<int32_t>(data, i);
  case TensorProto::UINT64:
  case TensorProto::INT64:
    return load<int64_t>(data, i);
  default: {
    double value = real(i);
    if (std::isnan(value))
      return 0;
    // 2^63 is exact in double precision; the largest int64 is not.
    if (value >= 9223372036854775808.0)
      return std::numeric_limits<int64_t>::max();
    if (value < -9223372036854775808.0)
      return std::numeric_limits<int64_t>::min();
    return static_cast<int64_t>(value);
  }
  }
}

namespace {
template <typename T> void store(std::vector<char> &data, int64_t i, T value) {
  std::memcpy(data.data() + i * sizeof(T), &value, sizeof(T));
}
} // namespace

/// Rounds to single precision. A C++ conversion out of range is undefined, IEEE
/// gives infinity.
static float toSingle(double number) {
  if (!(std::fabs(number) > std::numeric_limits<float>::max()) ||
      std::isinf(number))
    return static_cast<float>(number);
  llvm::APFloat value(number);
  bool losesInfo;
  value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToFloat();
}

void HostTensor::setReal(int64_t i, double value) {
  switch (elementType) {
  case TensorProto::FLOAT:
    return store<float>(*owned, i, toSingle(value));
  case TensorProto::DOUBLE:
    return store<double>(*owned, i, value);
  case TensorProto::FLOAT16:
    return store<uint16_t>(*owned, i, toBits(llvm::APFloat::IEEEhalf(), value));
  case TensorProto::BFLOAT16:
    return store<uint16_t>(*owned, i, toBits(llvm::APFloat::BFloat(), value));
  default:
    return setInteger(i, std::isnan(value) ? 0
                         : value >= 9223372036854775808.0
                             ? std::numeric_limits<int64_t>::max()
                         : value < -9223372036854775808.0
                             ? std::numeric_limits<int64_t>::min()
                             : static_cast<int64_t>(value));
  }
}

void HostTensor::setInteger(int64_t i, int64_t value) {
  // Narrowing keeps the low bits, as a cast in the usual frameworks does.
  switch (elementType) {
  case TensorProto::BOOL:
    return store<uint8_t>(*owned, i, value != 0);
  case TensorProto::INT8:
  case TensorProto::UINT8:
    return store<uint8_t>(*owned, i, static_cast<uint8_t>(value));
  case TensorProto::INT16:
  case TensorProto::UINT16:
    return store<uint16_t>(*owned, i, static_cast<uint16_t>(value));
  case TensorProto::INT32:
  case TensorProto::UINT32:
    return store<uint32_t>(*owned, i, static_cast<uint32_t>(value));
  case TensorProto::INT64:
  case TensorProto::UINT64:
    return store<int64_t>(*owned, i, value);
  default:
    return setReal(i, static_cast<double>(value));
  }
}

void HostTensor::copy(int64_t i, const HostTensor &from, int64_t j) {
  size_t width = elementSize(elementType);
  std::memcpy(owned->data() + i * width, from.data.data() + j * width, width);
}

std::vector<int64_t> HostTensor::integers() const {
  std::vector<int64_t> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = integer(i);
  return values;
}

HostTensor HostTensor::reshaped(ArrayRef<int64_t> shape) const {
  HostTensor tensor = *this;
  tensor.extents.assign(shape.begin(), shape.end());
  return tensor;
}

mlir::DenseElementsAttr
HostTensor::toAttribute(mlir::MLIRContext *context) const {
  if (count == 0 || elementType == TensorProto::BOOL)
    return {};
  mlir::Builder builder(context);
  auto dense = [&](mlir::Type element, llvm::StringRef bytes) {
    return mlir::DenseElementsAttr::getFromRawBuffer(
        mlir::RankedTensorType::get(extents, element),
        ArrayRef<char>(bytes.data(), bytes.size()));
  };
  if (elementType == TensorProto::FLOAT)
    return dense(builder.getF32Type(), data);
  if (!isFloat())
    return dense(builder.getIntegerType(elementSize(elementType) * 8), data);
  HostTensor single = zeros(TensorProto::FLOAT, extents);
  for (int64_t i = 0; i < count; ++i)
    single.setReal(i, real(i));
  return dense(builder.getF32Type(), single.data);
}
