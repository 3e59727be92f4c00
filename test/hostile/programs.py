"""Programs: cut off, of other versions, and damaged behind a checksum that fits."""
import struct

from container import PICTURE, PROGRAM, Container, follow, u32
from harness import Failure, case
from networks import picture, picture_program, program

TRUNCATIONS, FLIPS, PER_SECTION, INSTRUCTIONS = 20, 24, 10, 60


def refuse(c, content, *has, tools=("nncc-run", "nncc-objdump")):
    c.write("prog.bin", content)
    c.write("picture.npy", picture())
    for tool, arguments in calls():
        if tool in tools:
            c.refuse(tool, *arguments, has=("prog.bin:",) + has)


def survive(c, content):
    """Whether both tools took it."""
    c.write("prog.bin", content)
    c.write("picture.npy", picture())
    taken = [c.survive(tool, *arguments, makes=["out", "stats.json", "text"])
             for tool, arguments in calls()]
    for name in ("out", "stats.json", "text"):
        c.remove(name)
    return all(taken)


def calls():
    return [("nncc-run", ["prog.bin", "--input", "picture.npy", "--output=out",
                          "--stats=stats.json"]),
            ("nncc-objdump", ["prog.bin", "-o", "text"])]


@case("programs", "control")
def control(c):
    c.write("prog.bin", program(c))
    c.write("picture.npy", picture())
    for tool, arguments in calls():
        c.accept(tool, *arguments, makes=["out"] if tool == "nncc-run" else ["text"])
    # Without damage, the walk over the container gives the file back.
    container = Container(program(c))
    if container.with_payload(container.payload()) != program(c):
        raise Failure("container.py does not follow Program.fbs")


