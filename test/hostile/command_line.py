"""Command lines: files, names, shapes, options and folders that are not there or fit not."""
import os

import numpy as np

from harness import Failure, case
from networks import compile_options, npy, picture, prepare, program

IMAGE = [1, 1, 8, 8]  # of the example network


def prepare_run(c):
    c.write("prog.bin", program(c))
    c.write("picture.npy", picture())
    return ["prog.bin", "--input", "picture.npy"]


@case("command-line", "control")
def control(c):
    for options in ([], ["--emit=nn"], ["--emit=scheduled"], ["--report=report"],
                    ["--emit=reference", "--input", "samples.npy", "--output=out"]):
        c.accept("nncc", *prepare(c), *options)
    run = prepare_run(c)
    for options in ([], ["--output=out"], ["--stats=stats.json"], ["--device=sim"]):
        c.accept("nncc-run", *run, *options)
    for tool in ("nncc", "nncc-run", "nncc-objdump"):
        c.accept(tool, "--help")


@case("command-line", "nncc")
def compiler(c):
    arguments = prepare(c)
    c.refuse("nncc", "none.onnx", *compile_options(), has=("none.onnx", "No such file"))
    c.refuse("nncc", ".", *compile_options(), has="cannot read")
    c.refuse("nncc", "model.onnx", "--calibration=samples.npy", has="-o FILE")
    c.refuse("nncc", has="positional")
    c.refuse("nncc", *arguments, "--frobnicate", has="--frobnicate")
    c.refuse("nncc", *arguments, "--emit=verilog", has="verilog")
    c.refuse("nncc", *arguments, "--scales=octal", has="octal")
    c.refuse("nncc", *arguments, "another.onnx", has="positional")
    for options, word in ((["--input=samples.npy"], "--output"), (["--output=out"], "--input"),
                          (["--input=z=samples.npy", "--output=out"], "'z'"),
                          (["--input=x=none.npy", "--output=out"], "none.npy"),
                          (["--input=model.onnx", "--output=out"], "not a NumPy"),
                          (["--input=five.npy", "--output=out"], "'x'"),
                          (["--input=samples.npy", "--output=samples.npy"], "cannot"),
                          (["--input=samples.npy", "--output=/proc/none"], "cannot")):
        c.write("five.npy", npy(np.zeros(5, np.float32)))
        c.refuse("nncc", *arguments, "--emit=reference", *options, has=word)


@case("command-line", "outputs of nncc that cannot be written")
def compiler_outputs(c):
    prepare(c)
    os.mkdir(c.path("folder"))
    for path in ("none/out.bin", "folder", "model.onnx/out.bin", "/proc/out.bin", "/dev/full",
                 "x" * 300, "folder/" + "y/" * 3000 + "z"):
        for emit in ("bin", "nn"):
            c.refuse("nncc", "model.onnx", "--calibration=samples.npy", "--arch=tiny",
                     "--emit=" + emit, "-o", path, has="cannot")
    for path in ("model.onnx", "/proc/none", "/dev/null/report"):
        c.refuse("nncc", *(["model.onnx"] + compile_options()), "--report=" + path, has="cannot")


