"""nncc_core on its ports: every register, jobs, interrupts, errors and resets.

The register map is written down here once more, from docs/hardware.md.
"""
import cocotb
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp
from cocotbext.axi.sparse_memory import SparseMemory

from headers import INSTRUCTION_BYTES, Isa, read_defines
from models import HEADERS, LONG, ReadMemory, WriteMemory, make_random, set_stalls, silence
from rules import LiteRules, ReadRules, WriteRules

ID, VERSION, FINGERPRINT = 0x000, 0x004, 0x008
CONTROL, STATUS, IRQ_ENABLE, IRQ_STATUS = 0x010, 0x014, 0x018, 0x01C
JOB, WATCHDOG, PROGRAM_BASE, PROGRAM_COUNT = 0x020, 0x024, 0x028, 0x030
ERROR, ERROR_NUMBER, ERROR_ADDRESS = 0x034, 0x038, 0x03C
REGIONS, REGION_BASE, REGION_SIZE = 0x080, 0, 8
CYCLES, READ0_BEATS, READ1_BEATS, WRITE_BEATS = 0x100, 0x108, 0x10C, 0x110
ENGINES, FINISHED, BUSY, EMPTY, TOKEN = 0x200, 0, 4, 8, 12

START, RESET = 1, 2  # CONTROL
RUNNING, DONE, FAILED, STOPPING = 1, 2, 4, 8  # STATUS
IRQ_DONE, IRQ_ERROR = 1, 2

NUM_REGIONS, NUM_ENGINES = 4, 5
LOAD0, LOAD1, CONV, VECTOR, SAVE, ENGINE_CONTROL = 0, 1, 2, 3, 4, 7
ILLEGAL, DRAM, READ_SLVERR, READ_DECERR, WRITE_SLVERR, WRITE_DECERR, HANGS = 1, 3, 4, 5, 6, 7, 8
READ_CODES = {AxiResp.SLVERR: READ_SLVERR, AxiResp.DECERR: READ_DECERR}
WRITE_CODES = {AxiResp.SLVERR: WRITE_SLVERR, AxiResp.DECERR: WRITE_DECERR}

# Registers of a job and their bits.
JOB_REGISTERS = {PROGRAM_BASE: 0xFFFFFFFF, PROGRAM_BASE + 4: 0xFF, PROGRAM_COUNT: 0xFFFFFFFF}
for number in range(NUM_REGIONS):
    JOB_REGISTERS.update(
        {
            REGIONS + 16 * number + offset: mask
            for offset, mask in ((0, 0xFFFFFFFF), (4, 0xFF), (8, 0xFFFFFFFF), (12, 1))
        }
    )
WRITABLE = {**JOB_REGISTERS, IRQ_ENABLE: 3, WATCHDOG: 0xFFFFFFFF}
MAPPED = set(range(0x000, 0x040, 4)) | set(range(0x080, 0x0C0, 4))
MAPPED |= set(range(0x100, 0x114, 4)) | set(range(0x200, 0x2A0, 4))

# Where things lie in memory: high halves differ, pages are near.
PROGRAM = 0x34567FFF80  # the third instruction is in the next page
BASES = (0x1200000FC0, 0xFFFFFFF000, 0x5600001F80, 0x0700000000)
SIZES = (0x1000, 0x1000, 0x1000, 0x1000)


# The fields of a block of one row.
ROW = {"count_y": 1, "count_z": 1}
ROW.update(dram_pitch_y=0, dram_pitch_z=0, local_pitch_y=0, local_pitch_z=0)


