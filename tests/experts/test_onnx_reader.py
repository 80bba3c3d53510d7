"""What ONNX Runtime reads is what the network reads: any size, any number of pictures, from any thread."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from fundoscope.experts import load_expert
from fundoscope.experts.onnx_reader import OnnxReader


def shipped() -> list[tuple[str, OnnxReader]]:
    lesions, vessels = load_expert("lesions"), load_expert("vessels")
    readers = [("lesions", lesions.segmenter), ("arteries", vessels.arteries)]
    return readers + [(f"vessels {number}", net) for number, net in enumerate(vessels.nets)]


@pytest.fixture(scope="module")
def readers() -> dict[str, OnnxReader]:
    return dict(shipped())


@pytest.mark.parametrize("name", ["lesions", "arteries", "vessels 0", "vessels 1"])
@pytest.mark.parametrize("shape", [(1, 3, 96, 128), (2, 3, 160, 64)])
def test_a_shipped_network_reads_the_same_through_onnx(readers, name, shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = readers[name].network(x)
        found = readers[name](x)
    torch.testing.assert_close(found, expected, atol=2e-4, rtol=1e-4)


def test_memory_laid_out_with_channels_last_is_read_alike(readers):
    x = torch.randn((1, 3, 64, 96), generator=torch.Generator().manual_seed(1))
    turned = x.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        torch.testing.assert_close(readers["lesions"](turned), readers["lesions"](x), atol=0, rtol=0)


def test_threads_read_at_the_same_time(readers):
    pictures = [torch.randn((1, 3, 64, 64 + 32 * n), generator=torch.Generator().manual_seed(n)) for n in range(6)]
    with torch.inference_mode():
        expected = [readers["vessels 0"](x) for x in pictures]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(readers["vessels 0"], pictures))
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=0, rtol=0)


def test_under_autocast_it_reads_in_full_precision_all_the_same():
    network = torch.nn.Conv2d(3, 2, 1)
    x = torch.randn((1, 3, 4, 4), generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        expected = network(x)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = OnnxReader(network, channels=3, multiple=1)(x)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-6)
