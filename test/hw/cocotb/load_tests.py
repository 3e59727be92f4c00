"""nncc_load as a read master: what it writes to local memory, and how it uses the bus."""
from collections import deque

import cocotb

from engine import PAGE, REGIONS, EngineBench
from models import LONG, ReadMemory, set_stalls
from rules import Channel, ReadRules

SLVERR, DECERR = 2, 3
CODES = {SLVERR: 4, DECERR: 5}
ERROR_DRAM = 3
PLACE = 0x12FFFF8000  # the low half of the address wraps within reach


class LoadBench(EngineBench):
    def __init__(self, dut, name):
        super().__init__(dut, name)
        self.rules = ReadRules(dut, "m_axi", self.max_burst, self.outstanding, self.data)
        self.bus = ReadMemory(dut, "m_axi", self.memory, 2 * self.outstanding)
        self.memory.write(PLACE, self.rng.randbytes(16 * PAGE))
        self.port = Channel(dut, "lw", "", ("memory", "addr", "data"))  # to local memory
        self.lw_stall = 0
        self.words = 0

    async def begin(self):
        self.expected = deque()
        await super().begin()
        # Regions begin at each beat of a word, 2 pages each.
        for region in range(4):
            base = PLACE + 4 * PAGE * region + self.beat * (region % self.ratio)
            self.place(region, base, 2 * PAGE)

    async def reset(self):
        await super().reset()
        self.port.clear()
        self.expected.clear()

    def stall(self, percent, local=None):
        """About that many stalls on the bus, and on all else."""
        set_stalls(self.bus.channels(), self.rng, percent)
        self.lw_stall = self.gap = self.finish_stall = percent if local is None else local

    def load(self, region, offset, count_x, count_y=1, count_z=1, pitch_y=0, pitch_z=0):
        rng = self.rng
        fields = {
            "memory": rng.choice(("feature", "weight", "tap", "cparam", "vparam")),
            "region": REGIONS[region],
            "dram_offset": offset,
            "local_base": rng.randrange(1 << 18),
            "count_x": count_x,
            "count_y": count_y,
            "count_z": count_z,
            "dram_pitch_y": pitch_y,
            "dram_pitch_z": pitch_z,
            "local_pitch_y": rng.randrange(1 << 16),
            "local_pitch_z": rng.randrange(1 << 18),
        }
        memory = self.isa.number("MEMORY", fields["memory"])
        words = []
        for z in range(count_z):
            for y in range(count_y):
                for x in range(count_x):
                    local = fields["local_base"] + z * fields["local_pitch_z"]
                    local += y * fields["local_pitch_y"] + x
                    source = offset + self.v * (z * pitch_z + y * pitch_y + x)
                    data = self.memory.read(self.bases[region] + source, self.v)
                    words.append((memory, local % (1 << 18), data))
        return self.add_words("load", fields, words)

    def window(self, region, offset, start, row_bytes, count_x, count_y, groups, step, pitch_y):
        rng = self.rng
        fields = {
            "region": REGIONS[region],
            "dram_offset": offset,
            "local_base": rng.randrange(1 << 16),
            "count_x": count_x,
            "count_y": count_y,
            "groups": groups,
            "dram_pitch_y": pitch_y,
            "local_pitch_y": rng.randrange(1 << 8),
            "local_pitch_z": rng.randrange(1 << 12),
            "step": step,
            "start": start,
            "row_bytes": row_bytes,
            "fill": rng.randrange(-128, 128),
        }
        words = []
        for group in range(groups):
            for y in range(count_y):
                row = self.memory.read(
                    self.bases[region] + offset + y * pitch_y * self.v, row_bytes
                )
                for x in range(count_x):
                    local = fields["local_base"] + group * fields["local_pitch_z"]
                    local += y * fields["local_pitch_y"] + x
                    first = start + x * step + group * self.v
                    data = bytes(
                        row[b] if 0 <= b < row_bytes else fields["fill"] % 256
                        for b in range(first, first + self.v)
                    )
                    words.append((0, local, data))
        return self.add_words("load_window", fields, words)

    def add_words(self, opcode, fields, words):
        instruction = self.add(opcode, self.rng.choice(("load0", "load1")), **fields)
        instruction.words = len(words)
        self.expected.extend((instruction, word) for word in words)
        return instruction

    def check_finished(self, instruction):
        assert instruction.words == 0, "finished before its last %d words" % instruction.words

    def progress(self):
        return self.words

    def sample_engine(self):
        payload = self.port.sample()
        if payload is not None:
            fields = self.port.numbers(payload)
            word = (fields["memory"], fields["addr"], fields["data"].to_bytes(self.v, "little"))
            assert self.expected, "one word too many: %s" % (word,)
            instruction, expected = self.expected.popleft()
            instruction.words -= 1
            assert word == expected, "word %s, expected %s" % (word, expected)
            self.words += 1

    def drive_engine(self):
        self.dut.lw_ready.value = int(self.rng.randrange(100) >= self.lw_stall)

    async def all_finished(self):
        await super().all_finished()
        assert not self.expected, "%d words did not come" % len(self.expected)

    async def works(self):
        """A short load, as the engine must do it after a reset."""
        self.load(self.rng.randrange(4), self.v * self.rng.randrange(100), 3, 2, 1, 5)
        await self.all_finished()


