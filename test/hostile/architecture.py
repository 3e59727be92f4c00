"""Architecture files: damaged JSON, keys and values that are not allowed."""
import json
import os

from harness import case
from networks import prepare

CONFIGS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "hw", "configs")
TRUNCATIONS, FLIPS = 16, 48


def tiny():
    with open(os.path.join(CONFIGS, "tiny.json")) as file:
        return file.read()


def arguments(c, text):
    options = prepare(c)
    c.write("arch.json", text)
    return [o for o in options if not o.startswith("--arch")] + ["--arch=arch.json"]


def refuse(c, text, *has):
    c.refuse("nncc", *arguments(c, text), has=("arch.json",) + has)


def changed(path, value):
    """tiny, with one value replaced; no value: removed."""
    config = json.loads(tiny())
    *sections, key = path.split(".")
    inner = config
    for section in sections:
        inner = inner[section]
    if value is None:
        del inner[key]
    else:
        inner[key] = value
    return json.dumps(config)


@case("architecture", "control")
def control(c):
    c.accept("nncc", *arguments(c, tiny()), makes=["out.bin"])
    c.accept("nncc", *arguments(c, changed("buffers.feature_words", 2048)), makes=["out.bin"])


@case("architecture", "no JSON in the file")
def no_json(c):
    for text in ("", "{", "null", "[]", "42", "\"tiny\"", "tiny", "\0" * 100, "\xff\xfe",
                 "{\"name\": \"a\nb\"}", "{" * 50, "// comment\n{}"):
        refuse(c, text)
    whole = tiny().rstrip()
    for length in c.random.sample(range(len(whole)), TRUNCATIONS):
        refuse(c, whole[:length])


@case("architecture", "nesting")
def nesting(c):
    for text in ("[" * 1000000, "{\"a\":" * 300000, "[" * 200000 + "]" * 200000,
                 changed("description", "DEEP").replace("\"DEEP\"", "[" * 200000 + "]" * 200000)):
        refuse(c, text)


@case("architecture", "flipped bits")
def flipped(c):
    whole = tiny().encode()
    taken = 0
    for position in c.random.sample(range(8 * len(whole)), FLIPS):
        damaged = bytearray(whole)
        damaged[position // 8] ^= 1 << position % 8
        taken += c.survive("nncc", *arguments(c, bytes(damaged)), makes=["out.bin"])
    print("  %d of %d flips were harmless" % (taken, FLIPS))


@case("architecture", "keys")
def keys(c):
    refuse(c, changed("array.surprise", 1), "unknown key", "array.surprise")
    refuse(c, changed("surprise", {}), "unknown key", "surprise")
    refuse(c, changed("name", None), "name", "missing")
    refuse(c, changed("array", None), "array", "missing")
    for section, fields in json.loads(tiny()).items():
        if isinstance(fields, dict):
            for key in fields:
                refuse(c, changed("%s.%s" % (section, key), None), "%s.%s" % (section, key), "missing")
    refuse(c, tiny().replace("\"outputs\"", "\"vector\""), "array.vector", "twice")
    refuse(c, changed("line\nnncc: error: two", 1), "unknown key")
    refuse(c, changed("x" * 1000000, 1), "unknown key")


@case("architecture", "values")
def values(c):
    for section, fields in json.loads(tiny()).items():
        if not isinstance(fields, dict):
            continue
        for key in fields:
            for value in (-1, 2**63 - 1):
                refuse(c, changed("%s.%s" % (section, key), value), "%s.%s" % (section, key))
    for number in ("1e400", "1e18", "-0.5", "8.5", "18446744073709551616", "9" * 5000, "true",
                   "\"8\"", "[8]", "{}", "null"):
        refuse(c, changed("array.vector", 4711).replace("4711", number))
    for value in (0, 7, 12, 64):
        refuse(c, changed("array.vector", value), "vector")
    refuse(c, changed("name", ""), "name")
    refuse(c, changed("name", 5), "name")
    refuse(c, changed("array", [8, 8]), "array")


@case("architecture", "too small for the network")
def too_small(c):
    # In range by themselves; whether the network fits is for the compiler to find out.
    for path, value in (("buffers.feature_words", 256), ("buffers.tap_words", 4),
                        ("buffers.weight_blocks", 4), ("buffers.vector_words", 64),
                        ("buffers.psum_pixels", 16), ("buffers.conv_params", 2),
                        ("control.token_limit", 1), ("control.queue_depth", 2)):
        c.survive("nncc", *arguments(c, changed(path, value)), makes=["out.bin"])


@case("architecture", "paths")
def paths(c):
    prepare(c)
    for name, word in (("z9999", "z7020"), ("none.json", "none.json"), ("", "no architecture"),
                       (".", "cannot read"), ("/dev/null", "JSON"), ("x" * 5000, "no architecture")):
        c.refuse("nncc", "model.onnx", "--calibration=samples.npy", "--arch=" + name, "-o",
                 "out.bin", has=word)
