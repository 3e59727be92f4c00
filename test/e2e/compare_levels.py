#!/usr/bin/env python3
"""Compares every layer of a compiled network, byte by byte, with the quantized reference.

    compare_levels.py MODEL.onnx --calibration=FILE.npy --input image=FILE.npy
                      [--arch tiny --arch z7020 ...] [--scales pow2] [--count 2]

The reference evaluates the quantized graph node by node. The program is compiled with
--keep-intermediates, which saves each layer's tensor and makes it an output, once for
every architecture. The simulator runs the rows of the input file one after the other
in one process, the reference each row by itself, so state that an inference leaves
behind shows up too.

Exits non-zero and names the first difference: architecture, tensor, element.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
import onnx

import toolchain

DEFAULT_ARCHS = ["tiny", "z7020", "zu3eg"]


def describe_difference(expected, got):
    """None when both are the same bytes, else what the first difference is."""
    if expected.dtype != got.dtype or expected.shape != got.shape:
        return "reference is %s%s, program gives %s%s" % (
            expected.dtype, list(expected.shape), got.dtype, list(got.shape))
    if expected.tobytes() == got.tobytes():
        return None
    # Compare as raw bytes: not-a-number values and signed zeros count as well.
    def raw(array):
        return np.ascontiguousarray(array).view(np.uint8).reshape(array.size, -1)

    wrong = (raw(expected) != raw(got)).any(1)
    first = int(wrong.argmax())
    index = [int(i) for i in np.unravel_index(first, expected.shape)]
    return "%d of %d elements differ, first at %s: reference %s, program %s" % (
        int(wrong.sum()), wrong.size, index, expected.reshape(-1)[first], got.reshape(-1)[first])


def in_graph_order(names, model):
    """The names in the order in which the network computes them, others last."""
    order = {}
    for node in onnx.load(model, load_external_data=False).graph.node:
        for output in node.output:
            order[toolchain.tensor_name(output)] = len(order)
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def reference_tensors(model, calibration, inputs, count, folder, scales, extra):
    """The reference's tensors for each row, stacked along the first dimension."""
    rows = []
    for row in range(count):
        files = {}
        for name, array in inputs.items():
            files[name] = os.path.join(folder, "row-%d-%d.npy" % (row, len(files)))
            np.save(files[name], array[row : row + 1])
        rows.append(toolchain.run_reference(
            model, calibration, files, os.path.join(folder, "reference-%d" % row), scales, extra))
    return {name: np.concatenate([tensors[name] for tensors in rows]) for name in rows[0]}


def compare(model, calibration, inputs, archs=None, scales="float", count=None, folder=None,
            extra=(), report=print):
    """Returns (differences, reference tensors); a difference is one sentence."""
    archs = archs or DEFAULT_ARCHS
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="nncc-compare-") as temporary:
            return compare(model, calibration, inputs, archs, scales, count, temporary, extra, report)
    os.makedirs(folder, exist_ok=True)
    count = min(count or 1 << 30, min(len(array) for array in inputs.values()))
    reference = reference_tensors(model, calibration, inputs, count, folder, scales, extra)

    files = {}
    for name, array in inputs.items():
        files[name] = os.path.join(folder, "input-%d.npy" % len(files))
        np.save(files[name], array[:count])

    outputs = [toolchain.tensor_name(output.name)
               for output in onnx.load(model, load_external_data=False).graph.output]
    differences = []
    for arch in archs:
        label = os.path.splitext(os.path.basename(arch))[0]
        program = os.path.join(folder, "program-%s.bin" % label)
        toolchain.compile_model(model, program, calibration, arch, scales,
                                ["--keep-intermediates", *extra])
        got = toolchain.run_program(program, files, os.path.join(folder, "output-%s" % label))
        before = len(differences)
        for name in in_graph_order(set(reference) | set(got), model):
            if name not in got:
                # A tensor of the host's part is not in the accelerator's memory.
                if reference[name].dtype != np.int8 and name not in outputs:
                    continue
                problem = "the program does not give this tensor"
            elif name not in reference:
                problem = "the reference does not give this tensor"
            else:
                problem = describe_difference(reference[name], got[name])
            if problem:
                differences.append("%s, tensor %s: %s" % (label, name, problem))
        for name in outputs:
            if name not in got and name not in reference:
                differences.append("%s, output %s: neither side gives it" % (label, name))
        report("%s: %d tensors of %d rows, %s" % (
            label, len(got), count, "all bytes agree" if before == len(differences) else
            "%d tensors differ" % (len(differences) - before)))
    return differences, reference


def parse_input(text):
    name, separator, path = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("expected NAME=FILE.npy, got %r" % text)
    return name, path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--calibration", required=True)
    parser.add_argument("--input", type=parse_input, action="append", required=True)
    parser.add_argument("--arch", action="append", help="name or file; default: %s" % ", ".join(DEFAULT_ARCHS))
    parser.add_argument("--scales", default="float", choices=["float", "pow2"])
    parser.add_argument("--count", type=int, help="use only the first rows of the input")
    parser.add_argument("--folder", help="keep programs and tensors here")
    parser.add_argument("--nncc-option", action="append", default=[], help="one more option for nncc")
    options = parser.parse_args()

    inputs = {name: np.load(path) for name, path in options.input}
    differences, reference = compare(options.model, options.calibration, inputs, options.arch,
                                     options.scales, options.count, options.folder,
                                     options.nncc_option)
    for difference in differences:
        print("DIFFERENCE %s" % difference)
    if not reference:
        print("error: the reference gave no tensor at all", file=sys.stderr)
        return 1
    if not differences:
        print("all levels agree")
    return 1 if differences else 0


if __name__ == "__main__":
    toolchain.main_guard(main)
