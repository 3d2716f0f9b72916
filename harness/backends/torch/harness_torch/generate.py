"""Completions of prompts by a model folder: vLLM's offline batch where it is installed, else transformers' `generate`.

Every completion has its own seed, from the job's and its key. With transformers the noise of a completion is drawn from
that seed alone, so its text does not depend on what shares its batch, but for rounding: logits of another batch may
differ in their last bits, and where two tokens are that close another one may win.
"""

import functools
import hashlib
import importlib.util
import itertools
import json
import math
import time

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, LogitsProcessor, LogitsProcessorList

from .devices import device_named, in_parts
from .job import Events, JobError

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

# Tokens of a batch, prompts and answers, by the sort of device.
TOKENS_AT_ONCE = {'cpu': 4096, 'cuda': 131072}
NUMERICS = {'float32': torch.float32, 'bfloat16': torch.bfloat16}
# A folder stays open between jobs: prompts come as several.
_open = {}


def generate(job):
    """Writes a JSON object a line to the job's `completions`: text and finish, in the order of `prompts`."""
    torch.set_num_threads(job['threads'])
    events = Events(job, True)
    try:
        asked = [json.loads(line) for line in open(job.path('prompts'), encoding='utf-8')]
        writer = open_writer(job)
        started = time.monotonic()
        tell = functools.partial(events.emit, kind='progress', steps=len(asked))
        written, tokens = writer.write(asked, job, lambda done: tell(step=done))
        with open(job.path('completions'), 'w', encoding='ascii') as file:
            file.writelines(json.dumps(one) + '\n' for one in written)
        seconds = time.monotonic() - started
        events.emit(kind='ended', outcome='completed', by=writer.by, tokens=tokens, seconds=seconds)
    finally:
        events.close()


def open_writer(job):
    folder = job.path('model')
    engine = engine_of(job['engine'])
    key = (str(folder), engine, job['numerics'], job['device'], (folder / 'config.json').stat().st_mtime_ns)
    if key not in _open:
        _open.clear()
        try:
            _open[key] = (VllmWriter if engine == 'vllm' else TransformersWriter)(folder, job)
        except JobError:
            raise
        except Exception as error:
            said = str(error).strip().split('\n')[0]
            raise JobError(
                f'{folder}: {engine} cannot open it: {said}',
                'It must be a language model with its tokenizer that transformers opens without code of its own.',
            ) from error
    return _open[key]


def engine_of(named):
    if named == 'transformers':
        return named
    if importlib.util.find_spec('vllm') is not None:
        return 'vllm'
    if named == 'auto':
        return 'transformers'
    raise JobError('vllm is not installed', 'Install it beside torch, or set engine: transformers.', 3)


def seed_of(job, key):
    """63 bits."""
    return int.from_bytes(hashlib.sha256(f'{job["seed"]} {key}'.encode()).digest()[:8], 'big') >> 1


class Prompts:
    """Texts as tokens: as they are, or as the first message of a chat."""

    def __init__(self, folder):
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)

    def tokens(self, text, job):
        if not job['chat']:
            return self.tokenizer(text).input_ids
        if self.tokenizer.chat_template is None:
            raise JobError('the tokenizer has no chat template', 'Set chat: false, or add chat_template.jinja.', 2)
        system = [] if job['system'] is None else [dict(role='system', content=job['system'])]
        messages = [*system, dict(role='user', content=text)]
        return self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)['input_ids']

    def text(self, tokens, stop):
        """Without what ended it."""
        text = self.tokenizer.decode(tokens, skip_special_tokens=True)
        ends = [text.index(one) for one in stop if one in text]
        return (text[: min(ends)], True) if ends else (text, False)


