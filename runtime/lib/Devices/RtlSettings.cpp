//===- RtlSettings.cpp - Settings of the device `rtl` ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RtlSettings.h"

#include <charconv>

using namespace nncc;
using namespace nncc::runtime;

const char *runtime::portName(unsigned port) {
  static const char *const names[hw::kPorts] = {"read0", "read1", "write"};
  return names[port];
}

/// All of `text` as a decimal number.
static bool parseNumber(const std::string &text, uint64_t &out) {
  const char *end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && stop == end && !text.empty();
}

/// PORT:BEAT[:slverr|decerr]
static bool parseInjection(const std::string &text,
                           RtlSettings::Injection &out) {
  size_t first = text.find(':');
  if (first == std::string::npos)
    return false;
  unsigned port = 0;
  while (port < hw::kPorts && text.substr(0, first) != portName(port))
    ++port;
  if (port == hw::kPorts)
    return false;
  size_t second = text.find(':', first + 1);
  std::string kind =
      second == std::string::npos ? "slverr" : text.substr(second + 1);
  if (kind != "slverr" && kind != "decerr")
    return false;
  size_t length =
      second == std::string::npos ? std::string::npos : second - first - 1;
  out.port = port;
  out.response =
      kind == "slverr" ? hw::Response::SlaveError : hw::Response::DecodeError;
  return parseNumber(text.substr(first + 1, length), out.beat);
}

/// 'model' or 'random[:SEED]'
static bool parseMemory(const std::string &text,
                        std::optional<uint64_t> &seed) {
  constexpr uint64_t kDefaultSeed = 1;
  if (text == "model") {
    seed.reset();
    return true;
  }
  if (text == "random") {
    seed = kDefaultSeed;
    return true;
  }
  static const std::string prefix = "random:";
  uint64_t number;
  if (text.compare(0, prefix.size(), prefix) != 0 ||
      !parseNumber(text.substr(prefix.size()), number))
    return false;
  seed = number;
  return true;
}

/// \returns what was expected of the value; empty where it is right.
static std::string parseSetting(const std::string &name,
                                const std::string &value, RtlSettings &out) {
  if (name == "trace") {
    out.traceFile = value;
    return value.empty() ? "the name of a file" : "";
  }
  if (name == "trace-start")
    return parseNumber(value, out.traceStart) ? "" : "a number of cycles";
  if (name == "trace-cycles")
    return parseNumber(value, out.traceCycles) && out.traceCycles != 0
               ? ""
               : "a number of cycles above 0";
  if (name == "memory")
    return parseMemory(value, out.randomMemory) ? ""
                                                : "'model' or 'random[:SEED]'";
  RtlSettings::Injection injection;
  if (!parseInjection(value, injection))
    return "PORT:BEAT[:slverr|decerr] with the port read0, read1 or write";
  out.injections.push_back(injection);
  return "";
}

std::string runtime::parseRtlSettings(const char *const *settings,
                                      RtlSettings &out) {
  static const char *const names[] = {"trace", "trace-start", "trace-cycles",
                                      "memory", "inject"};
  bool bounded = false;
  for (; settings && *settings; ++settings) {
    std::string text = *settings;
    size_t split = text.find('=');
    std::string name = text.substr(0, split);
    std::string known;
    bool found = false;
    for (const char *candidate : names) {
      known += (known.empty() ? "" : ", ") + std::string(candidate);
      found |= name == candidate;
    }
    if (!found)
      return "device 'rtl' has no setting '" + name + "'; it has: " + known;
    if (split == std::string::npos)
      return "setting '" + name + "': expected a value, as in " + name + "=...";
    std::string value = text.substr(split + 1);
    std::string expected = parseSetting(name, value, out);
    if (!expected.empty())
      return name + ": expected " + expected + ", got '" + value + "'";
    bounded |= name == "trace-start" || name == "trace-cycles";
  }
  if (bounded && out.traceFile.empty())
    return "trace-start and trace-cycles say what part of a trace is written; "
           "there is no trace";
  return "";
}
