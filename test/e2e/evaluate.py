#!/usr/bin/env python3
"""Figures of nncc-eval against ONNX Runtime's and nncc-run's.

    evaluate.py model.onnx calibration.npy data.npy labels.npy
"""
import argparse
import json
import os
import tempfile

import numpy as np
import onnxruntime

import toolchain


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("model", "calibration", "data", "labels"):
        parser.add_argument(name)
    parser.add_argument("--expect-ties", action="store_true",
                        help="several classes must share the greatest score of some input")
    options = parser.parse_args()
    data, labels = np.load(options.data), np.load(options.labels)
    session = onnxruntime.InferenceSession(options.model, providers=["CPUExecutionProvider"])
    given, output = session.get_inputs()[0].name, session.get_outputs()[0].name
    original = np.stack([session.run(None, {given: x[None].astype(np.float32)})[0].reshape(-1)
                         for x in data])

    with tempfile.TemporaryDirectory(prefix="nncc-evaluate-") as folder:
        program, figures = os.path.join(folder, "p.bin"), os.path.join(folder, "e.json")
        toolchain.compile_model(options.model, program, options.calibration,
                                extra=["--keep-intermediates"])
        toolchain.run("nncc-eval", options.model, program, "--data=" + options.data,
                      "--labels=" + options.labels, "--json=" + figures, "--layers")
        quantized = toolchain.run_program(program, {given: options.data},
                                          os.path.join(folder, "out"))[output]
        with open(figures, encoding="utf-8") as file:
            got = json.load(file)

    def top(scores, count):
        best = np.argsort(-scores, 1, kind="stable")[:, :count]
        return float((best == labels[:, None]).any(1).mean())

    def best(scores):
        return scores == scores.max(1, keepdims=True)

    quantized = quantized.reshape(len(labels), -1)
    noise = np.square(quantized.astype(np.float64) - original).sum()
    expected = {
        "inputs": len(labels),
        "agreement": float((original.argmax(1) == quantized.argmax(1)).mean()),
        "agreement_with_ties": float((best(original) & best(quantized)).any(1).mean()),
        "ties": {"float": float((best(original).sum(1) > 1).mean()),
                 "quantized": float((best(quantized).sum(1) > 1).mean())},
        "float": {"top1": top(original, 1), "top5": top(original, 5)},
        "quantized": {"top1": top(quantized, 1), "top5": top(quantized, 5)},
    }
    for key, value in expected.items():
        assert got[key] == value, "%s: expected %s, got %s" % (key, value, got[key])
    assert not options.expect_ties or expected["ties"]["quantized"] > 0, expected["ties"]
    sqnr = 10 * np.log10(np.square(original.astype(np.float64)).sum() / noise)
    assert got["outputs"][0]["name"] == output, got["outputs"]
    assert abs(got["outputs"][0]["sqnr_db"] - sqnr) < 0.01, (sqnr, got["outputs"])
    worst = [layer["sqnr_db"] for layer in got["layers"]]
    assert len(worst) > 3 and worst == sorted(worst), worst
    print("top-1 %.4f, %.4f; SQNR %.2f dB" % (
        expected["float"]["top1"], expected["quantized"]["top1"], sqnr))
    return 0


if __name__ == "__main__":
    toolchain.main_guard(main)
