//===- Stats.cpp - Statistics as JSON -------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Stats.h"

#include <cstdarg>
#include <cstdio>
#include <vector>

using namespace nncc::run;

namespace {

/// Writes a JSON document with two spaces of indentation.
class JSONWriter {
public:
  void beginObject(const char *key = nullptr) { open(key, '{'); }
  void endObject() { close('}'); }
  void beginArray(const char *key) { open(key, '['); }
  void endArray() { close(']'); }

  void add(const char *key, const std::string &value) {
    start(key);
    quote(value);
  }
  void add(const char *key, uint64_t value) {
    start(key);
    text += std::to_string(value);
  }
  void add(const char *key, double value) {
    char digits[32];
    std::snprintf(digits, sizeof(digits), "%.6g", value);
    start(key);
    text += digits;
  }

  std::string take() { return std::move(text) + '\n'; }

private:
  void open(const char *key, char bracket) {
    start(key);
    text += bracket;
    empty.push_back(true);
  }
  void close(char bracket) {
    bool nothing = empty.back();
    empty.pop_back();
    if (!nothing)
      newLine();
    text += bracket;
  }
  void newLine() { text += '\n' + std::string(2 * empty.size(), ' '); }
  void start(const char *key) {
    if (!empty.empty()) {
      if (!empty.back())
        text += ',';
      empty.back() = false;
      newLine();
    }
    if (key) {
      quote(key);
      text += ": ";
    }
  }
  void quote(const std::string &value) {
    text += '"';
    for (char c : value) {
      if (c == '"' || c == '\\')
        text += '\\';
      if (static_cast<unsigned char>(c) < 0x20) {
        char escape[8];
        std::snprintf(escape, sizeof(escape), "\\u%04x",
                      static_cast<unsigned>(static_cast<unsigned char>(c)));
        text += escape;
      } else {
        text += c;
      }
    }
    text += '"';
  }

  std::string text;
  std::vector<bool> empty; ///< of each open bracket
};

} // namespace

static const char *const kEngineNames[NNCC_ENGINES] = {"load0", "load1", "conv",
                                                       "vector", "save"};

/// What an engine waits for besides other engines.
static const struct Cause {
  const char *key;
  const char *text;
  uint64_t nncc_engine_stats::*cycles;
} kCauses[] = {
    {"instruction", "instructions", &nncc_engine_stats::wait_instruction},
    {"memory", "memory", &nncc_engine_stats::wait_memory},
    {"drain", "drain", &nncc_engine_stats::wait_drain},
    {"overhead", "start-up", &nncc_engine_stats::overhead},
    {"done", "nothing left", &nncc_engine_stats::done},
};

static void addEngine(JSONWriter &json, const char *name,
                      const nncc_engine_stats &engine) {
  json.beginObject(name);
  json.add("instructions", engine.instructions);
  json.add("busy", engine.busy);
  json.beginObject("waiting");
  for (unsigned other = 0; other < NNCC_ENGINES; ++other)
    json.add(kEngineNames[other], engine.wait_token[other]);
  for (const Cause &cause : kCauses)
    if (engine.*cause.cycles != NNCC_NOT_COUNTED)
      json.add(cause.key, engine.*cause.cycles);
  json.endObject();
  json.endObject();
}

static double ratio(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : double(part) / double(whole);
}

std::string nncc::run::makeStatsJSON(nncc_session *session, std::string &out) {
  nncc_program_info info;
  nncc_stats stats;
  if (nncc_get_program_info(session, &info) != NNCC_OK ||
      nncc_get_stats(session, &stats) != NNCC_OK)
    return nncc_last_error();
  uint64_t perCycle = uint64_t(info.vector) * info.outputs;
  char fingerprint[24];
  std::snprintf(fingerprint, sizeof(fingerprint), "%016llx",
                static_cast<unsigned long long>(info.arch_fingerprint));

  JSONWriter json;
  json.beginObject();
  json.add("compiler", info.compiler);
  json.beginObject("arch");
  json.add("name", info.arch_name);
  json.add("fingerprint", fingerprint);
  json.add("vector", uint64_t(info.vector));
  json.add("outputs", uint64_t(info.outputs));
  json.add("clock_mhz", uint64_t(info.clock_mhz));
  json.endObject();
  json.add("instructions", info.instructions);
  json.add("cycles", stats.cycles);
  json.add("milliseconds",
           ratio(stats.cycles, uint64_t(info.clock_mhz) * 1000));
  json.add("macs", info.macs);
  json.add("mac_utilization", ratio(info.macs, perCycle * stats.cycles));
  json.add("array_macs", stats.array_macs);
  json.add("dram_bytes_read", stats.dram_bytes_read);
  json.add("dram_bytes_written", stats.dram_bytes_written);
  json.beginObject("engines");
  for (unsigned engine = 0; engine < NNCC_ENGINES; ++engine)
    addEngine(json, kEngineNames[engine], stats.engines[engine]);
  json.endObject();
  json.beginArray("layers");
  for (size_t i = 0; i < nncc_layer_count(session); ++i) {
    nncc_layer_stats layer;
    nncc_status status = nncc_get_layer_stats(session, i, &layer);
    if (status == NNCC_UNAVAILABLE)
      break; // hardware counts the whole run
    if (status != NNCC_OK)
      return nncc_last_error();
    json.beginObject();
    json.add("name", layer.name);
    json.add("kind", layer.kind);
    json.add("engine", layer.engine);
    json.add("cycles", layer.cycles);
    json.add("macs", layer.macs);
    json.add("array_macs", layer.array_macs);
    json.add("utilization", ratio(layer.macs, perCycle * layer.cycles));
    json.add("limiter", layer.limiter);
    json.endObject();
  }
  json.endArray();
  json.endObject();
  out = json.take();
  return "";
}

static std::string format(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));
static std::string format(const char *pattern, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof(text), pattern, arguments);
  va_end(arguments);
  return text;
}

std::string nncc::run::makeStatsText(nncc_session *session, std::string &out) {
  nncc_program_info info;
  nncc_stats stats;
  if (nncc_get_program_info(session, &info) != NNCC_OK ||
      nncc_get_stats(session, &stats) != NNCC_OK)
    return nncc_last_error();
  using Number = unsigned long long;
  uint64_t perCycle = uint64_t(info.vector) * info.outputs;
  out = format("%llu cycles (%.3f ms), %llu multiply-accumulates, %.1f%% of "
               "the array's peak\n",
               Number(stats.cycles),
               ratio(stats.cycles, uint64_t(info.clock_mhz) * 1000),
               Number(info.macs),
               100 * ratio(info.macs, perCycle * stats.cycles));
  out +=
      format("DRAM: %llu bytes read, %llu bytes written\n",
             Number(stats.dram_bytes_read), Number(stats.dram_bytes_written));
  out += "\nengine  instructions        busy  waiting for\n";
  for (unsigned i = 0; i < NNCC_ENGINES; ++i) {
    const nncc_engine_stats &engine = stats.engines[i];
    out += format("%-6s  %12llu  %10llu", kEngineNames[i],
                  Number(engine.instructions), Number(engine.busy));
    auto add = [&](const char *name, uint64_t cycles) {
      if (cycles != 0 && cycles != NNCC_NOT_COUNTED)
        out += format("  %s %llu", name, Number(cycles));
    };
    for (unsigned other = 0; other < NNCC_ENGINES; ++other)
      add(kEngineNames[other], engine.wait_token[other]);
    for (const Cause &cause : kCauses)
      add(cause.text, engine.*cause.cycles);
    out += "\n";
  }
  return "";
}
