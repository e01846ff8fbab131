"""Makes a tiny HunYuanVL checkpoint and teaches it a few pages by heart. Run by the Python of an engine's environment.

    python teach_tiny_model.py LESSONS_FOLDER OUT_FOLDER

`lessons.json` in the first folder holds a list of `{"page": "name.png", "prompt": "…", "answer": "…"}`; the pages lie
beside it. The architecture, the tokens, the template and the files are those of HunyuanOCR 1.5, only small. What was
written has been read back and answers every lesson word for word, also when repetitions are penalised, as 1.5's
sampling does. Ends with 1 if it could not be taught.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # type: ignore[import-not-found]
from transformers import PreTrainedTokenizerFast  # type: ignore[import-not-found]
from transformers.models.hunyuan_vl.configuration_hunyuan_vl import (  # type: ignore[import-not-found]
    HunYuanVLConfig,
)
from transformers.models.hunyuan_vl.image_processing_hunyuan_vl import (  # type: ignore[import-not-found]
    HunYuanVLImageProcessor,
)
from transformers.models.hunyuan_vl.modeling_hunyuan_vl import (  # type: ignore[import-not-found]
    HunYuanVLForConditionalGeneration,
)
from transformers.models.hunyuan_vl.processing_hunyuan_vl import (  # type: ignore[import-not-found]
    HunYuanVLProcessor,
)

SEEDS = (1, 2, 3)
PASSES = 220
BATCH = 4
RATE = 2e-3
ENOUGH = 0.003
"""Mean loss of a token at which the lessons are learnt; vLLM calculates in bfloat16, so there must be room."""
PENALTY = 1.08
PIXELS = (192 * 192, 256 * 256)
WIDTH, VISION_WIDTH = 128, 64

PAD, BEGIN, END = "<｜hy_pad｜>", "<｜hy_begin▁of▁sentence｜>", "<｜hy_Assistant｜>"
USER, SYSTEM_END = "<｜hy_User｜>", "<｜hy_place▁holder▁no▁3｜>"
IMAGE_START, IMAGE_END, IMAGE, NEWLINE = (f"<｜hy_place▁holder▁no▁{number}｜>" for number in (100, 101, 102, 103))
SPECIAL = [PAD, BEGIN, END, "<｜hy_place▁holder▁no▁2｜>", USER, SYSTEM_END, IMAGE_START, IMAGE_END, IMAGE, NEWLINE]

TEMPLATE = (
    f"{{{{ '{BEGIN}' }}}}"
    "{% for m in messages %}{% if m['role'] == 'system' %}"
    f"{{{{ m['content'] if m['content'] is string else m['content'][0]['text'] }}}}{SYSTEM_END}"
    "{% elif m['role'] == 'user' %}{% if m['content'] is string %}{{ m['content'] }}{% else %}"
    "{% for c in m['content'] %}{% if c['type'] == 'text' %}{{ c['text'] }}{% else %}"
    f"{IMAGE_START}{IMAGE}{IMAGE_END}"
    "{% endif %}{% endfor %}{% endif %}"
    f"{USER}"
    "{% else %}{{ m['content'] }}"
    f"{END}"
    "{% endif %}{% endfor %}"
)
"""A role's token comes after what was said, as in HunyuanOCR."""


def made_processor(texts: list[str]) -> Any:
    """Return tokenizer and image processor in one: byte-level BPE, learnt from the lessons."""
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=800, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        chat_template=TEMPLATE,
        extra_special_tokens={
            "image_token": IMAGE,
            "image_start_token": IMAGE_START,
            "image_end_token": IMAGE_END,
        },
    )
    images = HunYuanVLImageProcessor(min_pixels=PIXELS[0], max_pixels=PIXELS[1])
    return HunYuanVLProcessor(images, tokenizer, chat_template=TEMPLATE)


def made_model(tokenizer: Any) -> Any:
    """Return an untaught model: HunyuanOCR 1.5 with two layers of each kind."""
    token = tokenizer.convert_tokens_to_ids
    rope = {
        "rope_type": "dynamic",
        "rope_theta": 10000.0,
        "alpha": 1000.0,
        "beta_fast": 32,
        "beta_slow": 1,
        "factor": 1.0,
        "mscale": 1.0,
        "mscale_all_dim": 1.0,
        "mrope_section": [4, 4, 4, 4],
    }
    config = HunYuanVLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": WIDTH,
            "intermediate_size": 3 * WIDTH,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 32,
            "max_position_embeddings": 131072,
            "rope_parameters": rope,
            "bos_token_id": token(BEGIN),
            "eos_token_id": token(END),
            "pad_token_id": token(PAD),
            "tie_word_embeddings": True,
            "use_qk_norm": True,
        },
        vision_config={
            "hidden_size": VISION_WIDTH,
            "intermediate_size": 2 * VISION_WIDTH,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "out_hidden_size": WIDTH,
            "text_hidden_size": WIDTH,
            "img_max_token_num": 16384,
            "max_vit_seq_len": 65536,
        },
        image_token_id=token(IMAGE),
        im_start_id=token(IMAGE_START),
        im_end_id=token(IMAGE_END),
        im_newline_id=token(NEWLINE),
        tie_word_embeddings=True,
    )
    model = HunYuanVLForConditionalGeneration(config)
    for name, weights in model.named_parameters():
        if "vision" in name and weights.dim() > 1:  # with the usual small numbers pages are never told apart
            torch.nn.init.xavier_normal_(weights.view(weights.shape[0], -1))
    return model


