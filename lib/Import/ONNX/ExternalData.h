//===- ExternalData.h - Data of initializers in other files -----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_IMPORT_ONNX_EXTERNALDATA_H
#define NNCC_LIB_IMPORT_ONNX_EXTERNALDATA_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <onnx/onnx_pb.h>

#include <memory>
#include <string>

namespace nncc::onnx_import {

/// The files beside a model that hold data of its initializers. A model says by
/// itself which files these are, and models come from anywhere: files outside
/// of the model's folder are not touched.
class ExternalData {
public:
  /// `folder` is the model's; empty for a model that is not a file.
  explicit ExternalData(llvm::StringRef folder) : folder(folder.str()) {}

  /// The `bytes` bytes of a tensor whose data location is EXTERNAL. They stay
  /// valid as long as this object.
  llvm::Expected<llvm::StringRef> read(const onnx::TensorProto &proto,
                                       uint64_t bytes);

  /// The size of all files read so far.
  uint64_t totalSize() const { return total; }

private:
  struct File {
    std::unique_ptr<llvm::MemoryBuffer> buffer;
    /// Bytes that tensors took out of it, those taken twice counted twice.
    uint64_t taken = 0;
  };
  llvm::Expected<File *> open(llvm::StringRef location);

  std::string folder;
  llvm::StringMap<File> files;
  uint64_t total = 0;
};

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_EXTERNALDATA_H