@case("programs", "truncated")
def truncated(c):
    whole = program(c)
    lengths = [0, 1, 4, 7, 8, 12, 15, 16, 17, 32, 64, len(whole) // 2, len(whole) - 1]
    for length in lengths + c.random.sample(range(len(whole)), TRUNCATIONS):
        refuse(c, whole[:length])
    refuse(c, b"", "not a program")


@case("programs", "other files")
def other_files(c):
    refuse(c, picture(), "not a program")
    refuse(c, b"text\n" * 100, "not a program")
    refuse(c, bytes(100000), "not a program")
    for _ in range(4):
        refuse(c, b"\x10\0\0\0NNCP" + c.random.randbytes(4096))


@case("programs", "magic, version, checksum")
def envelope(c):
    container = Container(program(c))
    damaged = bytearray(container.file)
    damaged[4:8] = b"TFL3"
    refuse(c, damaged, "'NNCP'")
    for version in (0, 2, 1000, 2**32 - 1):
        damaged = bytearray(container.file)
        struct.pack_into("<I", damaged, container.version_at, version)
        refuse(c, damaged, "format version %d" % version)
    damaged = bytearray(container.file)
    damaged[container.checksum_at] ^= 1
    refuse(c, damaged, "checksum mismatch")
    empty = bytearray(container.file)
    struct.pack_into("<I", empty, container.begin - 4, 0)
    struct.pack_into("<I", empty, container.checksum_at, 0)  # crc32 of nothing
    refuse(c, empty, "no well-formed program")


@case("programs", "flipped bits")
def flipped(c):
    container = Container(program(c))
    for position in c.random.sample(range(8 * container.begin, 8 * len(container.file)), FLIPS):
        damaged = bytearray(container.file)
        damaged[position // 8] ^= 1 << position % 8
        if position // 8 < container.begin + container.size:
            refuse(c, damaged, "checksum mismatch")


@case("programs", "wrong bytes behind a right checksum")
def repaired(c):
    container = Container(program(c))
    table = container.program()
    payload = container.payload()
    for name, _ in PROGRAM:
        places = sorted({i for low, high in table.ranges(name) for i in range(low, high)})
        taken = 0
        chosen = c.random.sample(places, min(PER_SECTION, len(places)))
        for at in chosen:
            bit = payload[at] ^ 1 << c.random.randrange(8)
            taken += survive(c, container.changed(at, bytes([bit])))
        if name in ("arch_fingerprint", "isa_version") and taken:
            raise Failure("%s was changed, and nobody noticed" % name)
        print("  %s: %d bytes, %d changed, %d harmless" % (name, len(places), len(chosen), taken))


@case("programs", "numbers out of range")
def numbers(c):
    """Every scalar and every list element kind, at its extremes."""
    container = Container(program(c))
    table = container.program()
    payload = container.payload()
    extremes = (0, 1, 2**31 - 1, 2**31, 2**32 - 1)

    def put(at, size, value):
        return container.changed(at, (value & (1 << 8 * size) - 1).to_bytes(size, "little"))

    for region in range(4):
        for value in (0, 2**32, 2**32 + 1, 2**63, 2**64 - 1):
            survive(c, put(table.field("regions") + 8 * region, 8, value))
    for name, kind in PROGRAM:
        if isinstance(kind, list):
            rows = table.tables(name)
            for row in c.random.sample(rows, min(2, len(rows))):
                for inner, size in kind:
                    at = row.field(inner)
                    if at is None:
                        continue
                    if not isinstance(size, int):
                        # The first element, and the length.
                        target = follow(payload, at)
                        for value in extremes:
                            survive(c, put(target, 4, value))
                            if u32(payload, target) and size != "text":
                                survive(c, put(target + 4, 4, value))
                        continue
                    for value in extremes + ((2**63, 2**64 - 1) if size == 8 else ()):
                        survive(c, put(at, size, value))
        elif isinstance(kind, tuple) and kind[0] == "list" and kind[1] == 4 and table.field(name) is not None:
            target = follow(payload, table.field(name))
            for value in extremes:
                survive(c, put(target, 4, value))
                if u32(payload, target):
                    survive(c, put(target + 4, 4, value))


@case("programs", "pictures out of range")
def picture_format(c):
    """How a program takes pictures: every field at its extremes."""
    whole = picture_program(c)
    c.write("picture.pgm", b"P5\n9 8\n255\n" + bytes(range(72)))
    run = ["nncc-run", "prog.bin", "--image", "picture.pgm", "--output=out"]
    c.write("prog.bin", whole)
    c.accept(*run, makes=["out"])
    container = Container(whole)
    table = container.program().table("picture")
    damages = []
    for name, kind in PICTURE:
        at = table.field(name)
        if isinstance(kind, int):
            if at is not None:
                damages += [(at, bytes([value]) * kind) for value in (0, 1, 2, 3, 127, 255)]
            continue
        values = follow(table.data, at)
        damages += [(values, struct.pack("<I", count)) for count in (0, 2, 3, 2**29, 2**32 - 1)]
        damages += [(values + 4, struct.pack("<d", value)) for value in (
            0.0, -1.0, 1e-320, 1e308, float("inf"), float("nan"))]
    for at, content in damages:
        c.write("prog.bin", container.changed(at, content))
        c.survive(*run, makes=["out"])
        c.remove("out")
    places = sorted({i for low, high in container.program().ranges("picture")
                     for i in range(low, high)})
    for at in c.random.sample(places, min(PER_SECTION, len(places))):
        c.write("prog.bin", container.changed(at, bytes([c.random.randrange(256)])))
        c.survive(*run, makes=["out"])
        c.remove("out")


@case("programs", "instructions out of range")
def instructions(c):
    container = Container(program(c))
    start = follow(container.payload(), container.program().field("instructions"))
    count = u32(container.payload(), start) // 64
    for content, word in ((b"\0" * 64, "instruction 3"), (b"\xff" * 64, "instruction 3")):
        refuse(c, container.changed(start + 4 + 64 * 3, content), word)
    refuse(c, container.changed(start, struct.pack("<I", 64 * count - 1)), "multiple of 64")
    refuse(c, container.changed(start, struct.pack("<I", 64 * (count - 1))), "instruction_layers")
    taken = 0
    for _ in range(INSTRUCTIONS):
        at = start + 4 + 64 * c.random.randrange(count) + c.random.randrange(64)
        taken += survive(c, container.changed(at, bytes([c.random.randrange(256)])))
    print("  %d of %d changes were harmless" % (taken, INSTRUCTIONS))
    # Two instructions exchanged: tokens no longer fit, or data is read too early.
    payload = container.payload()
    for _ in range(INSTRUCTIONS // 4):
        a, b = (start + 4 + 64 * i for i in c.random.sample(range(count), 2))
        exchanged = bytearray(payload)
        exchanged[a:a + 64], exchanged[b:b + 64] = payload[b:b + 64], payload[a:a + 64]
        survive(c, container.with_payload(exchanged))


@case("programs", "another configuration")
def configuration(c):
    # The instructions are for one, the description and its fingerprint for another.
    large, small = Container(program(c, "z7020")), Container(program(c, "tiny"))
    values = {}
    table = small.program()
    for field in table.tables("arch"):
        name = follow(table.data, field.field("name"))
        values[bytes(table.data[name:name + 4 + u32(table.data, name)])] = field.field("value")
    payload = large.payload()
    target = large.program()
    for field in target.tables("arch"):
        name = follow(payload, field.field("name"))
        source = values[bytes(payload[name:name + 4 + u32(payload, name)])]
        at = field.field("value")
        payload[at:at + 4] = table.data[source:source + 4]
    refuse(c, large.with_payload(payload), "fingerprint")
    print_at, source = target.field("arch_fingerprint"), table.field("arch_fingerprint")
    payload[print_at:print_at + 8] = table.data[source:source + 8]
    refuse(c, large.with_payload(payload), "instruction ")


@case("programs", "listings")
def listings(c):
    c.write("prog.bin", program(c))
    c.accept("nncc-objdump", "prog.bin", "-o", "listing.s", makes=["listing.s"])
    c.accept("nncc-objdump", "prog.bin", "--assemble", "listing.s", "-o", "same.bin")
    with open(c.path("same.bin"), "rb") as file:
        if file.read() != program(c):
            raise Failure("assembling a listing gives another program")
    c.remove("same.bin")
    with open(c.path("listing.s")) as file:
        lines = file.read().splitlines()

    def assemble(text, *has):
        c.write("new.s", text)
        c.refuse("nncc-objdump", "prog.bin", "--assemble", "new.s", "-o", "new.bin",
                 has=("new.s",) + has)

    where = next(i for i, line in enumerate(lines) if ": conv " in line)
    fields = [word for word in lines[where].split(" #")[0].split() if "=" in word]
    for field in fields:
        name = field.split("=")[0]
        for value in ("99999999999", "-99999999999", "x", "", "1e3", "0x"):
            changed = list(lines)
            changed[where] = lines[where].replace(" " + field, " %s=%s" % (name, value))
            assemble("\n".join(changed), ":%d:" % (where + 1), name)
    for text in ("jump", "conv", "conv conv", "conv =", "conv a=1 a=1", ".layer", ".layer x",
                 ".layer 99999999999", "load " + "x" * 100000, "\0\1\2", "load engine=load0 " * 50):
        assemble(text, "new.s:1:")
    assemble("\n" * 100000 + "halt", "new.s:100001:")
    for line in c.random.sample([i for i, text in enumerate(lines) if " wait=" in text], 5):
        changed = list(lines)
        changed[line] = " ".join(w for w in lines[line].split() if not w.startswith("wait="))
        c.write("new.s", "\n".join(changed))
        c.survive("nncc-objdump", "prog.bin", "--assemble", "new.s", "-o", "new.bin",
                  makes=["new.bin"])
        c.remove("new.bin")