@case("command-line", "inputs of nncc-run")
def run_inputs(c):
    run = prepare_run(c)
    c.refuse("nncc-run", has="no program")
    c.refuse("nncc-run", "none.bin", "--input", "picture.npy", has="none.bin")
    c.refuse("nncc-run", ".", "--input", "picture.npy", has="cannot")
    c.refuse("nncc-run", "prog.bin", has=("no file for input 'image'", "1x1x8x8"))
    c.refuse("nncc-run", "prog.bin", "--input", "none.npy", has="none.npy")
    c.refuse("nncc-run", "prog.bin", "--input", "other=picture.npy", has=("'other'", "'image'"))
    c.refuse("nncc-run", *run, "--input", "image=picture.npy", has="twice")
    c.refuse("nncc-run", *run, "another.bin", has="more than one program")
    options = ["--input", "odd.npy", "--output=out"]
    for shape in ([1, 8, 8], [1, 1, 8, 9], [1, 8, 8, 1], [64], [], [0] + IMAGE[1:], [1] * 40):
        if len(shape) <= 32:
            c.write("odd.npy", npy(np.zeros(shape, np.float32)))
        else:
            c.write("odd.npy", npy(np.zeros([1], np.float32)).replace(
                b"(1,), }" + b" " * 100, b"(" + b"1, " * 33 + b"), }  "))
        c.refuse("nncc-run", "prog.bin", *options, has="shape")
    for array in (np.zeros(IMAGE, np.complex64), np.zeros(IMAGE, "U3"), np.zeros(IMAGE, ">f4"),
                  np.zeros(IMAGE, object), np.zeros([3, 1, 8, 8], np.float32, order="F")):
        c.write("odd.npy", npy(array))
        c.refuse("nncc-run", "prog.bin", *options, has="odd.npy: ")
    whole = picture()
    for length in [0, 1, 6, 10, 128, len(whole) - 1] + c.random.sample(range(len(whole)), 8):
        c.write("odd.npy", whole[:length])
        c.refuse("nncc-run", "prog.bin", *options, has="odd.npy: ")
    for position in c.random.sample(range(8 * 128), 24):
        damaged = bytearray(whole)
        damaged[position // 8] ^= 1 << position % 8
        c.write("odd.npy", damaged)
        c.survive("nncc-run", "prog.bin", *options, makes=["out"])
        c.remove("out")
    for text in (b"(4611686018427387904, 1, 8, 8)", b"(281474976710656, 1, 8, 8)",
                 b"(67108864, 1, 8, 8)"):
        header = b"{'descr': '<f4', 'fortran_order': False, 'shape': %s}\n" % text
        c.write("odd.npy", b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header)
        c.refuse("nncc-run", "prog.bin", *options, has="odd.npy: ")
    # Any value is a value; one that is not a number has no meaning to refuse or to keep.
    for value in (np.nan, np.inf, -3e38):
        c.write("odd.npy", npy(np.full(IMAGE, value, np.float32)))
        c.survive("nncc-run", "prog.bin", *options, makes=["out"])
        c.remove("out")


@case("command-line", "options and outputs of nncc-run")
def run_options(c):
    run = prepare_run(c)
    c.refuse("nncc-run", *run, "--device=fpga", has=("'fpga'", "sim"))
    c.refuse("nncc-run", *run, "--frobnicate", has="--frobnicate")
    c.refuse("nncc-run", *run, "--input", has="expected a value")
    for value in ("many", "-1", "1.5", "99999999999999999999", ""):
        c.refuse("nncc-run", *run, "--top=" + value, has="--top")
        c.refuse("nncc-run", *run, "--timeout=" + value, has="--timeout")
    for path in ("prog.bin", "prog.bin/out", "/proc/none"):
        c.refuse("nncc-run", *run, "--output=" + path, has="cannot")
    for path in ("none/stats.json", ".", "/proc/stats.json", "/dev/full"):
        c.refuse("nncc-run", *run, "--stats=" + path, "--output=out", has="cannot")


@case("command-line", "nncc-objdump")
def objdump(c):
    c.write("prog.bin", program(c))
    c.write("good.s", "# nothing\n")
    c.refuse("nncc-objdump", has="expected a program")
    c.refuse("nncc-objdump", "none.bin", has=("none.bin", "No such file"))
    c.refuse("nncc-objdump", "prog.bin", "--frobnicate", has="--frobnicate")
    c.refuse("nncc-objdump", "prog.bin", "--arch=tiny", has="--arch")
    c.refuse("nncc-objdump", "--assemble", "good.s", "--arch=none", "-o", "x.bin", has="'none'")
    c.refuse("nncc-objdump", "prog.bin", "--assemble", "none.s", "-o", "x.bin", has="none.s")
    for path in ("none/text", ".", "/proc/text", "/dev/full"):
        c.refuse("nncc-objdump", "prog.bin", "-o", path, has="cannot")


TRANSFER = ("count_x=1 count_y=1 count_z=1 dram_pitch_y=0 dram_pitch_z=0 local_base=0 "
            "local_pitch_y=0 local_pitch_z=0\n")


@case("command-line", "little memory")
def little_memory(c):
    """A program may need more memory than there is: a message, and no more."""
    run = prepare_run(c)
    c.accept("nncc-run", *run, "--output=out", address_space=256 << 20)
    c.remove("out")
    for line in ("load engine=load0 memory=feature region=input dram_offset=4000000000 ",
                 "save region=output dram_offset=4000000000 ",
                 "save region=workspace dram_offset=4000000000 "):
        c.write("far.s", line + TRANSFER)
        c.accept("nncc-objdump", "--arch=tiny", "--assemble=far.s", "-o", "far.bin")
        if c.tools.sanitized:
            print("  no limit on memory can be set under sanitizers: not run: %s" % line)
            continue
        c.refuse("nncc-run", "far.bin", address_space=256 << 20, has="memory")