class Core:
    def __init__(self, dut, name):
        silence(dut)
        self.dut = dut
        self.rng = make_random("core " + name)
        self.isa = Isa(HEADERS)
        self.config = read_defines(HEADERS, "nncc_config.vh")
        self.v = self.config["NNCC_ARRAY_VECTOR"]
        self.data = self.config["NNCC_AXI_DATA_BITS"]
        limits = (self.config["NNCC_AXI_MAX_BURST_BEATS"], self.config["NNCC_AXI_OUTSTANDING"])
        self.memory = SparseMemory(1 << 40)
        self.master = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk, dut.rst)
        depth = 2 * limits[1]
        self.read0 = ReadMemory(dut, "m_axi_read0", self.memory, depth)
        self.read1 = ReadMemory(dut, "m_axi_read1", self.memory, depth)
        self.write = WriteMemory(dut, "m_axi_write", self.memory, depth)
        self.rules0 = ReadRules(dut, "m_axi_read0", *limits, self.data)
        self.rules1 = ReadRules(dut, "m_axi_read1", *limits, self.data)
        self.rules2 = WriteRules(dut, "m_axi_write", *limits, self.data)
        self.rules = (self.rules0, self.rules1, self.rules2)
        self.lite = LiteRules(dut, "s_axil")
        self.irq = 0
        self.jobs = 0
        self.cycles = 0

    async def begin(self):
        cocotb.start_soon(self.run())
        self.dut.rst.value = 1
        await self.edges(3)
        self.dut.rst.value = 0
        await self.edges(1)
        # Hardware may hold anything in the registers of a job.
        for offset in JOB_REGISTERS:
            await self.put(offset, 0)

    async def edges(self, count):
        for _ in range(count):
            await RisingEdge(self.dut.clk)

    async def run(self):
        edge = RisingEdge(self.dut.clk)
        while True:
            await edge
            self.cycles += 1
            self.lite.step()
            for rules in self.rules:
                rules.step()
            if self.dut.rst.value.binstr == "0":
                text = self.dut.irq.value.binstr
                assert text in ("0", "1"), "irq is %s" % text
                self.irq = int(text)

    def stall(self, percent):
        for memory in (self.read0, self.read1, self.write):
            set_stalls(memory.channels(), self.rng, percent)

    def stall_registers(self, percent):
        master = self.master
        channels = [master.write_if.aw_channel, master.write_if.w_channel]
        channels += [master.write_if.b_channel, master.read_if.ar_channel]
        set_stalls(channels + [master.read_if.r_channel], self.rng, percent)

    # -- Registers --------------------------------------------------------------------

    async def get(self, offset, expected=AxiResp.OKAY):
        answer = await self.master.read(offset, 4)
        assert answer.resp == expected, "read of %#x: %s" % (offset, answer.resp)
        return int.from_bytes(answer.data, "little")

    async def put(self, offset, value, expected=AxiResp.OKAY):
        answer = await self.master.write(offset, value.to_bytes(4, "little"))
        assert answer.resp == expected, "write of %#x: %s" % (offset, answer.resp)

    async def expect(self, offset, value):
        actual = await self.get(offset)
        assert actual == value, "%#x is %#x, expected %#x" % (offset, actual, value)

    async def until(self, condition, what, limit=20000):
        for _ in range(limit):
            if condition():
                return
            await RisingEdge(self.dut.clk)
        raise AssertionError("%s: not within %d cycles" % (what, limit))

    async def settles(self):
        """Waits until nothing is stopping; the status then. All transactions have ended."""
        for _ in range(2000):
            status = await self.get(STATUS)
            if not status & STOPPING:
                assert all(rules.quiet() for rules in self.rules), "a burst is under way"
                return status
        raise AssertionError("still stopping")

    # -- Jobs -------------------------------------------------------------------------

    def make_program(self, rounds, words):
        """LOAD0 and LOAD1 bring a block each, VECTOR copies both, SAVE stores the copy.
        Instructions, and what the output region shall hold."""
        isa, v, rng = self.isa, self.v, self.rng
        block = words * v
        program, wanted = [], b""
        half = self.config["NNCC_BUFFERS_FEATURE_WORDS"] // 2
        assert 2 * words * rounds <= half and 2 * block * rounds <= min(SIZES)
        for i in range(rounds):
            place = 2 * words * i
            load = {"memory": "feature", "post": ["vector"], "dram_offset": i * block}
            load.update(ROW, count_x=words)
            program.append(isa.encode("load", "load0", region="input", local_base=place, **load))
            program.append(
                isa.encode("load", "load1", region="constant", local_base=place + words, **load)
            )
            program.append(
                isa.encode(
                    "max_pool",
                    "vector",
                    wait=["load0", "load1"],
                    post=["save"],
                    src_base=place,
                    src_row_pitch=2 * words,
                    src_group_pitch=0,
                    src_height=1,
                    src_width=2 * words,
                    origin_y=0,
                    origin_x=0,
                    stride_y=1,
                    stride_x=1,
                    pad_value=-128,
                    kernel_h=1,
                    kernel_w=1,
                    dilation_y=1,
                    dilation_x=1,
                    height=1,
                    width=2 * words,
                    groups=1,
                    dst_base=half + place,
                    dst_row_pitch=2 * words,
                    dst_group_pitch=0,
                )
            )
            save = {"wait": ["vector"], "region": "output", "dram_offset": 2 * i * block}
            save.update(ROW, count_x=2 * words, local_base=half + place)
            program.append(isa.encode("save", "save", **save))
            pieces = [rng.randbytes(block), rng.randbytes(block)]
            for region, piece in zip((1, 0), pieces):
                self.memory.write(BASES[region] + i * block, piece)
            wanted += b"".join(pieces)
        return program, wanted

    async def describe(self, program, base=PROGRAM, sizes=SIZES):
        """Puts the program into memory and the job into the registers."""
        code = b"".join(bits.to_bytes(INSTRUCTION_BYTES, "little") for bits in program)
        self.memory.write(base, code)
        self.memory.write(BASES[2], bytes(SIZES[2]))
        await self.put(PROGRAM_BASE, base & 0xFFFFFFFF)
        await self.put(PROGRAM_BASE + 4, base >> 32)
        await self.put(PROGRAM_COUNT, len(program))
        for region in range(NUM_REGIONS):
            at = REGIONS + 16 * region
            await self.put(at + REGION_BASE, BASES[region] & 0xFFFFFFFF)
            await self.put(at + REGION_BASE + 4, BASES[region] >> 32)
            await self.put(at + REGION_SIZE, sizes[region] & 0xFFFFFFFF)
            await self.put(at + REGION_SIZE + 4, sizes[region] >> 32)
        await self.put(IRQ_STATUS, 3)
        await self.put(IRQ_ENABLE, 3)

    async def start(self):
        self.jobs += 1
        await self.put(CONTROL, START)

    async def runs(self, rounds=2, words=9):
        """A whole job and its result. Returns the program."""
        program, wanted = self.make_program(rounds, words)
        await self.describe(program)
        await self.start()
        await self.until(lambda: self.irq, "the interrupt")
        await self.expect(STATUS, DONE)
        await self.expect(IRQ_STATUS, IRQ_DONE)
        await self.expect(JOB, self.jobs)
        assert self.memory.read(BASES[2], len(wanted)) == wanted
        assert all(rules.quiet() for rules in self.rules)
        return program

    async def resets(self):
        """A soft reset that is waited for."""
        await self.put(CONTROL, RESET)
        status = await self.settles()
        assert status == 0, "status %d after a reset" % status
        for offset in (ERROR, ERROR_NUMBER, ERROR_ADDRESS):
            await self.expect(offset, 0)
        await self.expect(JOB, self.jobs)


