"""A load or save engine alone: instructions in, posts and errors out, rules watched."""
from collections import deque

import cocotb
from cocotb.triggers import RisingEdge
from cocotbext.axi.sparse_memory import SparseMemory

from headers import Isa
from models import HEADERS, make_random, silence

REGIONS = ("constant", "input", "output", "workspace")
ADDRESS_BITS = 40
SIZE_BITS = 33
PAGE = 4096


class Instruction:
    """What was encoded, its number and mask of posts. Benches add what they expect."""

    def __init__(self, bits, number, post):
        self.bits = bits
        self.number = number
        self.post = post


class EngineBench:
    """Common part of the two benches. A subclass sets `rules` and `bus`."""

    def __init__(self, dut, name):
        silence(dut)
        self.dut = dut
        self.rng = make_random("%s %s" % (dut._name, name))
        self.isa = Isa(HEADERS)
        self.memory = SparseMemory(1 << ADDRESS_BITS)
        self.v = int(dut.V.value)
        self.data = int(dut.DATA.value)
        self.beat = self.data // 8
        self.ratio = 8 * self.v // self.data
        self.max_burst = int(dut.MAX_BURST.value)
        self.outstanding = int(dut.OUTSTANDING.value)
        self.bases = [0] * 4
        self.sizes = [0] * 4
        self.gap = 0  # percent of cycles in which no instruction is offered
        self.finish_stall = 0  # percent of cycles in which a finish is not taken
        self.number = self.rng.randrange(1 << 31)
        self.cycles = 0

    async def begin(self):
        """The first reset, and the task that goes along with the clock."""
        self.clear()
        for region in range(4):
            self.place(region, 0, 0)
        cocotb.start_soon(self.run())
        await self.reset()

    def clear(self):
        self.waiting = deque()  # instructions that have not started
        self.started = deque()  # those that have not finished
        self.finished = 0
        self.errors = []  # (code, number, address)
        self.stopped = 0  # cycles since an error or a stop
        self.offering = False

    async def reset(self):
        dut = self.dut
        dut.rst.value = 1
        dut.stop.value = 0
        await self.edges(3)
        self.clear()
        dut.rst.value = 0
        await self.edges(1)

    async def edges(self, count):
        for _ in range(count):
            await RisingEdge(self.dut.clk)

    def place(self, region, base, size):
        """Puts a region there. Only when nothing runs."""
        self.bases[region] = base
        self.sizes[region] = size
        self.dut.region_base.value = sum(
            value << (ADDRESS_BITS * i) for i, value in enumerate(self.bases)
        )
        self.dut.region_size.value = sum(
            value << (SIZE_BITS * i) for i, value in enumerate(self.sizes)
        )

    def add(self, opcode, engine, **fields):
        """Queues an instruction."""
        others = [name for name in ("conv", "vector", "load0", "load1", "save") if name != engine]
        post = self.rng.sample(others, self.rng.randrange(3))
        bits = self.isa.encode(opcode, engine, post=post, **fields)
        self.number += 1
        instruction = Instruction(bits, self.number, self.isa.engines(post))
        self.waiting.append(instruction)
        return instruction

    # -- Every cycle ------------------------------------------------------------------

    async def run(self):
        edge = RisingEdge(self.dut.clk)
        while True:
            await edge
            self.cycles += 1
            self.rules.step()
            if self.dut.rst.value.binstr == "0":
                self.sample()
                self.drive()
            else:
                self.dut.inst_valid.value = 0

    def flag(self, handle):
        text = handle.value.binstr
        assert text in ("0", "1"), "%s is %s" % (handle._name, text)
        return text == "1"

    def sample(self):
        dut = self.dut
        idle = self.flag(dut.idle)
        if not (self.stopped or self.flag(dut.stop)):
            assert idle == (not self.started), "idle %d" % idle
        if self.offering and self.flag(dut.inst_ready):
            assert self.stopped < 2, "an instruction starts after the stop"
            self.started.append(self.waiting.popleft())
            self.offering = False
        if self.flag(dut.finish) and self.flag(dut.finish_ready):
            assert self.started, "a finish without an instruction"
            instruction = self.started.popleft()
            assert int(dut.finish_post.value) == instruction.post
            self.finished += 1
            self.check_finished(instruction)
        if self.flag(dut.error):
            self.errors.append(
                (
                    int(dut.error_code.value),
                    int(dut.error_number.value),
                    int(dut.error_address.value),
                )
            )
        if self.errors or self.flag(dut.stop):
            self.stopped += 1
        if self.stopped:
            # What left the splitter in the cycle of the error is offered in the next one.
            self.rules.closed = self.stopped >= 2
            assert not idle or self.stopped < 2 or self.rules.quiet(), "idle with a burst"
        self.sample_engine()

    def drive(self):
        dut, rng = self.dut, self.rng
        if not self.offering:
            self.offering = bool(self.waiting) and rng.randrange(100) >= self.gap
            if self.offering:
                dut.inst.value = self.waiting[0].bits
                dut.number.value = self.waiting[0].number
        dut.inst_valid.value = int(self.offering)
        dut.finish_ready.value = int(rng.randrange(100) >= self.finish_stall)
        self.drive_engine()

    # -- Waiting ----------------------------------------------------------------------

    async def until(self, condition, what, limit=2000):
        """Waits for the condition as long as anything moves."""
        edge = RisingEdge(self.dut.clk)
        moved, seen = self.cycles, None
        while not condition():
            progress = (self.rules.count, self.rules.beats, self.finished, self.progress())
            if progress != seen:
                moved, seen = self.cycles, progress
            assert self.cycles < moved + limit, "%s: nothing moves in %d cycles" % (what, limit)
            await edge

    async def all_finished(self):
        """Everything that was queued has finished, and nothing went wrong."""
        await self.until(
            lambda: self.errors or not (self.waiting or self.started), "instructions finish"
        )
        assert self.errors == []
        await self.edges(2)
        assert self.flag(self.dut.idle) and self.rules.quiet()

    async def stops(self):
        """The engine comes to rest after an error or a stop, and stays there."""
        await self.until(lambda: self.stopped > 2 and self.flag(self.dut.idle), "the bus is quiet")
        bursts = self.rules.count
        await self.edges(30)
        assert self.flag(self.dut.idle) and self.rules.count == bursts
