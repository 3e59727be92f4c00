//===- Import.cpp - Reading ONNX files ------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Import/ONNX/Import.h"
#include "Graph.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/stubs/logging.h>
#include <limits>

using namespace nncc;
using llvm::StringRef;

llvm::Expected<InputShape> nncc::parseInputShape(StringRef text) {
  InputShape result;
  auto [name, extents] = text.rsplit(':');
  if (!text.contains(':'))
    std::swap(name, extents);
  result.name = name.str();
  llvm::SmallVector<StringRef> parts;
  extents.split(parts, 'x');
  for (StringRef part : parts) {
    int64_t extent;
    if (part.getAsInteger(10, extent) || extent < 1 || extent > nn::kMaxExtent)
      return llvm::createStringError(
          llvm::inconvertibleErrorCode(),
          "expected an input shape like NAME:1x3x224x224, got '" + text + "'");
    result.extents.push_back(extent);
  }
  return result;
}

/// `folder` is where files with external data are; empty for none.
static mlir::OwningOpRef<mlir::ModuleOp>
importBytes(StringRef bytes, StringRef name, StringRef folder,
            mlir::MLIRContext &context, const ImportOptions &options) {
  mlir::Location loc = mlir::FileLineColLoc::get(&context, name, 0, 0);
  if (bytes.size() > std::numeric_limits<int>::max()) {
    mlir::emitError(loc) << "the file has " << bytes.size()
                         << " bytes; ONNX files end at 2147483647";
    return {};
  }
  onnx::ModelProto model;
  bool parsed;
  {
    // The reason of a failure would go to stderr.
    google::protobuf::LogSilencer silencer;
    parsed = model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }
  if (!parsed) {
    mlir::emitError(loc) << "not an ONNX model: the file is damaged, cut off, "
                            "or of another format";
    return {};
  }
  return onnx_import::GraphImporter(model, name, folder, bytes.size(), context,
                                    options)
      .run();
}

mlir::OwningOpRef<mlir::ModuleOp>
nncc::importONNXFromMemory(StringRef bytes, StringRef name,
                           mlir::MLIRContext &context,
                           const ImportOptions &options) {
  return importBytes(bytes, name, /*folder=*/"", context, options);
}

mlir::OwningOpRef<mlir::ModuleOp>
nncc::importONNX(StringRef path, mlir::MLIRContext &context,
                 const ImportOptions &options) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    mlir::emitError(mlir::FileLineColLoc::get(&context, path, 0, 0))
        << "cannot read the model: " << buffer.getError().message();
    return {};
  }
  StringRef folder = llvm::sys::path::parent_path(path);
  return importBytes((*buffer)->getBuffer(), path,
                     folder.empty() ? StringRef(".") : folder, context,
                     options);
}