@cocotb.test()
async def register_map(dut):
    """Identification; which addresses exist; bits of registers; bytes of a write."""
    core = Core(dut, "map")
    await core.begin()
    fingerprint = core.config["NNCC_FINGERPRINT"]
    await core.expect(ID, 0x4E4E4343)
    await core.expect(VERSION, 1 << 16 | core.isa.defines["ISA_VERSION"])
    await core.expect(FINGERPRINT, fingerprint & 0xFFFFFFFF)
    await core.expect(FINGERPRINT + 4, fingerprint >> 32)
    for offset in (STATUS, IRQ_STATUS, JOB, IRQ_ENABLE, WATCHDOG, ERROR):
        await core.expect(offset, 0)
    assert not core.irq

    values = {}
    for offset, mask in WRITABLE.items():
        for value in (0xFFFFFFFF, 0, core.rng.getrandbits(32), 0x5A5A5A5A):
            await core.put(offset, value)
            await core.expect(offset, value & mask)
        for byte in range(4):
            piece = core.rng.randrange(256)
            answer = await core.master.write(offset + byte, bytes([piece]))
            assert answer.resp == AxiResp.OKAY
            value = value & ~(0xFF << 8 * byte) | piece << 8 * byte
            await core.expect(offset, value & mask)
        values[offset] = value & mask

    # Reads of everything; then writes where nothing may change.
    before = {}
    for offset in range(0, 0x1000, 4):
        okay = offset in MAPPED
        before[offset] = await core.get(offset, AxiResp.OKAY if okay else AxiResp.SLVERR)
        if offset in values:
            assert before[offset] == values[offset], "%#x has changed" % offset
    for offset in range(0, 0x1000, 4):
        if offset in WRITABLE:
            continue
        value = 0 if offset == CONTROL else 0xFFFFFFFF
        await core.put(offset, value, AxiResp.OKAY if offset in MAPPED else AxiResp.SLVERR)
    for offset in sorted(MAPPED):
        await core.expect(offset, before[offset])


