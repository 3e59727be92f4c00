/*===- runtime.h - Running compiled networks ----------------------*- C -*-===*\
 *
 * Part of nncc, under the Apache License v2.0.
 *
 *===----------------------------------------------------------------------===
 *
 * Opens a compiled network on a device, feeds it inputs and reads its outputs:
 *
 *     nncc_session *session;
 *     if (nncc_open(bytes, size, "sim", NULL, &session) != NNCC_OK)
 *       fprintf(stderr, "%s\n", nncc_last_error());
 *     nncc_set_input(session, 0, pixels, sizeof(pixels));
 *     nncc_run(session);
 *     nncc_get_output(session, 0, scores, sizeof(scores));
 *     nncc_close(session);
 *
 * A function that can fail returns a status, and nncc_last_error then says what
 * went wrong. Sessions are independent of each other; one session must not be
 * used by two threads at once.
 *
 *===----------------------------------------------------------------------===*/

#ifndef NNCC_RUNTIME_H
#define NNCC_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define NNCC_API __attribute__((visibility("default")))
#else
#define NNCC_API
#endif

typedef enum nncc_status {
  NNCC_OK = 0,
  /** A null pointer, an index out of range, a size that does not fit. */
  NNCC_INVALID_ARGUMENT = 1,
  /** The program is damaged, of another version, or does what it must not. */
  NNCC_INVALID_PROGRAM = 2,
  /** The device does not exist or is built for another configuration. */
  NNCC_WRONG_DEVICE = 3,
  /** The device stopped with an error. */
  NNCC_DEVICE_ERROR = 4,
  /** The device did not finish in time. */
  NNCC_TIMEOUT = 5,
  NNCC_OUT_OF_MEMORY = 6,
  /** The device has no such information. */
  NNCC_UNAVAILABLE = 7
} nncc_status;

typedef enum nncc_type {
  NNCC_INT8 = 0,
  NNCC_FLOAT32 = 1,
  NNCC_INT32 = 2,
  NNCC_INT64 = 3,
  NNCC_UINT8 = 4
} nncc_type;

/** A network on a device. */
typedef struct nncc_session nncc_session;

/** What is the matter with the latest call of this thread that failed; never
 * null, valid until this thread's next call. */
NNCC_API const char *nncc_last_error(void);

/*===----------------------------------------------------------------------===*\
 * Devices and sessions
\*===----------------------------------------------------------------------===*/

typedef struct nncc_options {
  /** sizeof(nncc_options), so that later members can be told from garbage. */
  uint32_t struct_size;
  /** Milliseconds that a run may take; 0: no limit. The simulator has none. */
  uint32_t timeout_ms;
  /** Simulator: reading a word that nothing has written stops the run. */
  uint8_t check_uninitialized;
  /** What memories of a simulated device hold before a run. */
  uint8_t reset_byte;
  /** Settings of the device, "NAME=VALUE", up to a null pointer; or null. They
   * are read while the session opens, and a device refuses what it does not
   * know. docs/runtime.md lists them. */
  const char *const *settings;
  /** Called now and then by nncc_run, in its thread: about `done` of `total`
   * cycles are over. Devices that run fast do not call it. Null: nobody. */
  void (*progress)(void *context, uint64_t done, uint64_t total);
  void *progress_context;
} nncc_options;

/** The name of device `index`, from 0; null behind the last. */
NNCC_API const char *nncc_device_name(size_t index);

/**
 * Opens a program.
 *
 * @param program  a program container; copied as far as needed
 * @param device   a name of nncc_device_name; null: the first
 * @param options  null: defaults
 * @param session  gets the session; to be closed by nncc_close
 */
NNCC_API nncc_status nncc_open(const void *program, size_t size,
                               const char *device, const nncc_options *options,
                               nncc_session **session);

/** As nncc_open, from a file. */
NNCC_API nncc_status nncc_open_file(const char *path, const char *device,
                                    const nncc_options *options,
                                    nncc_session **session);

/** Null is allowed. */
NNCC_API void nncc_close(nncc_session *session);

/*===----------------------------------------------------------------------===*\
 * Inference
\*===----------------------------------------------------------------------===*/

typedef struct nncc_tensor_info {
  const char *name; /**< lives as long as the session, like `shape` */
  nncc_type type;
  uint32_t rank;
  const int32_t *shape; /**< `rank` dimensions */
  size_t bytes;         /**< of all elements, in row-major order */
} nncc_tensor_info;

NNCC_API size_t nncc_input_count(const nncc_session *session);
NNCC_API size_t nncc_output_count(const nncc_session *session);
NNCC_API nncc_status nncc_get_input_info(const nncc_session *session,
                                         size_t index, nncc_tensor_info *info);
