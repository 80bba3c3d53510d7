"""Tiny vision-language models of real architectures: random weights from their configs, tokenizers made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

SIDE = 56
"""Pixels of a picture's side as the network sees it."""

_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% for part in m['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}IMAGE{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_NO_SYSTEM = (
    "{% for m in messages %}{% if m['role'] == 'system' or (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('user and assistant take turns') }}{% endif %}<start_of_turn>{{ m['role'] }}\n"
    "{% for part in m['content'] %}{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}<boi>{% endif %}"
    "{% endfor %}<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
_TEXT = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
_TEXT |= {"num_key_value_heads": 2, "max_position_embeddings": 4096}


def tokenizer(control: tuple[str, ...], end: str, **named: str) -> Any:
    """A byte-level BPE tokenizer; `named` tokens are attributes such as `boi_token`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    bpe.train_from_iterator(["The photograph shows the disc, the macula and the vessels of a right eye."] * 4, trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=end, pad_token="<pad>", extra_special_tokens=named)
    made.add_special_tokens(
        {"additional_special_tokens": [*control, *named.values()]}, replace_extra_special_tokens=False
    )
    return made


def idefics3(folder: Path) -> None:
    """Idefics3, of which SmolVLM is a descendant."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration, Idefics3ImageProcessor, Idefics3Processor

    words = tokenizer(
        ("<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>", "<|im_start|>"), "<|im_end|>"
    )
    pictures = Idefics3ImageProcessor(
        size={"longest_edge": SIDE}, max_image_size={"longest_edge": SIDE}, do_image_splitting=False
    )
    template = _CHATML.replace("IMAGE", "<image>")
    processor = Idefics3Processor(pictures, words, image_seq_len=4, chat_template=template)
    vision = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    vision |= {"image_size": SIDE, "patch_size": 14}
    ids = {"pad_token_id": words.pad_token_id, "eos_token_id": words.eos_token_id}
    text = {"model_type": "llama", "vocab_size": len(words), **_TEXT, **ids}
    config = Idefics3Config(
        vision_config=vision, text_config=text, scale_factor=2, image_token_id=processor.image_token_id, **ids
    )
    _save(folder, Idefics3ForConditionalGeneration, config, processor)


def qwen2_5_vl(folder: Path) -> None:
    """Qwen2.5-VL."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor

    processor, ids = _qwen(Qwen2_5_VLProcessor, patch=14)
    vision = {"hidden_size": 32, "depth": 2, "num_heads": 2, "intermediate_size": 64, "out_hidden_size": 32}
    vision |= {"patch_size": 14, "window_size": 56, "fullatt_block_indexes": [1]}
    text = {**_TEXT, "vocab_size": len(processor.tokenizer), "rope_parameters": _mrope([1, 1, 2])}
    _save(
        folder,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLConfig(vision_config=vision, text_config=text, **ids),
        processor,
    )


def qwen3_vl(folder: Path) -> None:
    """Qwen3-VL."""
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration, Qwen3VLProcessor

    processor, ids = _qwen(Qwen3VLProcessor, patch=16)
    vision = {"hidden_size": 32, "depth": 2, "num_heads": 2, "intermediate_size": 64, "out_hidden_size": 32}
    vision |= {"patch_size": 16, "deepstack_visual_indexes": [0], "num_position_embeddings": 64}
    text = {**_TEXT, "head_dim": 8, "vocab_size": len(processor.tokenizer), "rope_parameters": _mrope([2, 1, 1])}
    _save(
        folder, Qwen3VLForConditionalGeneration, Qwen3VLConfig(vision_config=vision, text_config=text, **ids), processor
    )


def gemma3(folder: Path) -> None:
    """Gemma 3, of which MedGemma is a descendant; here with a template that knows no system role."""
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3ImageProcessor, Gemma3Processor

    words = tokenizer(("<start_of_turn>",), "<end_of_turn>", boi_token="<boi>", eoi_token="<eoi>", image_token="<soft>")
    pictures = Gemma3ImageProcessor(size={"height": SIDE, "width": SIDE})
    processor = Gemma3Processor(pictures, words, chat_template=_NO_SYSTEM, image_seq_length=4)
    vision = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    vision |= {"image_size": SIDE, "patch_size": 14, "vision_use_head": False}
    ids = {"pad_token_id": words.pad_token_id, "eos_token_id": words.eos_token_id}
    text = {**_TEXT, **ids, "head_dim": 8, "vocab_size": len(words), "sliding_window": 64}
    config = Gemma3Config(
        vision_config=vision,
        text_config=text,
        mm_tokens_per_image=4,
        image_token_index=words.image_token_id,
        boi_token_index=words.boi_token_id,
        eoi_token_index=words.eoi_token_id,
        **ids,
    )
    _save(folder, Gemma3ForConditionalGeneration, config, processor)


def internvl(folder: Path) -> None:
    """InternVL."""
    from transformers import (
        GotOcr2ImageProcessor,
        InternVLConfig,
        InternVLForConditionalGeneration,
        InternVLProcessor,
        InternVLVideoProcessor,
    )

    named = {"start_image_token": "<img>", "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>"}
    words = tokenizer(("<|im_start|>",), "<|im_end|>", **named, video_token="<video>")
    pictures = GotOcr2ImageProcessor(size={"height": SIDE, "width": SIDE}, crop_to_patches=False)
    template = _CHATML.replace("IMAGE", "<IMG_CONTEXT>")
    processor = InternVLProcessor(pictures, words, InternVLVideoProcessor(), image_seq_length=4, chat_template=template)
    vision = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    vision |= {"image_size": [SIDE, SIDE], "patch_size": [14, 14]}
    ids = {"pad_token_id": words.pad_token_id, "eos_token_id": words.eos_token_id}
    text = {"model_type": "qwen2", **_TEXT, **ids, "vocab_size": len(words)}
    config = InternVLConfig(
        vision_config=vision, text_config=text, image_token_id=words.context_image_token_id, image_seq_length=4
    )
    _save(folder, InternVLForConditionalGeneration, config, processor)


FAMILIES: dict[str, Callable[[Path], None]] = {
    "idefics3": idefics3,
    "qwen2_5_vl": qwen2_5_vl,
    "qwen3_vl": qwen3_vl,
    "gemma3": gemma3,
    "internvl": internvl,
}


def _qwen(kind: Any, patch: int) -> tuple[Any, dict[str, int]]:
    from transformers import Qwen2VLImageProcessor, Qwen2VLVideoProcessor, Qwen3VLVideoProcessor

    named = {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>"}
    named |= {"vision_start_token": "<|vision_start|>", "vision_end_token": "<|vision_end|>"}
    words = tokenizer(("<|im_start|>",), "<|im_end|>", **named)
    pictures = Qwen2VLImageProcessor(min_pixels=SIDE**2, max_pixels=SIDE**2, patch_size=patch)
    videos = Qwen3VLVideoProcessor() if "Qwen3" in kind.__name__ else Qwen2VLVideoProcessor()
    template = _CHATML.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    ids = {"pad_token_id": words.pad_token_id, "eos_token_id": words.eos_token_id}
    ids |= {"image_token_id": words.image_token_id, "video_token_id": words.video_token_id}
    ids |= {"vision_start_token_id": words.vision_start_token_id, "vision_end_token_id": words.vision_end_token_id}
    return kind(pictures, words, videos, chat_template=template), ids


def _mrope(section: list[int]) -> dict[str, Any]:
    return {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": section, "mrope_interleaved": True}


def _save(folder: Path, kind: Any, config: Any, processor: Any) -> None:
    import torch

    torch.manual_seed(0)
    network = kind(config)
    network.generation_config.eos_token_id = processor.tokenizer.eos_token_id
    network.generation_config.pad_token_id = processor.tokenizer.pad_token_id
    network.save_pretrained(folder)
    processor.save_pretrained(folder)