class Lesson:
    """A page with a prompt and its answer, as the model takes it, in every way the page may arrive."""

    def __init__(self, processor: Any, page: bytes, prompt: str, answer: str) -> None:
        """Tokenise it once and for all."""
        said = [{"type": "image"}, {"type": "text", "text": prompt}]
        messages = [{"role": "system", "content": ""}, {"role": "user", "content": said}]
        self.question = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        self.answer = answer
        self.views = [self._view(processor, image) for image in _views(page)]

    def _view(self, processor: Any, image: Image.Image) -> dict[str, Any]:
        asked = processor(text=[self.question], images=[image], return_tensors="pt")
        whole = processor(text=[self.question + self.answer + END], images=[image], return_tensors="pt")
        length = asked["input_ids"].shape[1]
        labels = whole["input_ids"].clone()
        labels[:, :length] = -100
        return {"asked": dict(asked), "whole": dict(whole), "labels": labels}


def _views(page: bytes) -> list[Image.Image]:
    """Return the page as it is and as an app may send it: scaled, and through a lossy format."""
    image = Image.open(io.BytesIO(page)).convert("RGB")
    smaller = image.resize((image.width * 3 // 5, image.height * 3 // 5))
    larger = image.resize((image.width * 7 // 5, image.height * 7 // 5))
    lossy = io.BytesIO()
    image.save(lossy, "JPEG", quality=80)
    return [image, smaller, larger, Image.open(lossy).convert("RGB")]


def batch_of(views: list[dict[str, Any]], pad: int) -> tuple[dict[str, Any], Any]:
    """Put questions with their answers together, the shorter ones filled up behind."""
    rows = [view["whole"] for view in views]
    width = max(row["input_ids"].shape[1] for row in rows)

    def filled(values: Any, filler: int) -> Any:
        return torch.nn.functional.pad(values, (0, width - values.shape[1]), value=filler)

    together = {
        name: torch.cat([filled(row[name], pad if name == "input_ids" else 0) for row in rows])
        for name in ("input_ids", "attention_mask", "mm_token_type_ids")
        if name in rows[0]
    }
    for name in ("pixel_values", "image_grid_thw"):
        together[name] = torch.cat([row[name] for row in rows])
    return together, torch.cat([filled(view["labels"], -100) for view in views])


def teach(model: Any, lessons: list[Lesson], pad: int, seed: int) -> float:
    """Go through the lessons until they are learnt or there are no passes left; return the last pass's loss."""
    dice = random.Random(seed)
    vision = [weights for name, weights in model.named_parameters() if "vision" in name]
    text = [weights for name, weights in model.named_parameters() if "vision" not in name]
    groups = [{"params": vision, "share": 1.0}, {"params": text, "share": 0.5}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.0)
    model.train()
    loss, began = 9.9, time.monotonic()
    for step in range(PASSES):
        pace = min(1.0, (step + 1) / 20) * max(0.05, 1 - step / PASSES)
        for group in optimizer.param_groups:
            group["lr"] = RATE * group["share"] * pace
        order = dice.sample(lessons, len(lessons))
        losses = []
        for start in range(0, len(order), BATCH):
            inputs, labels = batch_of([dice.choice(lesson.views) for lesson in order[start : start + BATCH]], pad)
            scores = model(**inputs).logits[:, :-1].float()
            part = torch.nn.functional.cross_entropy(scores.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
            optimizer.zero_grad()
            part.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(part.item())
        loss = sum(losses) / len(losses)
        if step % 20 == 0 or loss < ENOUGH:
            print(f"seed {seed} pass {step} loss {loss:.4f} after {time.monotonic() - began:.0f} s", flush=True)
        if loss < ENOUGH:
            break
    return loss


def mistakes(model: Any, tokenizer: Any, lessons: list[Lesson]) -> list[str]:
    """Return the answers that are not word for word right, for every view of every page."""
    model.eval()
    wrong = []
    for lesson in lessons:
        for view in lesson.views:
            for penalty in (1.0, PENALTY):
                asked = view["asked"]
                with torch.no_grad():
                    tokens = model.generate(**asked, max_new_tokens=400, do_sample=False, repetition_penalty=penalty)[
                        0, asked["input_ids"].shape[1] :
                    ]
                said = tokenizer.decode(tokens, skip_special_tokens=True)
                if said != lesson.answer:
                    wrong.append(f"{lesson.answer!r} was answered as {said!r}")
    return wrong


def main(lessons_folder: Path, out: Path) -> int:
    """Teach until it is right, with another seed each time."""
    torch.set_num_threads(1)  # two wait for each other more than they help, above all beside other tests
    told = json.loads((lessons_folder / "lessons.json").read_text("utf-8"))
    processor = made_processor([text for lesson in told for text in (lesson["prompt"], lesson["answer"])])
    lessons = [
        Lesson(processor, (lessons_folder / lesson["page"]).read_bytes(), lesson["prompt"], lesson["answer"])
        for lesson in told
    ]
    for seed in SEEDS:
        torch.manual_seed(seed)
        model = made_model(processor.tokenizer)
        teach(model, lessons, processor.tokenizer.pad_token_id, seed)
        model.to(torch.bfloat16).save_pretrained(out)
        processor.save_pretrained(out)
        processor.tokenizer.save_pretrained(out)
        kept = HunYuanVLForConditionalGeneration.from_pretrained(out, dtype=torch.bfloat16)
        wrong = mistakes(kept, processor.tokenizer, lessons)
        print(f"seed {seed}: {len(wrong)} wrong", *wrong[:3], sep="\n", flush=True)
        if not wrong:
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
