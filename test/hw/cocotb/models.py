"""The memories on the bus: cocotbext-axi's slaves, with errors and stalls from a seed."""
import logging
import os
import random

from cocotbext.axi import AxiReadBus, AxiResp, AxiSlaveRead, AxiSlaveWrite, AxiWriteBus

SEED = int(os.environ.get("NNCC_SEED", "1"))
LONG = os.environ.get("NNCC_LONG") == "1"
HEADERS = os.environ.get("NNCC_HEADERS", "").split(os.pathsep)


def make_random(name):
    """Random numbers of one test: from the seed, whatever other tests there are."""
    return random.Random("%d %s" % (SEED, name))


def silence(dut):
    """The models tell of each burst; warnings are enough."""
    logging.getLogger("cocotb." + dut._name).setLevel(logging.WARNING)


def stalls(rng, percent):
    """Pauses in runs: single cycles mostly, sometimes some twenty."""
    while True:
        for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
            yield rng.randrange(100) < percent
        if rng.randrange(100) * 4 < percent:
            for _ in range(rng.randrange(20)):
                yield True


def set_stalls(channels, rng, percent):
    """Stalls of about `percent` on each of the channels; none with 0."""
    for channel in channels:
        # A channel of its own: how often another one is asked must not matter.
        own = random.Random(rng.random())
        channel.set_pause_generator(stalls(own, percent) if percent else None)
        channel.pause = False


class ReadMemory(AxiSlaveRead):
    """Answers reads from `memory`; `faults` are responses by address of a beat."""

    def __init__(self, dut, prefix, memory, depth):
        super().__init__(AxiReadBus.from_prefix(dut, prefix), dut.clk, dut.rst)
        self.memory = memory
        self.faults = {}
        self.ar_channel.queue_occupancy_limit = depth
        self.beat_address = 0
        self.send_beat = self.r_channel.send
        self.r_channel.send = self.send

    async def _read(self, address, length):
        self.beat_address = address
        return self.memory.read(address, length)

    async def send(self, beat):
        beat.rresp = self.faults.get(self.beat_address, AxiResp.OKAY)
        await self.send_beat(beat)

    def channels(self):
        return [self.ar_channel, self.r_channel]


class WriteMemory(AxiSlaveWrite):
    """Writes to `memory`; `faults` are responses by address of a burst."""

    def __init__(self, dut, prefix, memory, depth):
        super().__init__(AxiWriteBus.from_prefix(dut, prefix), dut.clk, dut.rst)
        self.memory = memory
        self.faults = {}
        self.aw_channel.queue_occupancy_limit = depth
        self.burst_address = 0
        self.receive_address = self.aw_channel.recv
        self.aw_channel.recv = self.receive
        self.send_response = self.b_channel.send
        self.b_channel.send = self.send

    async def receive(self):
        request = await self.receive_address()
        self.burst_address = int(request.awaddr)
        return request

    async def _write(self, address, data):
        self.memory.write(address, data)

    async def send(self, response):
        response.bresp = self.faults.get(self.burst_address, AxiResp.OKAY)
        await self.send_response(response)

    def channels(self):
        return [self.aw_channel, self.w_channel, self.b_channel]
