"""nncc_save as a write master: what it writes to memory, and how it uses the bus."""
import cocotb

from engine import PAGE, REGIONS, EngineBench
from models import LONG, WriteMemory, set_stalls
from rules import WriteRules

SLVERR, DECERR = 2, 3
CODES = {SLVERR: 6, DECERR: 7}
ERROR_DRAM = 3
PLACE = 0x12FFFF8000  # the low half of the address wraps within reach
EMPTY = 0xA5


class SaveBench(EngineBench):
    def __init__(self, dut, name):
        super().__init__(dut, name)
        self.rules = WriteRules(dut, "m_axi", self.max_burst, self.outstanding, self.data)
        self.bus = WriteMemory(dut, "m_axi", self.memory, 2 * self.outstanding)
        self.grant_stall = 0
        self.asked = None  # an address of the feature memory that waits for its grant

    async def begin(self):
        await super().begin()
        for region in range(4):
            base = PLACE + 4 * PAGE * region + self.beat * (region % self.ratio)
            self.place(region, base, 2 * PAGE)
        self.erase()

    def erase(self):
        """Memory as it is before saves, and a copy in which they are carried out."""
        for page in range(16):
            self.memory.write(PLACE + page * PAGE, bytes([EMPTY]) * PAGE)
        self.wanted = bytearray([EMPTY]) * (16 * PAGE)
        self.rows = []  # of all saves, finished or not

    def stall(self, percent, local=None):
        """About that many stalls on the bus, and on all else."""
        set_stalls(self.bus.channels(), self.rng, percent)
        self.grant_stall = self.gap = self.finish_stall = percent if local is None else local

    def word(self, address):
        """A word of the feature memory of save_top.v."""
        low, high = address & 255, address >> 8 & 255
        lanes = ((high if i % 2 else low) + 29 * (i // 2) for i in range(self.v))
        return bytes(lane & 255 for lane in lanes)

    def save(self, region, offset, count_x, count_y=1, count_z=1, pitch_y=0, pitch_z=0):
        rng = self.rng
        fields = {
            "region": REGIONS[region],
            "dram_offset": offset,
            "local_base": rng.randrange(1 << 16),
            "count_x": count_x,
            "count_y": count_y,
            "count_z": count_z,
            "dram_pitch_y": pitch_y,
            "dram_pitch_z": pitch_z,
            "local_pitch_y": rng.randrange(1 << 16),
            "local_pitch_z": rng.randrange(1 << 16),
        }
        instruction = self.add("save", "save", **fields)
        rows = []
        for z in range(count_z):
            for y in range(count_y):
                local = fields["local_base"] + z * fields["local_pitch_z"]
                local += y * fields["local_pitch_y"]
                data = b"".join(self.word((local + x) % (1 << 16)) for x in range(count_x))
                address = self.bases[region] + offset
                rows.append((address + self.v * (z * pitch_z + y * pitch_y), data))
        instruction.rows = rows
        self.rows += rows
        return instruction

    def check_finished(self, instruction):
        """All is in memory, and the memory has answered all of it."""
        for address, data in instruction.rows:
            actual = self.memory.read(address, len(data))
            assert actual == data, "at %#x %s, expected %s" % (address, actual, data)
            at = address - PLACE
            self.wanted[at : at + len(data)] = data
            for burst in self.rules.unanswered:
                assert not address <= burst.address < address + len(data), "finished too early"

    def progress(self):
        return len(self.rules.unanswered)

    def sample_engine(self):
        # A request stays until it is granted, but for a stop.
        asked = self.dut.fm_addr.value.binstr if self.flag(self.dut.fm_req) else None
        if self.asked is not None and not self.stopped:
            assert asked == self.asked, "asked for %s, then for %s" % (self.asked, asked)
        self.asked = None if self.flag(self.dut.fm_gnt) else asked

    def drive_engine(self):
        self.dut.granting.value = int(self.rng.randrange(100) >= self.grant_stall)

    async def all_finished(self):
        await super().all_finished()
        assert self.rules.empty_beats == 0
        actual = self.memory.read(PLACE, 16 * PAGE)
        assert actual == self.wanted, "something else was written"

    async def reset(self):
        await super().reset()
        self.asked = None

    async def stops(self):
        """Comes to rest. Each byte was left alone or is what some save wanted there."""
        await super().stops()
        memory = bytearray(self.memory.read(PLACE, 16 * PAGE))
        for address, data in self.rows:
            at = address - PLACE
            actual = memory[at : at + len(data)]
            good = all(byte in (wanted, EMPTY) for byte, wanted in zip(actual, data))
            assert good, "at %#x %s, expected %s" % (address, actual, data)
            memory[at : at + len(data)] = bytes([EMPTY]) * len(data)
        assert memory == bytes([EMPTY]) * len(memory), "something else was written"

    async def works(self):
        """A short save, as the engine must do it after a reset."""
        self.erase()
        self.rules.empty_beats = 0
        self.save(self.rng.randrange(4), self.v * self.rng.randrange(100), 3, 2, 1, 5)
        await self.all_finished()


@cocotb.test()
async def offsets_and_lengths(dut):
    """Every first beat near a boundary of 4096 bytes, lengths near those of bursts."""
    bench = SaveBench(dut, "offsets")
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
                        bench.save(region, (page + words) * bench.v, length)
                        # The next one overwrites this one.
                        await bench.all_finished()


@cocotb.test()
async def random_blocks(dut):
    """Blocks of all shapes, one behind the other, with all kinds of stalls."""
    bench = SaveBench(dut, "blocks")
    await bench.begin()
    rng, v = bench.rng, bench.v
    for _ in range(60 if LONG else 6):
        bench.stall(rng.choice((0, 30, 60, 90)), rng.choice((0, 20, 90)))
        # Each has a part of a region for itself.
        for region in range(4):
            offset = 0
            for _ in range(rng.randrange(4)):
                x, y, z = rng.randrange(1, 24), rng.randrange(1, 5), rng.randrange(1, 3)
                # Rows that touch or have a gap.
                pitch_y = rng.choice((x, x + rng.randrange(1, 9)))
                pitch_z = rng.choice((pitch_y * y, pitch_y * y + 3))
                end = offset + v * ((z - 1) * pitch_z + (y - 1) * pitch_y + x)
                if end > 2 * PAGE:
                    break
                bench.save(region, offset, x, y, z, pitch_y, pitch_z)
                offset = end + v * rng.choice((0, 1, 20))
        order = list(bench.waiting)
        rng.shuffle(order)
        bench.waiting.clear()
        bench.waiting.extend(order)
        await bench.all_finished()


@cocotb.test()
async def error_at_every_burst(dut):
    """An error response to each burst of a transfer: reported once, with its code and
    address; what is under way ends without strobes; the bus comes to rest."""
    bench = SaveBench(dut, "errors")
    await bench.begin()
    rng, v = bench.rng, bench.v
    words = 2 * max(bench.max_burst // bench.ratio, 1) + 3
    rows, pitch, offset = 3, words + 3, PAGE - 5 * v
    # The bursts, from the lengths of rows and the boundary alone.
    starts = []
    for row in range(rows):
        address, left = offset + row * pitch * v, words * bench.ratio
        while left:
            starts.append(address)
            room = (PAGE - address % PAGE) // bench.beat
            length = min(left, room, bench.max_burst)
            address += length * bench.beat
            left -= length
    for response in (SLVERR, DECERR):
        for start in starts:
            for percent in (0, 50, 80) if LONG else (rng.choice((0, 50)),):
                bench.stall(percent, rng.choice((0, 50, 90)))
                bench.erase()
                bench.save(0, 0, 2)
                failing = bench.save(0, offset, words, rows, 1, pitch)
                bench.save(0, offset + pitch * rows * v, 20)
                address = bench.bases[0] + start
                bench.bus.faults = {address: response}
                if rng.randrange(2):  # later errors are not reported
                    bench.bus.faults.update(
                        {bench.bases[0] + a: 5 - response for a in starts if a > start}
                    )
                finished = bench.finished
                await bench.stops()
                expected = (CODES[response], failing.number, address & 0xFFFFFFFF)
                assert bench.errors == [expected], "%s, expected %s" % (bench.errors, expected)
                assert bench.finished - finished <= 1
                bench.bus.faults = {}
                await bench.reset()
                await bench.works()


@cocotb.test()
async def stop_at_any_time(dut):
    """stop_i: no new burst, those under way end, and after a reset it works again."""
    bench = SaveBench(dut, "stop")
    await bench.begin()
    empty = 0
    for delay in range(200 if LONG else 60):
        # With a slow feature memory the data of bursts is missing when the stop comes.
        bench.stall(bench.rng.choice((0, 60)), bench.rng.choice((0, 60, 95)))
        bench.erase()
        for i in range(4):
            bench.save(i, PAGE - 5 * bench.v, 40)
        await bench.edges(delay if LONG or delay < 30 else 5 * delay)
        dut.stop.value = 1
        await bench.stops()
        assert bench.errors == []
        empty += bench.rules.empty_beats
        bench.rules.empty_beats = 0
        await bench.reset()
        if delay % 4 == 0:
            await bench.works()
    assert empty > 0


@cocotb.test()
async def bursts_under_way(dut):
    """As many bursts as the parameter says are begun before any response has come."""
    bench = SaveBench(dut, "outstanding")
    await bench.begin()
    bench.bus.b_channel.pause = True
    for region in range(2):
        bench.save(region, 8 * bench.v, 2 * bench.outstanding * bench.max_burst // bench.ratio)
    await bench.edges(100 + 4 * bench.outstanding * bench.max_burst)
    assert bench.rules.count == bench.rules.peak == bench.outstanding
    assert bench.finished == 0
    bench.bus.b_channel.pause = False
    await bench.all_finished()
    assert bench.rules.peak == bench.outstanding


@cocotb.test()
async def blocks_outside_their_region(dut):
    """The last byte of a block may be the last of its region, and not one further.
    Regions begin at a multiple of a beat."""
    bench = SaveBench(dut, "regions")
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
        bench.save(region, offset, x, y, z, pitch_y, pitch_z)
        await bench.all_finished()
        bursts = bench.rules.count
        bench.erase()
        if case % 3:
            bench.place(region, base, size - 1)
        else:
            bench.place(region, base + rng.randrange(1, bench.beat), size)
        failing = bench.save(region, offset, x, y, z, pitch_y, pitch_z)
        bench.save(region, 0, 1)
        await bench.stops()
        assert bench.errors == [(ERROR_DRAM, failing.number, size - 1)]
        assert bench.rules.count == bursts, "something was written"
        bench.place(region, base, 2 * PAGE)
        await bench.reset()
        await bench.works()
