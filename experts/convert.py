"""Foreign weights: a PyTorch file opened once, as tensors alone, and written as safetensors."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from ..errors import BadSetting
from ..records.files import write_whole

USUAL_KEYS = ("state_dict", "model_state_dict", "model", "net", "network", "ema", "teacher", "student")
"""Under which training programs keep the weights in a checkpoint, in the order in which they are looked for."""
PARALLEL = "module."


@dataclass(frozen=True)
class Converted:
    """What was written, its SHA-256 and size in bytes, the number of tensors, and what of the file was left behind."""

    path: Path
    sha256: str
    bytes: int
    tensors: int
    dropped: list[str]


def convert(source: Path, target: Path, *, key: str | None = None) -> Converted:
    """Write the tensors of a `.pth`, `.pt` or `.bin` file as safetensors.

    The file is read with `weights_only=True`: no code in it runs, and one that needs code is refused. `key` names the
    entry that holds the weights, with dots for depth; without it the usual ones are tried and then the whole file. A `module.`
    before every name is taken off.
    Raises BadSetting, in one line; nothing is written then.
    """
    from safetensors.torch import save

    if target.suffix != ".safetensors":
        raise BadSetting(f"{target.name}: weights are written as .safetensors")
    if target.exists():
        raise BadSetting(f"{target.name} is there already")
    stored = _opened(source)
    where, weights = _weights(stored, source, key)
    tensors, dropped = {}, [f"{name} ({_kind(value)})" for name, value in _beside(stored, where)]
    prefix = PARALLEL if weights and all(str(name).startswith(PARALLEL) for name in weights) else ""
    for name, value in weights.items():
        why_not = _why_not(name, value)
        if why_not is None:
            tensors[name.removeprefix(prefix)] = value.detach().clone().contiguous()
        else:
            dropped.append(f"{'.'.join((*where, str(name)))} ({why_not})")
    if not tensors:
        raise BadSetting(f"{source.name}: no tensors were found{f' under {key}' if key else ''}")
    data = save(tensors)
    write_whole(target, data)
    return Converted(target, hashlib.sha256(data).hexdigest(), len(data), len(tensors), dropped)


def _opened(source: Path) -> Any:
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(source, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise BadSetting(f"{source.name}: there is no such file") from error
    except UnpicklingError as error:
        found = re.search(r"GLOBAL (\S+)", str(error))
        what = f"the class {found[1]}" if found else "something else than tensors"
        raise BadSetting(
            f"{source.name}: it holds {what}, whose code would have to run; save its state_dict() with the program "
            "that made it and convert that"
        ) from error
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BadSetting(f"{source.name}: it is no PyTorch file of tensors ({type(error).__name__})") from error


def _weights(stored: Any, source: Path, key: str | None) -> tuple[tuple[str, ...], Mapping[Any, Any]]:
    """The entry that holds the weights, by its place, and what it holds."""
    if not isinstance(stored, Mapping):
        raise BadSetting(f"{source.name}: it holds {_kind(stored)}, not tensors by name")
    if key is not None:
        where = tuple(key.split("."))
        found: Any = stored
        for part in where:
            found = found.get(part) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping):
            raise BadSetting(f"{source.name}: there is nothing under {key}; there are {', '.join(map(str, stored))}")
        return where, found
    for name in USUAL_KEYS:
        if isinstance(stored.get(name), Mapping) and any(_is_tensor(value) for value in stored[name].values()):
            return (name,), stored[name]
    return (), stored


def _beside(stored: Mapping[Any, Any], where: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Everything that lies beside the way to the weights."""
    beside: list[tuple[str, Any]] = []
    for depth, part in enumerate(where):
        beside += [(".".join((*where[:depth], str(name))), value) for name, value in stored.items() if name != part]
        stored = stored[part]
    return beside


def _why_not(name: Any, value: Any) -> str | None:
    """Why an entry is not written, or None."""
    import torch

    if not _is_tensor(value):
        return _kind(value)
    if not isinstance(name, str):
        return "its name is no text"
    if value.layout is not torch.strided or value.is_quantized or value.is_complex():
        return "a tensor that is sparse, quantised or complex"
    return None


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _kind(value: Any) -> str:
    many = f" of {len(value)}" if isinstance(value, (Mapping, list, tuple)) else ""
    return f"{type(value).__name__}{many}"
