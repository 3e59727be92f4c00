#!/usr/bin/env python3
"""Random networks through every level: float, quantized reference, simulator.

    random_network.py                          20 networks from a new seed, which is printed
    random_network.py --seed 7 --count 500     networks 7 to 506
    random_network.py --seed 41 --count 1 --steps 2 --folder out   one, cut short, kept
    random_network.py --arch-file my.json      on this architecture instead of the default ones
    random_network.py --random-arch            on a random legal architecture for each network

For each network: onnx.checker accepts it; ONNX Runtime runs it; the quantized reference
is close to ONNX Runtime's float result; on every architecture each layer's bytes are the
reference's. A failing network is made smaller, written to the folder and named with the
command that shows it again.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

import architectures
import compare_levels
import networks
import toolchain

# Largest error of an output against float: root mean square, over that of the values. With
# activations quantized by ONNX Runtime, 95 % of 600 such networks stay below 0.04 and all
# below 0.2; power-of-two scales lose up to one more bit of every tensor.
LARGEST_ERROR = {"float": 0.2, "pow2": 0.4}
NEGLIGIBLE_ERROR = 0.02


def float_outputs(model, rows):
    options = onnxruntime.SessionOptions()
    # Its pad fusion makes pools that it then refuses.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    results = [session.run(None, {"input": rows[i : i + 1]}) for i in range(len(rows))]
    for name, value, declared in zip(names, results[0], model.graph.output):
        shape = [dim.dim_value for dim in declared.type.tensor_type.shape.dim]
        assert list(value.shape) == shape, "%s: ONNX Runtime gives %s, declared %s" % (
            name, value.shape, shape)
    return {name: np.concatenate([row[i] for row in results]) for i, name in enumerate(names)}


def float_difference(expected, got, scales="float"):
    """None, or why the quantized output cannot be the float network's."""
    if got.shape != expected.shape:
        return "float shape %s, quantized %s" % (list(expected.shape), list(got.shape))
    if got.dtype != expected.dtype:
        return "float type %s, quantized %s" % (expected.dtype, got.dtype)
    if expected.dtype != np.float32:
        return None  # classes: neighbours may change places
    error = np.sqrt(np.mean((got - expected) ** 2))
    size = np.sqrt(np.mean(expected**2))
    if error > max(LARGEST_ERROR[scales] * size, NEGLIGIBLE_ERROR):
        return "error %.3g against float values of %.3g" % (error, size)
    return None


def problems_of(seed, steps, options, folder):
    """Sentences on what is wrong with a network; empty when everything agrees."""
    model, calibration, rows, _ = networks.random_network(seed, steps)
    expected = float_outputs(model, rows)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "model.onnx")
    onnx.save(model, path)
    np.save(os.path.join(folder, "calibration.npy"), calibration)
    np.save(os.path.join(folder, "input.npy"), rows)
    archs = options.arch_file or compare_levels.DEFAULT_ARCHS
    if options.random_arch:
        archs = [architectures.write_architecture(seed, os.path.join(folder, "arch.json"))]
    scales = options.scales
    if scales == "mixed":
        scales = "pow2" if seed % 4 == 3 else "float"
    try:
        problems, reference = compare_levels.compare(
            path, os.path.join(folder, "calibration.npy"), {"input": rows}, archs, scales,
            folder=os.path.join(folder, "run"), report=lambda line: None)
    except toolchain.ToolError as error:
        return [str(error)]
    for name, value in expected.items():
        if name not in reference:
            problems.append("output %s is missing" % name)
            continue
        problem = float_difference(value, reference[name], scales)
        if problem:
            problems.append("output %s: %s" % (name, problem))
    return problems


def smallest_failure(seed, options, scratch):
    """The fewest steps with which the network still fails, and what is wrong then."""
    for steps in range(networks.MOST_STEPS + 1):
        problems = problems_of(seed, steps, options, os.path.join(scratch, "steps-%d" % steps))
        if problems:
            return steps, problems
    return None, []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, help="the first network's number; default: a new one")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--steps", type=int, help="stop each network after so many steps")
    parser.add_argument("--arch-file", action="append", help="architecture name or file")
    parser.add_argument("--random-arch", action="store_true")
    parser.add_argument("--scales", default="mixed", choices=["float", "pow2", "mixed"])
    parser.add_argument("--folder", help="keep all networks here; default: failing ones only, in a new folder")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--generate-only", action="store_true", help="only check with ONNX Runtime")
    options = parser.parse_args()

    seed = options.seed
    if seed is None:
        seed = int.from_bytes(os.urandom(3), "little")
    print("seed %d, %d networks" % (seed, options.count))
    failures, operators = 0, {}
    for number in range(seed, seed + options.count):
        model, _, rows, _ = networks.random_network(number, options.steps)
        for node in model.graph.node:
            operators[node.op_type] = operators.get(node.op_type, 0) + 1
        if options.generate_only:
            float_outputs(model, rows)
            continue
        with tempfile.TemporaryDirectory(prefix="nncc-random-") as scratch:
            folder = os.path.join(options.folder, str(number)) if options.folder else scratch
            problems = problems_of(number, options.steps, options, folder)
            steps = options.steps
            if problems and steps is None and not options.no_shrink:
                shorter, fewer = smallest_failure(number, options, os.path.join(scratch, "shrink"))
                if shorter is not None:
                    steps, problems = shorter, fewer
        if problems:
            failures += 1
            again = ["--seed %d --count 1" % number]
            if steps is not None:
                again.append("--steps %d" % steps)
            again += ["--arch-file %s" % arch for arch in options.arch_file or []]
            if options.random_arch:
                again.append("--random-arch")
            print("FAIL %d (again, and kept: %s %s --scales %s --folder DIR)" % (
                number, os.path.basename(__file__), " ".join(again), options.scales))
            for problem in problems[:5]:
                print("    " + problem.replace("\n", "\n    "))
            if len(problems) > 5:
                print("    and %d more" % (len(problems) - 5))
            sys.stdout.flush()
    print("operators: " + ", ".join("%s %d" % pair for pair in sorted(operators.items())))
    print("%d networks, %d failed" % (options.count, failures))
    return 1 if failures else 0


if __name__ == "__main__":
    toolchain.main_guard(main)
