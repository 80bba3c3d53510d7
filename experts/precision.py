"""Half precision where the machine computes in it. Elsewhere it is emulated, many times slower than full precision."""

from __future__ import annotations

import torch


def quick_precision(device: torch.device | str) -> torch.autocast:
    """A context in which networks run in bfloat16 if `device` computes in it, and in float32 if not."""
    kind = torch.device(device).type
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=_computes_bfloat16(kind))


def _computes_bfloat16(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.is_bf16_supported()
    return kind == "cpu" and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