@cocotb.test()
async def handshakes(dut):
    """Address before data, data before address, waiting responses, all at once."""
    core = Core(dut, "handshakes")
    await core.begin()
    write, read = core.master.write_if, core.master.read_if
    address = REGIONS + 16
    for number, (first, second) in enumerate(
        ((write.aw_channel, write.w_channel), (write.w_channel, write.aw_channel))
    ):
        second.pause = True
        event = core.master.init_write(address, (0x1000 + number).to_bytes(4, "little"))
        await core.edges(12)
        taken = core.lite.open[0], core.lite.open[1]
        assert taken == ((1, 0) if first is write.aw_channel else (0, 1)), "taken %s" % (taken,)
        assert not event.is_set() and dut.s_axil_bvalid.value == 0
        second.pause = False
        await core.until(event.is_set, "the response")
        await core.expect(address, 0x1000 + number)

    write.b_channel.pause = True
    events = [core.master.init_write(address + 4 * i, bytes([7 + i] * 4)) for i in range(2)]
    await core.edges(20)
    assert dut.s_axil_bvalid.value == 1 and not events[0].is_set()
    # Reads go on meanwhile.
    await core.expect(ID, 0x4E4E4343)
    write.b_channel.pause = False
    await core.until(lambda: all(event.is_set() for event in events), "both responses")
    await core.expect(address, 0x07070707)

    read.r_channel.pause = True
    events = [core.master.init_read(address, 4), core.master.init_read(VERSION, 4)]
    await core.edges(20)
    assert dut.s_axil_rvalid.value == 1 and not events[0].is_set()
    # Writes go on meanwhile.
    await core.put(REGIONS, 0x1234)
    read.r_channel.pause = False
    await core.until(lambda: all(event.is_set() for event in events), "both reads")
    assert events[0].data.data == bytes([7] * 4)

    values = {offset: await core.get(offset) for offset in sorted(WRITABLE)}
    for _ in range(200 if LONG else 20):
        core.stall_registers(core.rng.choice((0, 30, 60, 85)))
        offsets = core.rng.sample(sorted(WRITABLE), 8)
        writes, pending, reads = {}, [], {}
        for offset in offsets[:4]:
            writes[offset] = core.rng.getrandbits(32)
            data = writes[offset].to_bytes(4, "little")
            pending.append(core.master.init_write(offset, data))
        for offset in offsets[4:]:
            reads[offset] = core.master.init_read(offset, 4)
        pending += reads.values()
        await core.until(lambda: all(event.is_set() for event in pending), "responses")
        for offset, event in reads.items():
            assert int.from_bytes(event.data.data, "little") == values[offset]
        for offset, value in writes.items():
            values[offset] = value & WRITABLE[offset]
            await core.expect(offset, values[offset])


@cocotb.test()
async def jobs_and_counters(dut):
    """Jobs end with the right bytes, a job number and counters that fit the wires."""
    core = Core(dut, "jobs")
    await core.begin()
    for rounds, words, percent in ((1, 3, 0), (4, 17, 0), (3, 20, 50)) + ((9, 7, 80),) * LONG:
        core.stall(percent)
        for rules in core.rules:
            rules.beats = 0
        program = await core.runs(rounds, words)
        ratio = 8 * core.v // core.data
        fetched = len(program) * 8 * INSTRUCTION_BYTES // core.data
        expected = (fetched + rounds * words * ratio, rounds * words * ratio)
        expected += (2 * rounds * words * ratio,)
        for offset, rules, beats in zip(
            (READ0_BEATS, READ1_BEATS, WRITE_BEATS), core.rules, expected
        ):
            assert rules.beats == beats
            await core.expect(offset, beats)
        cycles = await core.get(CYCLES)
        await core.expect(CYCLES + 4, 0)
        assert max(expected) < cycles
        for engine in range(NUM_ENGINES):
            at = ENGINES + 32 * engine
            await core.expect(at + FINISHED, 0 if engine == CONV else rounds)
            busy, empty = await core.get(at + BUSY), await core.get(at + EMPTY)
            tokens = [await core.get(at + TOKEN + 4 * other) for other in range(NUM_ENGINES)]
            assert busy + empty + sum(tokens) <= cycles
            if engine == CONV:
                # Empty is counted until the last instruction has come.
                assert busy == sum(tokens) == 0 and 0 < empty < cycles
            else:
                assert busy > 0 and tokens[engine] == 0
            if engine in (LOAD0, LOAD1):
                assert sum(tokens) == 0
                assert busy >= words * ratio
            if engine == SAVE:
                assert tokens[VECTOR] == sum(tokens) > 0
        # They stand when the job has ended.
        await core.edges(20)
        await core.expect(CYCLES, cycles)
    # A job without instructions is done at once.
    await core.describe([])
    await core.start()
    await core.until(lambda: core.irq, "the interrupt", 50)
    await core.expect(STATUS, DONE)
    await core.expect(ENGINES + 32 * SAVE + FINISHED, 0)


