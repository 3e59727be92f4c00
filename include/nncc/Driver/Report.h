//===- Report.h - What a program will cost ----------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DRIVER_REPORT_H
#define NNCC_DRIVER_REPORT_H

#include "nncc/Program/Program.h"
#include "nncc/Simulator/Timing.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace nncc {

/// The cost of each layer and of the whole, from the timing model.
class Report {
public:
  /// Runs the timing model; `error` is set if the program never ends.
  static Report make(const Program &program, std::string &error);

  void printText(llvm::raw_ostream &os) const;
  llvm::json::Value toJSON() const;

private:
  struct Row {
    const Layer *layer;
    sim::LayerTiming timing;
    uint64_t bytesRead = 0, bytesWritten = 0;
    /// Constants, network inputs and outputs, each byte once.
    uint64_t compulsoryBytes = 0;
    /// Share of the array's peak, by the network's multiply-accumulates.
    double utilization = 0;
    /// Share of the multipliers with real channels while the array was
    /// occupied; the rest multiplied padding. 0 if the layer does not use the
    /// array.
    double fill = 0;
  };
  const Program *program = nullptr;
  sim::TimingResult timing;
  std::vector<Row> rows;
  uint64_t macs = 0;
  uint64_t compulsoryBytes = 0; ///< of all layers together
  double utilization = 0;
};

} // namespace nncc

#endif // NNCC_DRIVER_REPORT_H