class TransformersWriter:
    def __init__(self, folder, job):
        self.by = f'transformers {transformers.__version__}, torch {torch.__version__}'
        self.prompts = Prompts(folder)
        self.device = device_named(job['device'])
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
        # The default attention leaves soft caps of scores out, without a word.
        is_capped = getattr(config, 'attn_logit_softcapping', None) is not None
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            config=config,
            dtype=NUMERICS[job['numerics']],
            local_files_only=True,
            **(dict(attn_implementation='eager') if is_capped else {}),
        )
        self.model = model.to(self.device).eval()
        ends = self.model.generation_config.eos_token_id
        if ends is None:
            ends = self.prompts.tokenizer.eos_token_id
        self.ends = [] if ends is None else [ends] if isinstance(ends, int) else list(ends)
        self.context = getattr(config.get_text_config(), 'max_position_embeddings', None) or math.inf

    def write(self, asked, job, on_progress):
        """What was written, and how many tokens that was."""
        rows = [self.prompts.tokens(one['prompt'], job) for one in asked]
        room = [min(job['maxTokens'], self.context - len(row)) if row else 0 for row in rows]
        written = [dict(text='', finish='length') for _ in asked]
        tokens, done = 0, sum(space < 1 for space in room)
        for some in self.batches(rows, room, job['maxTokens']):
            most = min(room[index] for index in some)
            compute = functools.partial(self.write_some, rows, asked, most, job)
            for index, answer in zip(some, itertools.chain(*in_parts(compute, some))):
                tokens += len(answer)
                written[index] = self.finished(answer, job)
            done += len(some)
            on_progress(done)
        return written, tokens

    def batches(self, rows, room, most):
        """Indices: prompts of like length together, longest first; those with less room than others apart."""
        order = sorted((index for index in range(len(rows)) if room[index] > 0), key=lambda at: (-len(rows[at]), at))
        limit, batches = TOKENS_AT_ONCE.get(self.device.type, 16384), []
        for index in order:
            width = len(rows[batches[-1][0]]) + most if batches else 0
            if not batches or room[batches[-1][0]] != room[index] or (len(batches[-1]) + 1) * width > limit:
                batches.append([])
            batches[-1].append(index)
        return batches

    def write_some(self, rows, asked, most, job, indices):
        return self.write_batch([rows[at] for at in indices], [asked[at]['key'] for at in indices], most, job)

    @torch.inference_mode()
    def write_batch(self, rows, keys, most, job):
        """The tokens of each answer, with the end token where there is one."""
        width = max(map(len, rows))
        ids = torch.zeros((len(rows), width), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for index, row in enumerate(rows):  # padding stands on the left
            ids[index, width - len(row) :] = torch.tensor(row)
            mask[index, width - len(row) :] = 1
        stop = dict(stop_strings=job['stop'], tokenizer=self.prompts.tokenizer) if job['stop'] else {}
        output = self.model.generate(
            input_ids=ids.to(self.device),
            attention_mask=mask.to(self.device),
            max_new_tokens=most,
            do_sample=False,
            num_beams=1,
            temperature=1.0,
            top_p=1.0,
            top_k=0,
            repetition_penalty=1.0,
            eos_token_id=self.ends or None,
            pad_token_id=self.ends[0] if self.ends else 0,
            logits_processor=self.sampler(keys, job),
            **stop,
        )
        return [self.until_end(row) for row in output[:, width:].tolist()]

    def sampler(self, keys, job):
        if job['temperature'] == 0:
            return LogitsProcessorList()
        return LogitsProcessorList([OwnNoise([seed_of(job, key) for key in keys], job['temperature'], job['topP'])])

    def until_end(self, tokens):
        ends = [place for place, token in enumerate(tokens) if token in self.ends]
        return tokens[: ends[0] + 1] if ends else tokens

    def finished(self, tokens, job):
        text, was_stopped = self.prompts.text(tokens, job['stop'])
        has_ended = was_stopped or (len(tokens) > 0 and tokens[-1] in self.ends)
        return dict(text=text, finish='end' if has_ended else 'length')


class OwnNoise(LogitsProcessor):
    """Sampling as the largest of the logits with Gumbel noise, which every row draws from a generator of its own."""

    def __init__(self, seeds, temperature, top_p):
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.temperature, self.top_p = temperature, top_p

    def __call__(self, input_ids, scores):
        logits = self.nucleus(scores.float() / self.temperature)
        size = logits.shape[1]
        noise = torch.stack([torch.rand(size, generator=one, dtype=torch.float64) for one in self.generators])
        return logits - torch.log(-torch.log(noise.clamp(min=1e-300))).to(logits.device, torch.float32)

    def nucleus(self, logits):
        """The fewest likeliest tokens whose probability reaches top_p; the others are out."""
        if self.top_p >= 1:
            return logits
        ordered, places = logits.sort(dim=-1, descending=True)
        before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
        out = torch.zeros_like(before, dtype=torch.bool).scatter(1, places, before >= self.top_p)
        return logits.masked_fill(out, -math.inf)


class VllmWriter:
    def __init__(self, folder, job):
        import vllm

        self.vllm = vllm
        self.by = f'vllm {vllm.__version__}, torch {torch.__version__}'
        self.prompts = Prompts(folder)
        self.model = vllm.LLM(
            model=str(folder),
            tokenizer=str(folder),
            dtype=job['numerics'],
            seed=0,
            tensor_parallel_size=job['cards'],
        )
        self.context = self.model.llm_engine.model_config.max_model_len

    def write(self, asked, job, on_progress):
        rows = [self.prompts.tokens(one['prompt'], job) for one in asked]
        fitting = [index for index, row in enumerate(rows) if 0 < len(row) < self.context]
        written = [dict(text='', finish='length') for _ in asked]
        outputs = self.model.generate(
            [dict(prompt_token_ids=rows[index]) for index in fitting],
            [self.sampling(asked[index]['key'], len(rows[index]), job) for index in fitting],
            use_tqdm=False,
        )
        tokens = 0
        for index, output in zip(fitting, outputs):
            [answer] = output.outputs
            tokens += len(answer.token_ids)
            written[index] = dict(text=answer.text, finish='length' if answer.finish_reason == 'length' else 'end')
        on_progress(len(asked))
        return written, tokens

    def sampling(self, key, length, job):
        return self.vllm.SamplingParams(
            temperature=job['temperature'],
            top_p=job['topP'],
            max_tokens=min(job['maxTokens'], self.context - length),
            seed=seed_of(job, key),
            stop=job['stop'] or None,
        )