@cocotb.test()
async def two_masters_on_a_port(dut):
    """A program that is fetched while its many short loads use the same port."""
    core = Core(dut, "port")
    await core.begin()
    v, count = core.v, 200 if LONG else 60
    row = {"memory": "feature", "region": "input", "count_x": 1, **ROW}
    order = core.rng.sample(range(count), count)
    program = []
    for place, source in enumerate(order):
        post = ["save"] if place == count - 1 else []
        load = {"dram_offset": source * v, "local_base": place, "post": post, **row}
        program.append(core.isa.encode("load", "load0", **load))
    save = {"wait": ["load0"], "region": "output", "dram_offset": 0, "local_base": 0, **ROW}
    program.append(core.isa.encode("save", "save", count_x=count, **save))
    data = core.rng.randbytes(count * v)
    core.memory.write(BASES[1], data)
    await core.describe(program)
    # Both wait for their addresses to be taken most of the time.
    set_stalls([core.read0.ar_channel], core.rng, 70)
    await core.start()
    await core.until(lambda: core.irq, "the interrupt")
    wanted = b"".join(data[v * source : v * source + v] for source in order)
    assert core.memory.read(BASES[2], count * v) == wanted
    await core.expect(ENGINES + 32 * LOAD0 + FINISHED, count)


@cocotb.test()
async def interrupt(dut):
    """The interrupt is the level of status and enable; a 1 clears, a 0 does not."""
    core = Core(dut, "interrupt")
    await core.begin()
    program, _ = core.make_program(1, 4)
    for enable in range(4):
        await core.describe(program)
        await core.put(IRQ_ENABLE, enable)
        await core.start()
        await core.edges(400)
        await core.expect(STATUS, DONE)
        await core.expect(IRQ_STATUS, IRQ_DONE)
        assert core.irq == (enable & IRQ_DONE)
        for level in (0, IRQ_ERROR, IRQ_DONE, 3):
            await core.put(IRQ_ENABLE, level)
            await core.edges(2)
            assert core.irq == (level & IRQ_DONE)
        for written in (0, IRQ_ERROR):
            await core.put(IRQ_STATUS, written)
            await core.edges(2)
            assert core.irq == 1
        await core.expect(IRQ_STATUS, IRQ_DONE)
        await core.put(IRQ_STATUS, IRQ_DONE)
        await core.edges(2)
        assert core.irq == 0
        await core.expect(IRQ_STATUS, 0)
        await core.expect(STATUS, DONE)  # is about the job


@cocotb.test()
async def writes_while_a_job_runs(dut):
    """What describes a job cannot be changed under it, nor can it be started again."""
    core = Core(dut, "running")
    await core.begin()
    program, wanted = core.make_program(3, 12)
    await core.describe(program)
    core.read1.r_channel.pause = True
    await core.start()
    values = {}
    for offset in JOB_REGISTERS:
        values[offset] = await core.get(offset)
        await core.put(offset, core.rng.getrandbits(32))
    await core.put(CONTROL, START)
    await core.put(WATCHDOG, 100000)
    await core.expect(WATCHDOG, 100000)
    await core.put(IRQ_ENABLE, IRQ_ERROR)
    await core.expect(STATUS, RUNNING)
    for offset, value in values.items():
        await core.expect(offset, value)
    await core.expect(JOB, core.jobs)
    # Counters are read while they count.
    first = await core.get(CYCLES)
    second = await core.get(CYCLES)
    assert first < second
    core.read1.r_channel.pause = False
    await core.edges(500)
    await core.expect(STATUS, DONE)
    await core.expect(JOB, core.jobs)
    assert not core.irq  # done was not enabled any more
    await core.put(IRQ_ENABLE, IRQ_DONE)
    await core.edges(2)
    assert core.irq
    assert core.memory.read(BASES[2], len(wanted)) == wanted