@cocotb.test()
async def offsets_and_lengths(dut):
    """Every first beat near a boundary of 4096 bytes, lengths near those of bursts."""
    bench = LoadBench(dut, "offsets")
    await bench.begin()
    burst = max(bench.max_burst // bench.ratio, 1)  # words
    lengths = sorted({1, 2, burst - 1, burst, burst + 1, 2 * burst, 2 * burst + 1} - {0})
    for number, percent in enumerate((0, 40, 75) if LONG else (0, 40)):
        bench.stall(percent)
        for words in range(-burst - 2, 3):
            for region in range(bench.ratio):
                page = PAGE // bench.v
                for length in lengths:
                    if LONG or (words + region + length) % 2 == number % 2:
                        bench.load(region, (page + words) * bench.v, length)
            await bench.all_finished()


@cocotb.test()
async def window_offsets(dut):
    """Every first byte of a window near a boundary, and rows that end near it."""
    bench = LoadBench(dut, "windows")
    await bench.begin()
    v, rng = bench.v, bench.rng
    for percent in (0, 50):
        bench.stall(percent)
        for start in range(-2 * v - 1, 2 * v + 2):
            offset = PAGE - v * rng.randrange(1, 4)
            for row_bytes in (1, rng.randrange(1, 4 * v), 4 * v + rng.randrange(3)):
                bench.window(
                    rng.randrange(4),
                    offset,
                    start,
                    row_bytes,
                    count_x=rng.randrange(1, 6),
                    count_y=rng.randrange(1, 4),
                    groups=rng.randrange(1, 3),
                    step=rng.choice((1, 3, v, 2 * v + 1)),
                    pitch_y=rng.randrange(4, 8),
                )
        await bench.all_finished()


@cocotb.test()
async def random_blocks(dut):
    """Blocks of all shapes, one behind the other, with all kinds of stalls."""
    bench = LoadBench(dut, "blocks")
    await bench.begin()
    rng, v = bench.rng, bench.v
    for _ in range(60 if LONG else 6):
        bench.stall(rng.choice((0, 30, 60, 90)), rng.choice((0, 20, 90)))
        for _ in range(rng.randrange(1, 12)):
            x, y, z = rng.randrange(1, 24), rng.randrange(1, 5), rng.randrange(1, 3)
            # Rows that touch, have a gap, or are the same.
            pitch_y = rng.choice((x, x + rng.randrange(1, 9), 0))
            pitch_z = rng.choice((pitch_y * y, pitch_y * y + 3))
            offset = v * rng.randrange((2 * PAGE) // v - (pitch_z + pitch_y * y + x))
            bench.load(rng.randrange(4), offset, x, y, z, pitch_y, pitch_z)
        await bench.all_finished()


@cocotb.test()
async def error_at_every_beat(dut):
    """An error response to each beat of a transfer of several bursts: reported once, with
    its code and address; no word of it or behind it comes; the bus comes to rest."""
    bench = LoadBench(dut, "errors")
    await bench.begin()
    rng, v = bench.rng, bench.v
    words = max(bench.max_burst // bench.ratio, 1) + 2
    rows, pitch, offset = 2, words + 3, PAGE - 3 * v
    beats = rows * words * bench.ratio
    for response in (SLVERR, DECERR):
        for beat in range(beats):
            bench.stall(rng.choice((0, 0, 50)), rng.choice((0, 50, 90)))
            region = rng.randrange(4)
            # One before it, which finishes, and one behind it, which does not.
            bench.load(region, 0, 2)
            before = 2 + beat // bench.ratio
            failing = bench.load(region, offset, words, rows, 1, pitch)
            bench.load(region, offset + pitch * rows * v, 20)
            row, column = divmod(beat, words * bench.ratio)
            address = bench.bases[region] + offset + row * pitch * v + column * bench.beat
            bench.bus.faults = {address: response}
            if rng.randrange(2):  # a later error is not reported
                bench.bus.faults[address + bench.beat] = 5 - response
            words_before, finished_before = bench.words, bench.finished
            await bench.stops()
            expected = (CODES[response], failing.number, address & 0xFFFFFFFF)
            assert bench.errors == [expected], "errors %s, expected %s" % (bench.errors, expected)
            assert bench.words - words_before <= before
            assert bench.finished - finished_before <= 1
            bench.bus.faults = {}
            await bench.reset()
            if beat % 4 == 0:
                await bench.works()


@cocotb.test()
async def stop_at_any_time(dut):
    """stop_i: no new burst, those under way end, and after a reset it works again."""
    bench = LoadBench(dut, "stop")
    await bench.begin()
    for delay in range(200 if LONG else 60):
        # With a slow local memory beats wait on the bus when the stop comes.
        bench.stall(bench.rng.choice((0, 60)), bench.rng.choice((0, 60, 95)))
        for _ in range(4):
            bench.load(bench.rng.randrange(4), PAGE - 5 * bench.v, 40)
        await bench.edges(delay if LONG or delay < 30 else 5 * delay)
        dut.stop.value = 1
        await bench.stops()
        assert bench.errors == []
        await bench.reset()
        if delay % 4 == 0:
            await bench.works()


@cocotb.test()
async def bursts_under_way(dut):
    """As many bursts as the parameter says are asked for before any data has come."""
    bench = LoadBench(dut, "outstanding")
    await bench.begin()
    bench.bus.r_channel.pause = True
    for _ in range(2):
        bench.load(1, 8 * bench.v, 4 * bench.outstanding * bench.max_burst // bench.ratio // 2)
    await bench.edges(100 + 20 * bench.outstanding)
    assert bench.rules.count == bench.rules.peak == bench.outstanding
    assert bench.words == 0
    bench.bus.r_channel.pause = False
    await bench.all_finished()
    assert bench.rules.peak == bench.outstanding


@cocotb.test()
async def blocks_outside_their_region(dut):
    """The last byte of a block may be the last of its region, and not one further.
    Regions begin at a multiple of a beat."""
    bench = LoadBench(dut, "regions")
    await bench.begin()
    rng, v = bench.rng, bench.v
    for case in range(60 if LONG else 20):
        x, y, z = rng.randrange(1, 9), rng.randrange(1, 4), rng.randrange(1, 4)
        pitch_y, pitch_z = rng.randrange(x, 12), rng.randrange(40, 50)
        offset = v * rng.randrange(20)
        size = offset + v * ((z - 1) * pitch_z + (y - 1) * pitch_y + x)
        region = case % 4
        base = bench.bases[region]
        bench.place(region, base, size)
        bench.load(region, offset, x, y, z, pitch_y, pitch_z)
        await bench.all_finished()
        bursts = bench.rules.count
        if case % 3:
            bench.place(region, base, size - 1)
        else:
            bench.place(region, base + rng.randrange(1, bench.beat), size)
        failing = bench.load(region, offset, x, y, z, pitch_y, pitch_z)
        bench.load(region, 0, 1)
        await bench.stops()
        assert bench.errors == [(ERROR_DRAM, failing.number, size - 1)]
        assert bench.rules.count == bursts, "something was read"
        bench.place(region, base, 2 * PAGE)
        await bench.reset()
        await bench.works()
