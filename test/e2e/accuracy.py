#!/usr/bin/env python3
"""Top-1 accuracy of a network in float (ONNX Runtime) and compiled (int8, simulator).

    accuracy.py mnist-8.onnx --data mnist --count 1000
    accuracy.py resnet20_cifar.onnx --data cifar10 --scales pow2 --arch zu3eg --max-drop 1

Prints one JSON object. With --max-drop the exit status says whether int8 stays within
that many percentage points of float, with --min-same whether it gives the same answers.
Where several classes share the greatest score the answer is the first of them; "with_ties"
counts the inputs for which a class is best in both. --float-only needs no tools.
"""
import argparse
import concurrent.futures
import json
import os
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

import datasets
import toolchain

onnxruntime.set_default_logger_severity(3)


def cut(model, tensor, folder):
    """The model up to `tensor`, its only output: what nncc compiles with --stop-at."""
    path = os.path.join(folder, "cut.onnx")
    inputs = [value.name for value in onnx.load(model).graph.input]
    onnx.utils.extract_model(model, path, inputs, [tensor], check_model=False)
    return path


def float_scores(model, pictures, optimized=True):
    """ONNX Runtime's first output for every picture, run one by one as exported."""
    options = onnxruntime.SessionOptions()
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    scores = [session.run(None, {name: picture[None]})[0].reshape(-1) for picture in pictures]
    return np.stack(scores), name, toolchain.tensor_name(session.get_outputs()[0].name)


def compiled_scores(model, dataset, input_name, output_name, options, folder):
    calibration = os.path.join(folder, "calibration.npy")
    program = os.path.join(folder, "program.bin")
    np.save(calibration, dataset.calibration)
    extra = ["--input-range=" + options.made_up] if options.made_up else []
    extra += ["--stop-at=" + options.stop_at] if options.stop_at else []
    toolchain.compile_model(model, program, None if options.made_up else calibration,
                            options.arch, options.scales, extra)

    def chunk(first):
        """The pictures from `first` on; a batch in the file is that many inferences."""
        pictures = os.path.join(folder, "pictures-%d.npy" % first)
        output = os.path.join(folder, "output-%d" % first)
        rows = dataset.scored[first : first + options.chunk]
        np.save(pictures, rows)
        tensors = toolchain.run_program(program, {input_name: pictures}, output)
        os.remove(pictures)
        if output_name not in tensors:
            raise toolchain.ToolError("nncc-run wrote no %s.npy, only %s" % (
                output_name, ", ".join(sorted(tensors))))
        return tensors[output_name].reshape(len(rows), -1)

    starts = range(0, len(dataset.scored), options.chunk)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        return np.concatenate(list(pool.map(chunk, starts)))


def top1(scores, labels, rows=None):
    """Percentage of rows whose highest score is at the label."""
    right = scores.argmax(1) == labels
    return percent(right if rows is None else right[rows])


def best(scores):
    """Of each row, where its greatest score is: in several places if they tie."""
    return scores == scores.max(1, keepdims=True)


def percent(rows):
    return round(100 * float(rows.mean()), 3)


def compare(scores, reference):
    return {
        "same_answer": top1(scores, reference.argmax(1)),
        "same_answer_with_ties": percent((best(scores) & best(reference)).any(1)),
        "ties": percent(best(scores).sum(1) > 1),
        "ties_of_reference": percent(best(reference).sum(1) > 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--data", required=True, choices=sorted(datasets.KINDS))
    parser.add_argument("--preprocess", help="instead of the one known for the network's file name")
    parser.add_argument("--count", type=int, default=0, help="score only the first ones (0: all)")
    parser.add_argument("--calibration-count", type=int, default=128)
    parser.add_argument("--made-up", metavar="LO:HI",
                        help="compile without sample inputs, for inputs of this range")
    parser.add_argument("--scales", default="float", choices=["float", "pow2"])
    parser.add_argument("--arch", default="z7020")
    parser.add_argument("--max-drop", type=float, help="percentage points that int8 may lose")
    parser.add_argument("--min-same", type=float,
                        help="answers (%%) that must be those of ONNX Runtime")
    parser.add_argument("--min-same-with-ties", type=float,
                        help="inputs (%%) for which a class must be best in both")
    parser.add_argument("--noise-floor", action="store_true",
                        help="compare ONNX Runtime with itself without graph optimizations too")
    parser.add_argument("--stop-at", metavar="TENSOR", help="compare this tensor, not the output")
    parser.add_argument("--min-float", type=float, help="float accuracy that must be reached (%%)")
    parser.add_argument("--float-only", action="store_true")
    parser.add_argument("--chunk", type=int, default=250, help="pictures a run of the simulator")
    parser.add_argument("--jobs", type=int, default=1, help="simulator runs at a time")
    options = parser.parse_args()

    dataset = datasets.load(options.data, options.model, options.count, options.calibration_count,
                            options.preprocess)
    with tempfile.TemporaryDirectory(prefix="nncc-accuracy-") as folder:
        model = cut(options.model, options.stop_at, folder) if options.stop_at else options.model
        reference, input_name, output_name = float_scores(model, dataset.scored)
        plain = float_scores(model, dataset.scored, False)[0] if options.noise_floor else None
    unseen = np.setdiff1d(np.arange(len(dataset.labels)), dataset.seen)
    partly_seen = 0 < len(dataset.seen) < len(dataset.labels)
    report = {
        "model": os.path.basename(options.model),
        "data": dataset.description,
        "scored": len(dataset.labels),
        "calibrated_on": len(dataset.calibration),
        "float_top1": top1(reference, dataset.labels),
    }
    if partly_seen:
        report["float_top1_unseen"] = top1(reference, dataset.labels, unseen)
    if options.noise_floor:
        report["noise_floor"] = compare(plain, reference)
    failed = options.min_float is not None and report["float_top1"] < options.min_float
    if not options.float_only:
        with tempfile.TemporaryDirectory(prefix="nncc-accuracy-") as folder:
            scores = compiled_scores(options.model, dataset, input_name, output_name, options, folder)
        report.update(
            arch=options.arch,
            scales=options.scales,
            int8_top1=top1(scores, dataset.labels),
            **compare(scores, reference))
        if partly_seen:
            report["int8_top1_unseen"] = top1(scores, dataset.labels, unseen)
        report["drop"] = round(report["float_top1"] - report["int8_top1"], 3)
        failed |= options.max_drop is not None and report["drop"] > options.max_drop
        failed |= options.min_same is not None and report["same_answer"] < options.min_same
        failed |= (options.min_same_with_ties is not None
                   and report["same_answer_with_ties"] < options.min_same_with_ties)
    print(json.dumps(report, indent=2))
    if failed:
        print("error: the accuracy is not what the --min and --max options ask for", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    toolchain.main_guard(main)
