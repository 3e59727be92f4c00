#!/usr/bin/env python3
"""Checks an FST waveform of `tiny`: fst_times.py file --from-cycle N [--cycles M]
[--signal NAME]. All blocks are whole, times are right, the signal is there."""
import argparse
import struct

HEADER, GEOMETRY, HIERARCHY_LZ4 = 0, 3, 6
PERIOD = 10000  # ps: 100 MHz


def decompress_lz4(data):
    """A block: literals and copies of what came before."""
    out = bytearray()
    at = 0

    def extended(length):
        nonlocal at
        if length == 15:
            while True:
                at += 1
                length += data[at - 1]
                if data[at - 1] != 255:
                    break
        return length

    while at < len(data):
        token = data[at]
        at += 1
        literals = extended(token >> 4)
        out += data[at : at + literals]
        at += literals
        if at == len(data):
            break
        distance = data[at] | data[at + 1] << 8
        at += 2
        for _ in range(extended(token & 15) + 4):
            out.append(out[-distance])
    return bytes(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--from-cycle", type=int, required=True)
    parser.add_argument("--cycles", type=int)
    parser.add_argument("--signal")
    options = parser.parse_args()
    with open(options.file, "rb") as file:
        data = file.read()
    blocks = {}
    at = 0
    while at < len(data):
        length = struct.unpack(">Q", data[at + 1 : at + 9])[0]
        blocks[data[at]] = data[at + 9 : at + 1 + length]
        at += 1 + length
    assert at == len(data), "the last block ends at %d of %d" % (at, len(data))
    assert {HEADER, GEOMETRY, HIERARCHY_LZ4} <= set(blocks), "blocks %s" % sorted(blocks)
    begin, end = struct.unpack(">QQ", blocks[HEADER][:16])
    signals = struct.unpack(">Q", blocks[HEADER][40:48])[0]
    assert signals > 100, "%d signals" % signals
    assert begin == options.from_cycle * PERIOD, "begins at %d ps" % begin
    if options.cycles:
        last = begin + (options.cycles - 1) * PERIOD + PERIOD // 2
        assert end == last, "ends at %d ps, expected %d" % (end, last)
    else:
        assert end > begin
    if options.signal:
        text = decompress_lz4(blocks[HIERARCHY_LZ4][8:])
        assert options.signal.encode() in text, "no signal " + options.signal


if __name__ == "__main__":
    main()
