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
    "mlperftiny_vww_int8_qdq.onnx": "unit96",
    "resnet50_fp16w.onnx": "caffe",
    "mobilenet_v2_int8_a.onnx": "torch",
    "nsfwjs_mobilenet_v2_u8w.onnx": "unit",
}
# Networks whose first class is the background, so that the labels are one more.
BACKGROUND_CLASS = {"mobilenet_v1_1.0_224_tflite.onnx"}
KINDS = {
    "digits": ["as stored"],
    "mnist": ["raw", "unit"],
    "cifar10": ["raw", "unit", "imagenet", "unit96"],
    "kws": ["mfcc"],
    "imagenet": ["tf", "caffe", "torch", "unit", "unit96"],
    "noise": ["normal"],
}

IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
IMAGENET_STD = np.array([0.229, 0.224, 0.225], np.float32)
CAFFE_BGR_MEAN = np.array([103.939, 116.779, 123.68], np.float32)
KWS_ZERO_POINT, KWS_SCALE = 83, 0.5847029
KWS_CALIBRATION_RECORDS = 100
IMAGENET_SIZE = 224
IMAGENET_CALIBRATION_PICTURES = 64


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
    if data == "noise":
        return load_noise(model, count or 1, calibration_count)
    reader = {"digits": load_digits, "mnist": load_mnist, "cifar10": load_cifar10, "kws": load_kws,
              "imagenet": load_imagenet}[data]
    dataset = reader(kind, calibration_count)
    if os.path.basename(model) in BACKGROUND_CLASS:
        dataset.labels = dataset.labels + 1
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


def normalized(bytes_nchw, kind):
    """RGB bytes as the exporters' preprocessing makes them."""
    values = bytes_nchw.astype(np.float32)
    if kind == "tf":
        return values * 2 / 255 - 1
    if kind == "caffe":
        return values[:, ::-1] - CAFFE_BGR_MEAN[:, None, None]
    if kind == "torch":
        return (values / 255 - IMAGENET_MEAN[:, None, None]) / IMAGENET_STD[:, None, None]
    if kind == "unit96":
        # The middle 192x192, at half the size.
        return values[:, :, 16:208, 16:208].reshape(-1, 3, 96, 2, 96, 2).mean((3, 5)) / 255
    return values / 255


def load_imagenet(kind, calibration_count):
    # Only here: most tests need no pictures.
    from PIL import Image

    folder = data_folder("imagenet")
    with open(os.path.join(folder, "labels.tsv"), newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))

    def crop(name):
        picture = np.asarray(Image.open(os.path.join(folder, "images", name)).convert("RGB"))
        top, left = (picture.shape[0] - IMAGENET_SIZE) // 2, (picture.shape[1] - IMAGENET_SIZE) // 2
        return picture[top : top + IMAGENET_SIZE, left : left + IMAGENET_SIZE].transpose(2, 0, 1)

    pictures = np.stack([crop(row["file"]) for row in rows])
    labels = np.array([int(row["class_index"]) for row in rows])
    # Pictures are in the order of their classes: these are spread over all.
    calibrates = np.zeros(len(rows), bool)
    calibrates[np.linspace(0, len(rows) - 1, IMAGENET_CALIBRATION_PICTURES).round().astype(int)] = True
    return Dataset(normalized(pictures[~calibrates], kind), labels[~calibrates],
                   normalized(pictures[calibrates][:calibration_count], kind),
                   "ImageNet pictures, probably of the training set, calibrated on others")


def load_noise(model, count, calibration_count):
    """For layers rather than answers: networks whose data is not at hand."""
    import onnx

    graph = onnx.load(model, load_external_data=False).graph
    constants = {tensor.name for tensor in graph.initializer}
    value = next(value for value in graph.input if value.name not in constants)
    shape = [max(dim.dim_value, 1) for dim in value.type.tensor_type.shape.dim][1:]
    rows = np.random.default_rng(1).standard_normal([count + calibration_count, *shape])
    rows = rows.astype(np.float32)
    return Dataset(rows[:count], np.zeros(count, np.int64), rows[count:], "normal noise")
