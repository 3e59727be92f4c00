#!/usr/bin/env python3
"""compare_levels for networks of the models folder, on a few pictures of their data set.

    compare_models.py MODELS mnist-8.onnx resnet20_cifar.onnx [--count 1] [--scales pow2]
"""
import argparse
import os
import tempfile

import numpy as np
import onnxruntime

import compare_levels
import datasets
import toolchain

onnxruntime.set_default_logger_severity(3)

DATA = {
    "mnist-8.onnx": "mnist",
    "resnet20_cifar.onnx": "cifar10",
    "mlperftiny_resnet8_cifar10.onnx": "cifar10",
    "mlperftiny_kws_dscnn.onnx": "kws",
    "mlperftiny_vww_mobilenetv1_025_96.onnx": "cifar10",
    "mlperftiny_resnet8_cifar10_int8_qdq.onnx": "cifar10",
    "mlperftiny_kws_dscnn_int8_qdq.onnx": "kws",
    "mlperftiny_vww_int8_qdq.onnx": "cifar10",
    "mlperftiny_ad_autoencoder_int8_qdq.onnx": "noise",
    "mobilenet_v1_025_224_keras.onnx": "imagenet",
    "mobilenet_v1_1.0_224_tflite.onnx": "imagenet",
    "mobilenet_v2_int8_a.onnx": "imagenet",
    "nsfwjs_mobilenet_v2_u8w.onnx": "imagenet",
    "ppocr_mobile_v2_cls_npm.onnx": "noise",
    "resnet50_fp16w.onnx": "imagenet",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("models", nargs="+", choices=sorted(DATA), metavar="MODEL")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--arch", action="append")
    parser.add_argument("--scales", default="float", choices=["float", "pow2"])
    options = parser.parse_args()

    failed = False
    for name in options.models:
        model = os.path.join(options.folder, name)
        data = datasets.load(DATA[name], model, options.count, calibration_count=32)
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        with tempfile.TemporaryDirectory(prefix="nncc-models-") as folder:
            calibration = os.path.join(folder, "calibration.npy")
            np.save(calibration, data.calibration)
            differences, _ = compare_levels.compare(
                model, calibration, {session.get_inputs()[0].name: data.scored}, options.arch,
                options.scales, options.count, folder, report=lambda line: print(name, line))
        for difference in differences:
            print("DIFFERENCE %s: %s" % (name, difference))
        failed |= bool(differences)
    return 1 if failed else 0


if __name__ == "__main__":
    toolchain.main_guard(main)
