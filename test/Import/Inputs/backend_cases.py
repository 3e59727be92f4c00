"""Runs the ONNX project's own test cases of single operators.

    backend_cases.py EVALUATOR COMPILER FOLDER LIST [--update]

takes every node test of the installed onnx package whose operator is in the compiler's
table, makes all its inputs but the first constants, and evaluates what can be imported
(import, float passes, float evaluation) on the case's input. Each result must be the
case's. LIST names the cases that are imported; it must be complete, so that nothing is
refused from one day to the next.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper

warnings.filterwarnings("ignore")
from onnx.backend.test.case.node import collect_testcases  # noqa: E402

NEWEST_OPSET = 21


def supported_operators(compiler):
    page = subprocess.run([compiler, "--dump-supported-operators"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    names = set(re.findall(r"^\| (\w+) \|", page, re.M)) - {"operator"}
    return names | set(re.findall(r"\bQ\w+", page.split("## Operators on quantized")[1]))


def cases(operators):
    """Name, model, first input, first result."""
    for case in collect_testcases(None):
        model = case.model
        if model is None or len(model.graph.node) != 1:
            continue
        node = model.graph.node[0]
        if node.op_type not in operators or node.domain or not case.data_sets:
            continue
        inputs, outputs = case.data_sets[0]
        if not inputs or not all(isinstance(a, np.ndarray) for a in [*inputs, *outputs]):
            continue
        if inputs[0].dtype != np.float32 or outputs[0].dtype not in (np.float32, np.int64):
            continue
        model = onnx.ModelProto.FromString(model.SerializeToString())
        for value, array in list(zip(model.graph.input, inputs))[1:]:
            model.graph.initializer.append(numpy_helper.from_array(array, value.name))
        del model.graph.output[1:]
        for opset in model.opset_import:
            if opset.domain == "":
                opset.version = min(opset.version, NEWEST_OPSET)
        yield case.name, model, inputs[0], outputs[0]


def run(evaluator, folder, name, model, x, expected):
    """None if the model is refused, else what is wrong, or an empty text."""
    path = os.path.join(folder, name + ".onnx")
    onnx.save(model, path)
    # The first axis of the file counts inputs.
    np.save(path + ".npy", x if x.ndim and x.shape[0] == 1 else x[None])
    result = subprocess.run([evaluator, path, "--input", path + ".npy", "-o", path + ".raw"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode:
        refused = any(words in result.stderr for words in ("supported", "expected", "cannot be used"))
        return None if refused else "failed without a reason: " + result.stderr[-300:]
    got = np.fromfile(path + ".raw", expected.dtype)
    if got.size != expected.size:
        return "%d elements in place of %d" % (got.size, expected.size)
    error = np.abs(got.reshape(expected.shape).astype(np.float64) - expected).max(initial=0)
    return "" if error < 1e-4 * max(1, np.abs(expected).max(initial=0)) else "differs by %g" % error


def main():
    evaluator, compiler, folder, listing = sys.argv[1:5]
    os.makedirs(folder, exist_ok=True)
    imported, problems = [], []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = [(case[0], pool.submit(run, evaluator, folder, *case))
                for case in cases(supported_operators(compiler))]
        for name, future in runs:
            problem = future.result()
            if problem is not None:
                imported.append(name)
            if problem:
                problems.append("%s: %s" % (name, problem))
    if "--update" in sys.argv:
        with open(listing, "w") as file:
            file.write("".join(name + "\n" for name in sorted(imported)))
    with open(listing) as file:
        listed = set(file.read().split())
    # Another version of the package may lack some.
    listed &= {name for name, _ in runs}
    problems += ["%s: is refused, but was imported" % name for name in sorted(listed - set(imported))]
    problems += ["%s: is imported, but not in the list" % name for name in sorted(set(imported) - listed)]
    for problem in problems:
        print(problem)
    print("%d of %d cases are imported" % (len(imported), len(runs)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
