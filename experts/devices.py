"""Whether this machine has the device that the settings name."""

from __future__ import annotations

from ..errors import BadSetting


def check_device(device: str) -> None:
    """Raises BadSetting, in one line, when torch cannot compute on `device` here. torch is imported for others than the CPU."""
    if device.split(":")[0] == "cpu":
        return
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        why = str(error).splitlines()[0]
        raise BadSetting(f"setting device: {device} cannot be used on this machine ({why})") from error
