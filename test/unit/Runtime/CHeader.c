/* The headers of the runtime are C: this file only has to compile. */
#include "nncc/device.h"
#include "nncc/runtime.h"

nncc_status openFromC(const void *program, size_t size, nncc_session **session);

nncc_status openFromC(const void *program, size_t size,
                      nncc_session **session) {
  nncc_options options = {0};
  options.struct_size = sizeof(options);
  return nncc_open(program, size, nncc_device_name(0), &options, session);
}
