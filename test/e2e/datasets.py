"""The labelled data sets of the tests, read as their networks expect them.

"digits" is the repository's own example. The others are in the models folder: the one
given by NNCC_MODELS or found beside the checkout.
"""
import csv
import glob
import os

import numpy as np

# What a network wants to see. The keys are file names in the models folder; a
# network that is not listed gets the first kind of its data set.
PREPROCESSING = {
    "mnist-8.onnx": "raw",
    "tfc_2w2a_stdops.onnx": "unit",
    "resnet20_cifar.onnx": "imagenet",
    "mlperftiny_resnet8_cifar10.onnx": "raw",
    "mlperftiny_resnet8_cifar10_int8_qdq.onnx": "raw",
    # Its own pictures are not at hand: enlarged ones exercise the same layers.
    "mlperftiny_vww_mobilenetv1_025_96.onnx": "unit96",
}
KINDS = {"digits": ["as stored"], "mnist": ["raw", "unit"], "cifar10": ["raw", "unit", "imagenet", "unit96"], "kws": ["mfcc"]}

IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
IMAGENET_STD = np.array([0.229, 0.224, 0.225], np.float32)
KWS_ZERO_POINT, KWS_SCALE = 83, 0.5847029
KWS_CALIBRATION_RECORDS = 100


class Dataset:
    """Scored pictures with labels, and the pictures to calibrate with.

    scored       float32 [N, ...], one network input a row
    labels       int64 [N]
    calibration  float32 [M, ...]
    seen         rows of `scored` that are also in `calibration`, empty when disjoint
    description  one sentence on what is calibrated and scored
    """

    def __init__(self, scored, labels, calibration, description, seen=()):
        self.scored, self.labels, self.calibration = scored, labels, calibration
        self.description, self.seen = description, np.asarray(seen, int)


CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


def models_folder():
    given = os.environ.get("NNCC_MODELS")
    if given:
        return given
    for pattern in ("models", os.path.join("*", "models")):
        found = sorted(glob.glob(os.path.join(os.path.dirname(CHECKOUT), pattern, "MANIFEST.tsv")))
        if found:
            return os.path.dirname(found[0])
    raise SystemExit("error: no models folder beside the checkout; set NNCC_MODELS")


def load(data, model, count, calibration_count, kind=None):
    """The first `count` scored rows of a data set, prepared for a network."""
    kind = kind or PREPROCESSING.get(os.path.basename(model), KINDS[data][0])
    if kind not in KINDS[data]:
        raise SystemExit("error: preprocessing %r is not one of %s for %s" % (
            kind, ", ".join(KINDS[data]), data))
    reader = {"digits": load_digits, "mnist": load_mnist, "cifar10": load_cifar10, "kws": load_kws}[data]
    dataset = reader(kind, calibration_count)
    if count:
        dataset.scored, dataset.labels = dataset.scored[:count], dataset.labels[:count]
        dataset.seen = dataset.seen[dataset.seen < count]
    return dataset


def pixels(bytes_nchw, kind):
    values = bytes_nchw.astype(np.float32)
    if kind == "unit":
        return values / 255
    if kind == "imagenet":
        return (values / 255 - IMAGENET_MEAN[:, None, None]) / IMAGENET_STD[:, None, None]
    if kind == "unit96":
        return (values / 255).repeat(3, axis=2).repeat(3, axis=3)
    return values


def data_folder(name):
    return os.path.join(models_folder(), "data", name)


def read_idx(path):
    """An idx file of unsigned bytes: magic 00 00 08 rank, big-endian sizes, data."""
    with open(path, "rb") as file:
        content = file.read()
    if content[:3] != b"\0\0\x08":
        raise SystemExit("error: %s: not an idx file of unsigned bytes" % path)
    rank = content[3]
    shape = np.frombuffer(content, ">u4", rank, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load_digits(kind, calibration_count):
    del kind
    folder = os.path.join(CHECKOUT, "examples", "digits")
    scored, labels, training = (
        np.load(os.path.join(folder, name + ".npy")) for name in ("test", "labels", "calibration"))
    return Dataset(scored, labels.astype(np.int64), training[:calibration_count],
                   "held-out 8x8 digits, calibrated on training pictures")


def load_mnist(kind, calibration_count):
    folder = data_folder("mnist")
    scored = read_idx(os.path.join(folder, "t10k-images-idx3-ubyte"))[:, None]
    labels = read_idx(os.path.join(folder, "t10k-labels-idx1-ubyte")).astype(np.int64)
    training = read_idx(os.path.join(folder, "calib-train1000-images-idx3-ubyte"))[:, None]
    return Dataset(pixels(scored, kind), labels, pixels(training[:calibration_count], kind),
                   "MNIST test pictures, calibrated on training pictures")


def load_cifar10(kind, calibration_count):
    def records(name):
        rows = np.fromfile(os.path.join(data_folder("cifar10"), name), np.uint8).reshape(-1, 3073)
        return rows[:, 0].astype(np.int64), rows[:, 1:].reshape(-1, 3, 32, 32)

    labels, scored = records("test_0000_1999.bin")
    _, training = records("calib_train_0_511.bin")
    return Dataset(pixels(scored, kind), labels, pixels(training[:calibration_count], kind),
                   "first 2,000 CIFAR-10 test pictures, calibrated on training pictures")


def load_kws(kind, calibration_count):
    del kind
    folder = data_folder("kws_mfcc")
    tables = glob.glob(os.path.join(folder, "**", "y_labels.csv"), recursive=True)
    if not tables:
        raise SystemExit("error: no y_labels.csv below %s" % folder)
    with open(tables[0], newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    features = np.stack([
        np.fromfile(os.path.join(os.path.dirname(tables[0]), name), np.int8) for name, _, _ in rows])
    scored = (features.astype(np.float32) - KWS_ZERO_POINT) * np.float32(KWS_SCALE)
    scored = scored.reshape(-1, 1, 49, 10).astype(np.float32)
    count = min(calibration_count, KWS_CALIBRATION_RECORDS)
    return Dataset(scored, np.array([int(label) for _, _, label in rows]), scored[:count],
                   "1,000 keyword records, calibrated on the first %d of them; the top1_unseen "
                   "figures leave those out" % count,
                   seen=range(count))