NNCC_API nncc_status nncc_get_output_info(const nncc_session *session,
                                          size_t index, nncc_tensor_info *info);

typedef enum nncc_pixels {
  NNCC_GRAY8 = 0,
  NNCC_RGB8 = 1,
  NNCC_BGR8 = 2
} nncc_pixels;

/** How a picture becomes input 0 of a program that takes pictures. */
typedef struct nncc_picture_info {
  nncc_pixels pixels; /**< the bytes of a pixel, in their order */
  uint32_t width, height, channels;
  /** Pixels of the picture's short side before the middle is cut out; 0: no
   * more than the cut needs. */
  uint32_t resize;
  /** Not 0: the picture is scaled to width x height, and nothing cut. */
  uint8_t stretch;
  /** What the network computes with is (byte - mean) / std. The program does
   * that itself. One number for each channel; they live as long as the session.
   */
  const double *mean, *std;
} nncc_picture_info;

/** NNCC_UNAVAILABLE if the program was not compiled for pictures. */
NNCC_API nncc_status nncc_get_picture_info(const nncc_session *session,
                                           nncc_picture_info *info);

/** Copies an input; `size` must be the `bytes` of its info. It stays for later
 * runs until it is set again. */
NNCC_API nncc_status nncc_set_input(nncc_session *session, size_t index,
                                    const void *data, size_t size);

/** Runs once; every input must have been set. A run depends on its inputs and
 * on nothing that earlier runs left. */
NNCC_API nncc_status nncc_run(nncc_session *session);

/** Copies an output of the latest successful run. */
NNCC_API nncc_status nncc_get_output(const nncc_session *session, size_t index,
                                     void *data, size_t size);

/*===----------------------------------------------------------------------===*\
 * About the program
\*===----------------------------------------------------------------------===*/

typedef struct nncc_program_info {
  const char *compiler; /**< lives as long as the session, like `arch_name` */
  const char *arch_name;
  uint64_t arch_fingerprint;
  uint32_t vector;    /**< V: inputs of the array */
  uint32_t outputs;   /**< O: outputs of the array */
  uint32_t clock_mhz; /**< of the core, for times */
  uint64_t instructions;
  uint64_t macs; /**< multiply-accumulates of the network's definition */
} nncc_program_info;

NNCC_API nncc_status nncc_get_program_info(const nncc_session *session,
                                           nncc_program_info *info);

/** Engines, with the numbers of the instruction set. */
enum {
  NNCC_LOAD0,
  NNCC_LOAD1,
  NNCC_CONV,
  NNCC_VECTOR,
  NNCC_SAVE,
  NNCC_ENGINES
};

/** A number that the device does not count. */
#define NNCC_NOT_COUNTED UINT64_MAX

/** What an engine did in each cycle; the cycles add up to those of the run.
 * Hardware counts memory, drain and overhead as busy: they are then
 * NNCC_NOT_COUNTED. */
typedef struct nncc_engine_stats {
  uint64_t instructions;
  uint64_t busy;
  uint64_t wait_token[NNCC_ENGINES]; /**< for a token of that engine */
  uint64_t wait_instruction;         /**< for the fetch unit */
  uint64_t wait_memory;              /**< latency, bandwidth, refresh */
  uint64_t wait_drain;               /**< conv: for sums to leave */
  uint64_t overhead;                 /**< start-up and pipelines */
  uint64_t done;                     /**< nothing left to do */
} nncc_engine_stats;

/** One inference. */
typedef struct nncc_stats {
  uint64_t cycles;
  uint64_t array_macs; /**< for which the array was occupied */
  uint64_t dram_bytes_read;
  uint64_t dram_bytes_written;
  nncc_engine_stats engines[NNCC_ENGINES];
} nncc_stats;

/** NNCC_UNAVAILABLE if the device does not count, or before its first run where
 * it counts as it runs. */
NNCC_API nncc_status nncc_get_stats(nncc_session *session, nncc_stats *stats);

/** A layer of the network. Strings live as long as the session. */
typedef struct nncc_layer_stats {
  const char *name;
  const char *kind;
  const char *engine;
  uint64_t macs; /**< of the network's definition */
  /** Cycles of the run that passed for this layer: they add up to all cycles.
   */
  uint64_t cycles;
  uint64_t array_macs;
  /** What took most of them: "array", "vector", "drain", "memory", "latency";
   * "none" for no cycles. */
  const char *limiter;
} nncc_layer_stats;

NNCC_API size_t nncc_layer_count(const nncc_session *session);
NNCC_API nncc_status nncc_get_layer_stats(nncc_session *session, size_t index,
                                          nncc_layer_stats *stats);

#ifdef __cplusplus
}
#endif

#endif /* NNCC_RUNTIME_H */
