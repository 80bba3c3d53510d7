"""Networks read through ONNX Runtime: the same output as the network's own, in two thirds of the time on a CPU."""

from __future__ import annotations

import ctypes
import sys
import tempfile
import threading
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

OPSET = 17
"""Version of ONNX's operators that the graphs are written in."""
_POWERS_OF_TWO = 0
"""ONNX Runtime's number for that way of growing."""
_one_at_a_time = threading.Lock()
"""One reading takes all cores; two at once would be no faster and need twice the memory. Exporting is not reentrant."""

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
"""glibc's: freed memory goes back to the system; without it a third of a gibibyte stays with the process."""


class OnnxReader(nn.Module):
    """A network in inference mode, one tensor (n, channels, h, w) to one tensor, read by ONNX Runtime on the CPU.

    Its graph is made from the network in memory at the first reading; sides are multiples of `multiple`. It reads in
    full precision, under autocast too. On other devices the network itself reads.
    """

    def __init__(self, network: nn.Module, channels: int, multiple: int) -> None:
        super().__init__()
        self.network = network
        self._example = (1, channels, 2 * multiple, 3 * multiple)
        self._session: onnxruntime.InferenceSession | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What the network makes of `x` (n, channels, h, w), without gradients on the CPU."""
        if x.device.type != "cpu":
            read: torch.Tensor = self.network(x)
            return read
        values = np.ascontiguousarray(x.detach().numpy())
        with _one_at_a_time:
            if self._session is None:
                self._session = _session(exported(self.network, self._example))
            return torch.from_numpy(self._session.run(None, {"x": values})[0])

    def free(self) -> None:
        """Give back the memory that readings left behind; asked for when a photograph is done."""
        with _one_at_a_time:
            if self._session is not None:
                options = onnxruntime.RunOptions()
                options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
                self._session.run(None, {"x": np.zeros(self._example, dtype=np.float32)}, options)
        if _trim is not None:
            _trim(0)


def exported(network: nn.Module, example: tuple[int, ...]) -> bytes:
    """The network as an ONNX file's bytes, for any number of pictures of any size; `example` is a shape it reads."""
    x = torch.zeros(example, device=next(network.parameters()).device)
    full = torch.autocast("cpu", enabled=False)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode(), full, warnings.catch_warnings():
        graph = Path(folder) / "network.onnx"
        warnings.simplefilter("ignore")  # it says that it is the older of PyTorch's two exporters
        torch.onnx.export(
            network,
            (x,),
            graph,
            dynamo=False,
            opset_version=OPSET,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes={"x": {0: "n", 2: "h", 3: "w"}, "y": {0: "n"}},
        )
        return graph.read_bytes()


def _session(graph: bytes) -> onnxruntime.InferenceSession:
    _share_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.enable_mem_pattern = False  # kept patterns of every size read would take more than they save
    options.log_severity_level = 3
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def _share_memory() -> None:
    """All sessions draw on one store of memory. It grows in large pieces, which are filled with less waste than exact ones."""
    where = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(where, onnxruntime.OrtArenaCfg({"arena_extend_strategy": _POWERS_OF_TWO}))