async def fails(core, case, code, engine, number, address):
    """Waits for the error of a job that runs, and looks at all that follows it."""
    await core.until(lambda: core.irq, case + ": the interrupt")
    bursts = [rules.count for rules in core.rules]
    status = await core.settles()
    assert status == FAILED, "%s: status %d" % (case, status)
    await core.expect(IRQ_STATUS, IRQ_ERROR)
    actual = await core.get(ERROR)
    assert actual == engine << 8 | code, "%s: error %#x" % (case, actual)
    await core.expect(ERROR_NUMBER, number)
    await core.expect(ERROR_ADDRESS, address & 0xFFFFFFFF)
    await core.expect(JOB, core.jobs)
    # Each master had at most one burst in its hands. Two of them share port 0.
    after = [rules.count - count for rules, count in zip(core.rules, bursts)]
    assert after[0] <= 2 and max(after[1:]) <= 1, "%s: bursts after it: %s" % (case, after)
    # Nothing can be started or described.
    await core.put(CONTROL, START)
    before = await core.get(PROGRAM_COUNT)
    await core.put(PROGRAM_COUNT, before + 1)
    await core.edges(30)
    await core.expect(PROGRAM_COUNT, before)
    await core.expect(STATUS, FAILED)
    await core.expect(JOB, core.jobs)
    await core.expect(ERROR, engine << 8 | code)
    assert core.irq
    await core.resets()
    # The interrupt waits for the host.
    assert core.irq
    await core.put(IRQ_STATUS, IRQ_ERROR)
    await core.edges(2)
    assert not core.irq


