"""Calibration files: damaged .npy, arrays of other shapes and types, odd values."""
import os
import pickle

import numpy as np

from harness import case
from networks import SHAPE, accept, conv, npy, prepare, samples

TRUNCATIONS, FLIPS = 16, 48


def refuse(c, content, *has):
    """Compiles a sound model with a bad file."""
    return c.refuse("nncc", *prepare(c, calibration=content), has=("samples.npy",) + has)


def with_header(text, data=b"", version=1, length=None):
    """A file with a header of one's own."""
    header = text.encode() if isinstance(text, str) else text
    size = (len(header) if length is None else length).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + data


@case("calibration", "control")
def control(c):
    array = np.random.default_rng(1).standard_normal([2] + SHAPE).astype(np.float32)
    accept(c, conv(), npy(array))
    accept(c, conv(), npy(array[:, 0]))
    accept(c, conv(), npy(array.astype(np.float64)))
    accept(c, conv(), npy(np.zeros([1] + SHAPE, np.float32)))
    accept(c, conv(), npy((array * 50).astype(np.int8)))
    accept(c, conv(), npy(array * np.float32(1e-30)))


@case("calibration", "truncated")
def truncated(c):
    whole = samples()
    for length in [0, 1, 6, 9, 10, 127, 128, len(whole) - 1] + c.random.sample(
            range(len(whole)), TRUNCATIONS):
        refuse(c, whole[:length])
    refuse(c, b"", "not a NumPy")


@case("calibration", "flipped bits of the header")
def flipped(c):
    whole = samples()
    taken = 0
    for position in c.random.sample(range(8 * 128), FLIPS):
        damaged = bytearray(whole)
        damaged[position // 8] ^= 1 << position % 8
        taken += c.survive("nncc", *prepare(c, calibration=damaged), makes=["out.bin"])
    print("  %d of %d flips were harmless" % (taken, FLIPS))


@case("calibration", "hostile header")
def headers(c):
    def form(shape="(4, 3, 8, 8)", descr="'<f4'", order="False", more=""):
        return "{'descr': %s, 'fortran_order': %s, 'shape': %s,%s}\n" % (descr, order, shape, more)

    data = samples()[128:]
    for text in ("", "{", "{" * 60000, "{'shape'", "{'shape': (", "{'descr': '<f4", "()", "\0" * 100,
                 form("(" * 30000), form("(4, 3, 8, 8"), form("4, 3, 8, 8"), form("(4,,3)"),
                 form("(-4, 3, 8, 8)"), form("(4, 3, 8, 0x8)"), form("(1e3,)"), form("()"),
                 form("(4, 3, 8, 99999999999999999999999)"), form(order="Maybe"), form(order="1"),
                 form("(%s)" % ("1, " * 5000)), form(descr="'<f4"), form(more=" 'shape': (1,),"),
                 form(more=" 'x': __import__('os').system('touch touched'),")):
        refuse(c, with_header(text, data))
    # Products that wrap to small numbers.
    for shape in ("(4611686018427387904, 4, 1, 1)", "(4294967296, 4294967296)",
                  "(9223372036854775807, 3, 8, 8)", "(2147483647, 3, 8, 8)"):
        refuse(c, with_header(form(shape), data))
    refuse(c, with_header(form(), data, length=65535), "header")
    refuse(c, with_header(form(), data, version=2, length=2**32 - 1), "header")
    refuse(c, with_header(form(), data, version=9), "version")
    for descr in ("'|O'", "'<c8'", "'<U5'", "'<M8[ns]'", "'>f4'", "'<f2'", "'<f16'", "''",
                  "[('a', '<f4'), ('b', '<i4')]", "'" + "<f4" * 10000 + "'"):
        refuse(c, with_header(form(descr=descr), data))
    refuse(c, npy(np.zeros([4, 3, 8, 8], np.float32, order="F")), "Fortran")


@case("calibration", "other files")
def other_files(c):
    refuse(c, pickle.dumps({"a": np.zeros(3)}), "not a NumPy")
    objects = np.empty(2, object)
    objects[:] = [{}, []]
    refuse(c, npy(objects), "'|O'")
    refuse(c, conv().SerializeToString(), "not a NumPy")
    refuse(c, b"PK\x03\x04" + bytes(1000), "not a NumPy")  # .npz is a zip archive


@case("calibration", "wrong shape")
def wrong_shape(c):
    for shape in ([4, 3, 8, 9], [4, 8, 8, 3], [3, 8, 8], [4, 1, 3, 8], [768], [], [1] * 30):
        refuse(c, npy(np.zeros(shape, np.float32)), "1x3x8x8")
    for shape in ([0, 3, 8, 8], [0], [4, 3, 0, 8]):
        refuse(c, npy(np.zeros(shape, np.float32)), "empty")


@case("calibration", "values")
def values(c):
    for value in (np.nan, np.inf, -np.inf):
        array = np.zeros([4, 3, 8, 8], np.float32)
        array[2, 1, 3, 3] = value
        c.refuse("nncc", *prepare(c, calibration=npy(array)), has="not a number")
    # A double that no float32 holds, and floats whose products none holds.
    c.refuse("nncc", *prepare(c, calibration=npy(np.full([4, 3, 8, 8], 1e300))), has="infinite")
    for value in (1e-45, 1e30, 3e38):
        c.survive("nncc", *prepare(c, calibration=npy(np.full([4, 3, 8, 8], value, np.float32))),
                  makes=["out.bin"])


@case("calibration", "paths")
def paths(c):
    def call(path, *has):
        c.refuse("nncc", "model.onnx", "--calibration=" + path, "--arch=tiny", "-o", "out.bin",
                 has=has)

    prepare(c)
    call("none.npy", "none.npy", "No such file")
    call("", "--calibration")
    os.mkdir(c.path("folder"))
    call("folder", "neither .npy files nor pictures")
    os.mkdir(c.path("folder/x.npy"))
    call("folder", "x.npy")
    call("/dev/null", "not a NumPy")
    # Without samples some are made up.
    c.survive("nncc", "model.onnx", "--arch=tiny", "-o", "out.bin", makes=["out.bin"])
