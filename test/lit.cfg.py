# The file tests: RUN lines in .mlir, .td and .test files under this folder.
#
# Features:     models     real networks and data sets are at hand (see %models)
#               python     %python has numpy, onnx and onnxruntime
#               nightly    long tests, switched on with --param nightly=1
#               asan       the tools are built with sanitizers
#               verilator, iverilog, yosys    these Verilog tools are installed
#               cocotb     %python has cocotb and cocotbext-axi, and is there as a shared
#                          library, which a Verilog simulator loads
# Substitutions: %nncc, %nncc-opt, %nncc-run, ... the tools of this build;
#               %python    the test environment's Python
#               %models    folder of real networks and data
#               %src_root  the checkout; %e2e its test/e2e folder
#               %obj_root  the build folder
#               %hw_headers    -I options of the generated Verilog headers, for tiny
import glob
import os
import subprocess
import sys

import lit.formats
import lit.util

config.name = "nncc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".td", ".test"]
config.excludes = ["CMakeLists.txt", "Inputs", "unit"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.nncc_obj_root, "test")

config.environment["PATH"] = os.pathsep.join(
    [config.nncc_tools_dir, config.llvm_tools_dir, config.environment["PATH"]]
)
for name in ("HOME", "TMPDIR", "NNCC_MODELS", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
# One test runs per core already.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    config.environment[name] = "1"

src_root = config.nncc_src_root


def find_models():
    """Models folder given by NNCC_MODELS or found beside the checkout."""
    given = os.environ.get("NNCC_MODELS")
    if given:
        if not os.path.isfile(os.path.join(given, "MANIFEST.tsv")):
            lit_config.fatal("NNCC_MODELS=%s holds no MANIFEST.tsv" % given)
        return os.path.realpath(given)
    beside = os.path.dirname(os.path.realpath(src_root))
    for pattern in ("models", os.path.join("*", "models")):
        for manifest in sorted(glob.glob(os.path.join(beside, pattern, "MANIFEST.tsv"))):
            return os.path.dirname(manifest)
    return None


def find_python():
    """The environment that scripts/setup makes, or else the system's Python."""
    for python in (
        os.environ.get("NNCC_PYTHON"),
        os.path.join(config.nncc_obj_root, "venv", "bin", "python"),
        os.path.join(src_root, "build", "venv", "bin", "python"),
    ):
        if python and os.path.exists(python):
            return python
    return sys.executable


python = find_python()
if 0 == subprocess.call(
    [python, "-c", "import numpy, onnx, onnxruntime"],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
):
    config.available_features.add("python")

cocotb = "import cocotb.runner, cocotbext.axi, find_libpython"
cocotb += "; raise SystemExit(not find_libpython.find_libpython())"
if 0 == subprocess.call(
    [python, "-c", cocotb], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
):
    config.available_features.add("cocotb")

models = find_models()
if models:
    config.available_features.add("models")
    config.environment["NNCC_MODELS"] = models
if lit_config.params.get("nightly") == "1":
    config.available_features.add("nightly")
if config.nncc_sanitizers:
    config.available_features.add("asan")
for name in ("verilator", "iverilog", "yosys"):
    if lit.util.which(name, config.environment["PATH"]):
        config.available_features.add(name)

# Longer names first: %nncc-opt must not be read as %nncc and "-opt".
for tool in ("nncc-tblgen", "nncc-arch", "nncc-objdump", "nncc-opt", "nncc-run", "nncc-eval", "nncc"):
    config.substitutions.append(("%%%s" % tool, os.path.join(config.nncc_tools_dir, tool)))
config.substitutions += [
    ("%python", python),
    ("%models", models or "models-folder-is-missing"),
    ("%src_root", src_root),
    ("%obj_root", config.nncc_obj_root),
    ("%e2e", os.path.join(src_root, "test", "e2e")),
    ("%hw_headers", "-I%s -I%s" % (
        os.path.join(config.nncc_obj_root, "include", "nncc", "ISA"),
        os.path.join(config.nncc_obj_root, "hw", "tiny"),
    )),
]

supported, _ = lit.util.killProcessAndChildrenIsSupported()
if supported:
    nightly = "nightly" in config.available_features
    lit_config.maxIndividualTestTime = 4 * 3600 if nightly else 1200