@cocotb.test()
async def error_responses(dut):
    """SLVERR and DECERR on each port and for each master."""
    core = Core(dut, "responses")
    await core.begin()
    rounds, words = 6, 10
    block = words * core.v
    beat = core.data // 8
    for response in (AxiResp.SLVERR, AxiResp.DECERR):
        for percent in (0, 60) if LONG else (core.rng.choice((0, 60)),):
            for _ in range(10 if LONG else 2):
                core.stall(percent)
                program, _ = core.make_program(rounds, words)
                for engine in (ENGINE_CONTROL, LOAD0, LOAD1, SAVE):
                    await core.describe(program)
                    i = core.rng.randrange(rounds)
                    code = READ_CODES[response]
                    if engine == ENGINE_CONTROL:
                        number = core.rng.randrange(len(program))
                        address = PROGRAM + number * INSTRUCTION_BYTES
                        address += beat * core.rng.randrange(INSTRUCTION_BYTES // beat)
                        core.read0.faults = {address: response}
                    elif engine == SAVE:
                        number = 4 * i + 3
                        address = BASES[2] + 2 * i * block
                        code = WRITE_CODES[response]
                        core.write.faults = {address: response}
                    else:
                        number = 4 * i + engine
                        port, region = ((core.read0, 1), (core.read1, 0))[engine]
                        address = BASES[region] + i * block
                        address += beat * core.rng.randrange(block // beat)
                        port.faults = {address: response}
                    await core.start()
                    case = "%s for engine %d" % (response.name, engine)
                    await fails(core, case, code, engine, number, address)
                    core.read0.faults = core.read1.faults = core.write.faults = {}
                await core.runs()


@cocotb.test()
async def other_errors(dut):
    """An illegal instruction, a block and a program out of place, a job that hangs."""
    core = Core(dut, "errors")
    await core.begin()
    rounds, words = 2, 10
    program, _ = core.make_program(rounds, words)

    illegal = list(program)
    illegal[4] |= 1 << 511  # reserved; the first load0 of the second round
    await core.describe(illegal)
    await core.start()
    await fails(core, "reserved bit", ILLEGAL, LOAD0, 4, 0)
    await core.runs()

    size = rounds * words * core.v
    await core.describe(program, sizes=(SIZES[0], size - 1) + SIZES[2:])
    await core.start()
    await fails(core, "region", DRAM, LOAD0, 4, size - 1)
    await core.describe(program, sizes=SIZES[:2] + (2 * size - 1,) + SIZES[3:])
    await core.start()
    await fails(core, "region", DRAM, SAVE, 7, 2 * size - 1)
    await core.runs()

    await core.describe(program, base=PROGRAM + 8)
    await core.start()
    await fails(core, "program base", DRAM, ENGINE_CONTROL, 0, PROGRAM + 8)

    # The copies of the first round wait for load1 for ever; all instructions but those
    # behind it have gone to their queues.
    await core.describe(program)
    await core.put(WATCHDOG, 300)
    core.read1.r_channel.pause = True
    await core.start()
    await core.until(lambda: core.irq, "the watchdog")
    # Transactions have not ended while the memory does not answer.
    await core.edges(50)
    await core.expect(STATUS, FAILED | STOPPING)
    await core.put(CONTROL, RESET)
    await core.put(CONTROL, START)
    await core.edges(50)
    await core.expect(STATUS, FAILED | STOPPING)
    await core.expect(JOB, core.jobs)
    await core.expect(ERROR, ENGINE_CONTROL << 8 | HANGS)
    await core.expect(ERROR_NUMBER, len(program) - 1)
    core.read1.r_channel.pause = False
    assert await core.settles() == 0
    await core.put(WATCHDOG, 0)
    await core.runs()


@cocotb.test()
async def first_error_stays(dut):
    """Errors behind the first one, which still come from the bus, change nothing."""
    core = Core(dut, "first")
    await core.begin()
    program, _ = core.make_program(3, 20)
    await core.describe(program)
    core.read0.faults = {BASES[1]: AxiResp.SLVERR}
    core.read1.faults = {BASES[0] + core.v * i: AxiResp.DECERR for i in range(20)}
    core.read1.r_channel.pause = True
    await core.start()
    await core.until(lambda: core.irq, "the interrupt")
    await core.edges(20)
    await core.expect(STATUS, FAILED | STOPPING)
    beats = core.rules1.beats
    core.read1.r_channel.pause = False
    await fails(core, "first", READ_SLVERR, LOAD0, 0, BASES[1])
    assert core.rules1.beats > beats
    core.read0.faults = core.read1.faults = {}
    await core.runs()


@cocotb.test()
async def reset_at_any_time(dut):
    """A soft reset in the middle of a job ends its transactions and forgets it."""
    core = Core(dut, "reset")
    await core.begin()
    # Without a job it does nothing.
    await core.resets()
    for step in range(100 if LONG else 16):
        core.stall(core.rng.choice((0, 0, 70)))
        program, _ = core.make_program(*core.rng.choice(((3, 20), (10, 4))))
        await core.describe(program)
        await core.start()
        await core.edges(core.rng.randrange(450))
        done = core.irq
        # With `start` in the same write the reset alone counts.
        await core.put(CONTROL, RESET | (START if step % 2 else 0))
        bursts = [rules.count for rules in core.rules]
        assert await core.settles() == 0
        after = [rules.count - count for rules, count in zip(core.rules, bursts)]
        assert after[0] <= 2 and max(after[1:]) <= 1, "bursts after it: %s" % after
        await core.expect(JOB, core.jobs)
        await core.expect(ERROR, 0)
        pending = await core.get(IRQ_STATUS)
        assert pending == IRQ_DONE if done else pending in (0, IRQ_DONE)
        bursts = [rules.count for rules in core.rules]
        await core.edges(30)
        assert bursts == [rules.count for rules in core.rules], "the job goes on"
        if step % 4 == 0:
            await core.runs()


@cocotb.test()
async def hardware_reset(dut):
    """rst_i takes back everything, in the middle of a job as well."""
    core = Core(dut, "hardware")
    await core.begin()
    await core.runs()
    program, _ = core.make_program(3, 20)
    await core.describe(program)
    await core.start()
    await core.edges(60)
    dut.rst.value = 1
    await core.edges(4)
    dut.rst.value = 0
    await core.edges(2)
    core.jobs = 0
    for offset in (STATUS, IRQ_STATUS, IRQ_ENABLE, JOB, WATCHDOG, ERROR, CYCLES, READ0_BEATS):
        await core.expect(offset, 0)
    assert not core.irq
    await core.runs()
