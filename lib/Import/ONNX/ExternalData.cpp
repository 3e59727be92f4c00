//===- ExternalData.cpp - Data of initializers in other files -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ExternalData.h"

#include "Node.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::Error;
using llvm::Expected;
using llvm::SmallString;
using llvm::StringRef;
using llvm::Twine;
namespace path = llvm::sys::path;

static Error fail(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

namespace {
/// What a tensor says of its data.
struct Slice {
  StringRef location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};
} // namespace

static Expected<Slice> getSlice(const onnx::TensorProto &proto) {
  Slice slice;
  for (const onnx::StringStringEntryProto &entry : proto.external_data()) {
    StringRef key = entry.key(), value = entry.value();
    if (key == "location") {
      slice.location = value;
    } else if (key == "offset" || key == "length") {
      uint64_t number;
      if (value.getAsInteger(10, number))
        return fail("expected the " + key +
                    " of external data to be a number of bytes, got " +
                    quoted(value));
      if (key == "offset")
        slice.offset = number;
      else
        slice.length = number;
    } else if (key != "checksum") {
      return fail("external data has the entry " + quoted(key) +
                  ", which is not known");
    }
  }
  return slice;
}

/// Whether a location names a file below the folder it is relative to.
static Error checkLocation(StringRef location) {
  if (location.empty())
    return fail("its external data has no location");
  bool leaves = path::is_absolute(location) || location.contains('\0');
  for (auto it = path::begin(location), end = path::end(location); it != end;
       ++it)
    leaves |= *it == "..";
  if (leaves)
    return fail("expected external data in a file below the model's folder, "
                "got location " +
                quoted(location));
  return Error::success();
}

Expected<ExternalData::File *> ExternalData::open(StringRef location) {
  if (Error error = checkLocation(location))
    return error;
  auto found = files.find(location);
  if (found != files.end())
    return &found->second;

  SmallString<256> file(folder);
  path::append(file, location);
  auto cannot = [&](const Twine &why) {
    return fail("cannot read its external data " + quoted(location) + ": " +
                why);
  };
  // Links may lead out of the folder.
  SmallString<256> realFolder, realFile;
  if (std::error_code error = llvm::sys::fs::real_path(folder, realFolder))
    return cannot(error.message());
  if (std::error_code error = llvm::sys::fs::real_path(file, realFile))
    return cannot(error.message());
  SmallString<256> prefix(realFolder);
  if (!prefix.ends_with("/"))
    prefix += "/";
  if (!StringRef(realFile).starts_with(prefix))
    return cannot("it is a link to a file outside of the model's folder");
  // Reading from a device or a pipe may not end.
  llvm::sys::fs::file_status status;
  if (std::error_code error = llvm::sys::fs::status(realFile, status))
    return cannot(error.message());
  if (status.type() != llvm::sys::fs::file_type::regular_file)
    return cannot("it is not a regular file");
  auto buffer = llvm::MemoryBuffer::getFile(realFile, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return cannot(buffer.getError().message());
  File &entry = files[location];
  entry.buffer = std::move(*buffer);
  total += entry.buffer->getBufferSize();
  return &entry;
}

Expected<StringRef> ExternalData::read(const onnx::TensorProto &proto,
                                       uint64_t bytes) {
  if (folder.empty())
    return fail("its data is in an external file, and the model was not read "
                "from a folder");
  Expected<Slice> slice = getSlice(proto);
  if (!slice)
    return slice.takeError();
  Expected<File *> file = open(slice->location);
  if (!file)
    return file.takeError();
  uint64_t size = (*file)->buffer->getBufferSize();
  std::string name = quoted(slice->location);
  if (slice->offset > size)
    return fail("expected an offset into the " + Twine(size) + " bytes of " +
                name + ", got " + Twine(slice->offset));
  uint64_t rest = size - slice->offset;
  uint64_t length = slice->length.value_or(bytes);
  if (length != bytes)
    return fail("expected external data of " + Twine(bytes) +
                " bytes, got a length of " + Twine(length));
  if (bytes > rest)
    return fail("expected " + Twine(bytes) + " bytes of external data, got " +
                Twine(rest) + " from offset " + Twine(slice->offset) +
                " to the end of " + name);
  // Tensors may share bytes, but not so that a small file fills the memory.
  constexpr uint64_t kMostUses = 16;
  if (bytes > kMostUses * size - (*file)->taken)
    return fail("the model's tensors take the data of " + name + " more than " +
                Twine(kMostUses) + " times over");
  (*file)->taken += bytes;
  return (*file)->buffer->getBuffer().substr(slice->offset, bytes);
}
