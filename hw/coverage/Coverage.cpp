//===- Coverage.cpp - Coverage counts of a process ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Coverage.h"
#include "verilated_cov.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <unistd.h>

namespace {

constexpr char kMagic[] = "# SystemC::Coverage-3";

/// What the contexts that are gone have counted, and the file for it.
class Counts {
public:
  explicit Counts(const std::string &folder)
      : path(folder + "/" + std::to_string(getpid()) + ".dat") {}
  ~Counts() {
    std::ofstream out(path);
    out << kMagic << "\n";
    for (const auto &[point, count] : counts)
      out << "C '" << point << "' " << count << "\n";
    out.close();
    if (!out)
      std::fprintf(stderr, "cannot write coverage to %s\n", path.c_str());
  }

  /// Verilator's only way to get at the counts is a file; its lines are
  /// C '<point>' <count>.
  void add(VerilatedContext &context) {
    std::string part = path + ".part";
    context.coveragep()->write(part.c_str());
    std::ifstream in(part);
    for (std::string line; std::getline(in, line);) {
      size_t end = line.rfind("' ");
      if (line.compare(0, 3, "C '") != 0 || end == std::string::npos)
        continue;
      counts[line.substr(3, end - 3)] += std::stoull(line.substr(end + 2));
    }
    std::remove(part.c_str());
  }

private:
  std::string path;
  std::map<std::string, uint64_t> counts;
};

} // namespace

void nncc::hw::collectCoverage(VerilatedContext &context) {
  const char *folder = std::getenv("NNCC_COVERAGE");
  if (!folder)
    return;
  static Counts counts(folder);
  counts.add(context);
}
