//===- Options.cpp - Command line of nncc-run -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "nncc/runtime.h"

#include <cstdlib>
#include <getopt.h>

using namespace nncc::run;

static const option kOptions[] = {
    {"input", required_argument, nullptr, 'i'},
    {"image", required_argument, nullptr, 'I'},
    {"labels", required_argument, nullptr, 'l'},
    {"label-offset", required_argument, nullptr, 'O'},
    {"output", required_argument, nullptr, 'o'},
    {"device", required_argument, nullptr, 'd'},
    {"stats", required_argument, nullptr, 's'},
    {"top", required_argument, nullptr, 't'},
    {"timeout", required_argument, nullptr, 'T'},
    {"report", no_argument, nullptr, 'r'},
    {"progress", no_argument, nullptr, 'p'},
    {"check-uninitialized", no_argument, nullptr, 'u'},
    {"trace", required_argument, nullptr, 'S'},
    {"trace-start", required_argument, nullptr, 'S'},
    {"trace-cycles", required_argument, nullptr, 'S'},
    {"memory", required_argument, nullptr, 'S'},
    {"inject", required_argument, nullptr, 'S'},
    {"help", no_argument, nullptr, 'h'},
    {nullptr, 0, nullptr, 0},
};

std::string nncc::run::helpText() {
  std::string devices;
  for (size_t i = 0; const char *name = nncc_device_name(i); ++i)
    devices += (i ? ", " : "") + std::string(name);
  return R"(usage: nncc-run PROGRAM.bin --input [NAME=]FILE.npy ... [options]
       nncc-run PROGRAM.bin --image FILE.jpg ... [options]

Runs a compiled network on a device.

  -i, --input [NAME=]FILE.npy  values of an input; NAME may be left out if there
                               is one input. With a leading dimension of N where
                               the network has 1, N inferences are run.
      --image FILE             a picture (JPEG, PNG, BMP, PPM, PGM), prepared as
                               the program was compiled for; may be repeated
      --labels FILE            names of the classes: a line for each, or a .tsv
                               table with the columns class_index and name
      --label-offset N         class of the first label (default 0)
  -o, --output DIR             write each output to DIR/NAME.npy, with '/' in its
                               name replaced by '_'
      --device NAME            where to run; one of: )" +
         devices + R"(
      --stats FILE.json        write cycles, utilization and traffic of one
                               inference, in all and by layer
      --top K                  print the K largest values of each output
                               (default 5 without --output, --stats, --report)
      --report                 print cycles, traffic, and what each engine waited
                               for
      --progress               show the progress also where standard error is no
                               terminal
      --timeout MS             stop an inference that takes longer (the simulator
                               does not look at the time)
      --check-uninitialized    simulator: stop at a read of memory that nothing
                               has written

Device rtl only:
      --trace FILE.fst         write a waveform of the first inference
      --trace-start CYCLE      leave out the cycles before this one
      --trace-cycles N         leave out what comes N cycles later
      --memory model|random[:SEED]
                               memory as the architecture describes it, or with
                               random latency and stalls on every channel
      --inject PORT:BEAT[:slverr|decerr]
                               answer this beat, counted from 0, with an error;
                               PORT is read0, read1 or write

  -h, --help                   print this
)";
}

/// A number in decimal that fits and has nothing around it.
static std::string parseNumber(const char *name, const char *text,
                               unsigned &out) {
  char *end = nullptr;
  unsigned long value = std::strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || value > 1000000000)
    return std::string("--") + name + ": expected a number, got '" + text + "'";
  out = static_cast<unsigned>(value);
  return "";
}

std::string nncc::run::parseOptions(int argc, char **argv, Options &out) {
  bool topGiven = false;
  opterr = 0;
  int which, index = 0;
  while ((which = getopt_long(argc, argv, ":i:o:h", kOptions, &index)) != -1) {
    std::string error;
    switch (which) {
    case 'i':
      out.inputs.push_back(optarg);
      break;
    case 'I':
      out.images.push_back(optarg);
      break;
    case 'l':
      out.labelFile = optarg;
      break;
    case 'O':
      error = parseNumber("label-offset", optarg, out.labelOffset);
      break;
    case 'o':
      out.outputFolder = optarg;
      break;
    case 'd':
      out.device = optarg;
      break;
    case 's':
      out.statsFile = optarg;
      break;
    case 't':
      topGiven = true;
      error = parseNumber("top", optarg, out.top);
      break;
    case 'T':
      error = parseNumber("timeout", optarg, out.timeoutMs);
      break;
    case 'u':
      out.checkUninitialized = true;
      break;
    case 'r':
      out.report = true;
      break;
    case 'p':
      out.progress = true;
      break;
    case 'S': // the device says what it thinks of the value
      out.settings.push_back(std::string(kOptions[index].name) + '=' + optarg);
      break;
    case 'h':
      out.help = true;
      return "";
    case ':':
      error = std::string(argv[optind - 1]) + ": expected a value behind it";
      break;
    default:
      error = std::string("unknown option ") + argv[optind - 1] +
              "; --help lists all";
      break;
    }
    if (!error.empty())
      return error;
  }
  if (optind + 1 != argc)
    return optind == argc
               ? "no program; usage: nncc-run PROGRAM.bin --input FILE.npy"
               : std::string("more than one program: '") + argv[optind] +
                     "' and '" + argv[optind + 1] + "'";
  out.program = argv[optind];
  if (!out.images.empty() && !out.inputs.empty())
    return "--image and --input exclude each other";
  if (!topGiven && out.outputFolder.empty() && out.statsFile.empty() &&
      !out.report)
    out.top = 5;
  return "";
}
