"""Runs the compiler and the simulator for the end-to-end tests."""
import os
import shutil
import subprocess
import sys

import numpy as np


class ToolError(Exception):
    """A tool failed; the message has the command line and what it printed."""


def find_tool(name):
    """The tool beside the test run: on PATH, or in build/bin of this checkout."""
    found = shutil.which(name)
    if not found:
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        found = os.path.join(root, "build", "bin", name)
        if not os.path.exists(found):
            raise ToolError("%s is neither on PATH nor at %s: build it first" % (name, found))
    return found


def run(name, *arguments):
    """Runs a tool and returns its standard output."""
    command = [find_tool(name)] + [str(argument) for argument in arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            errors="replace")
    if result.returncode:
        how = "exit status %d" % result.returncode
        if result.returncode < 0:
            how = "signal %d" % -result.returncode
        raise ToolError("%s\n%s%s(%s)" % (" ".join(command), result.stdout[-4000:],
                                         result.stderr[-4000:], how))
    return result.stdout


def compile_model(model, program, calibration, arch="z7020", scales="float", extra=()):
    """`calibration`: a path, or None for made-up inputs."""
    samples = ["--calibration=%s" % calibration] if calibration else []
    run("nncc", model, *samples, "--arch=%s" % arch, "--scales=%s" % scales, "-o", program,
        *extra)


def run_program(program, inputs, output):
    """Runs on the simulator. `inputs` maps names to .npy files; returns the outputs."""
    fresh_folder(output)
    run("nncc-run", program, *input_options(inputs), "--output=%s" % output)
    return load_tensors(output)


def run_reference(model, calibration, inputs, output, scales="float", extra=()):
    """The quantized graph evaluated node by node: every layer's tensor, by name."""
    fresh_folder(output)
    run("nncc", model, "--calibration=%s" % calibration, "--scales=%s" % scales,
        "--emit=reference", *input_options(inputs), "--output=%s" % output, *extra)
    return load_tensors(output)


def tensor_name(name):
    """What run_program and run_reference call a tensor of the model: the name of its file."""
    return name.replace("/", "_")


def input_options(inputs):
    options = []
    for name, path in inputs.items():
        options += ["--input", "%s=%s" % (name, path)]
    return options


def fresh_folder(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)


def load_tensors(folder):
    """Every .npy below the folder, by its path without the suffix."""
    tensors = {}
    for base, _, files in os.walk(folder):
        for file in files:
            if file.endswith(".npy"):
                path = os.path.join(base, file)
                tensors[os.path.relpath(path, folder)[: -len(".npy")]] = np.load(path)
    return tensors


def main_guard(main):
    """Runs a script's main; a tool's failure is one message and exit status 1."""
    try:
        sys.exit(main())
    except ToolError as error:
        print("error: %s" % error, file=sys.stderr)
        sys.exit(1)
