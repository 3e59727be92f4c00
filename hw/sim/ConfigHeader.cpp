//===- ConfigHeader.cpp - The configuration of a nncc_config.vh -----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ConfigHeader.h"

#include <cctype>
#include <fstream>
#include <map>
#include <sstream>

using namespace nncc;

std::string hw::readConfigHeader(const std::string &path, ArchConfig &arch) {
  std::ifstream file(path);
  if (!file)
    return path + ": cannot be read";
  std::map<std::string, std::string> macros;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string define, name, value;
    if (words >> define >> name >> value && define == "`define")
      macros[name] = value;
  }
  for (const ArchField &field : archFields()) {
    if (!field.hardware)
      continue;
    std::string name = "NNCC_";
    for (char c : std::string(field.section) + '_' + field.name)
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    auto macro = macros.find(name);
    if (macro == macros.end())
      return path + ": " + name + " is missing";
    arch.*field.member =
        static_cast<uint32_t>(std::strtoul(macro->second.c_str(), nullptr, 10));
  }
  if (macros["NNCC_FINGERPRINT"] != "64'h" + arch.fingerprintText())
    return path + ": its fingerprint is " + macros["NNCC_FINGERPRINT"] +
           ", expected 64'h" + arch.fingerprintText();
  return "";
}
