"""Rewards by a model folder as it is: one of ours, or any that `transformers` opens as a sequence classifier.

A folder stays open between jobs: the rows of a large file come as several jobs, and weights take their time.
"""

import numpy as np
import torch
import transformers
from transformers import AutoConfig, AutoModelForSequenceClassification

from .devices import device_named, in_parts, tokens_at_once
from .job import Events, JobError
from .loading import Weights, load_decoder
from .ranks import Ranks
from .rows import by_length
from .score import questions_of, rewards_of

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

_open = {}


def score_folder(job):
    """Writes float32 values, one a response, to the job's `rewards`."""
    torch.set_num_threads(job['threads'])
    events = Events(job, True)
    try:
        device = device_named(job['device'])
        rewards = open_folder(job, device)
        questions = questions_of(job)
        with torch.inference_mode():
            found = rewards(questions)
        found.astype('<f4').tofile(job.path('rewards'))
        events.emit(kind='ended', outcome='completed', device=str(device), transformers=transformers.__version__)
    finally:
        events.close()


def open_folder(job, device):
    """A function of questions, which gives the rewards of all responses in their order."""
    folder = job.path('model')
    key = (str(folder), job['rewardPooling'], str(device), (folder / 'config.json').stat().st_mtime_ns)
    if key not in _open:
        _open.clear()
        _open[key] = foreign(folder, device) if job['rewardPooling'] is None else own(folder, job, device)
    return _open[key]


def own(folder, job, device):
    """With its LM head, and as its training pooled: prompts are computed once for all their responses."""
    ranks = Ranks.alone(device)
    decoder = load_decoder(job, ranks, Weights(folder, None))
    return lambda questions: rewards_of(decoder, questions, ranks, tokens_at_once(device)).cpu().numpy()


def foreign(folder, device):
    model, info = opened(folder)
    missing = sorted(map(str, info['missing_keys']))
    if missing:
        raise JobError(
            f'{folder}: {type(model).__name__} of transformers {transformers.__version__} has no weights there for '
            f'{", ".join(missing[:4])}: a fresh head would score at random',
            'Give a reward model, or finetune the language model on preference pairs first.',
            2,
        )
    labels = model.config.num_labels
    if labels > 2:
        raise JobError(f'{folder}: its head has {labels} labels, and a reward is one', 'Give a model of one or two.', 4)
    model = model.to(device).eval()
    return lambda questions: whole_rewards(model, questions, device)


def opened(folder):
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        # The default attention leaves soft caps of scores out, without a word.
        is_capped = getattr(config, 'attn_logit_softcapping', None) is not None
        return AutoModelForSequenceClassification.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            output_loading_info=True,
            local_files_only=True,
            **(dict(attn_implementation='eager') if is_capped else {}),
        )
    except Exception as error:
        said = str(error).strip().split('\n')[0]
        raise JobError(
            f'{folder}: transformers {transformers.__version__} cannot open it: {said}',
            'It must be a folder that AutoModelForSequenceClassification opens without code of its own.',
        ) from error


def whole_rewards(model, questions, device):
    """Each response with its prompt as a row of its own, as `transformers` itself would be given it."""
    rows = [np.concatenate([prompt, response]) for prompt, responses in questions for response in responses]
    rewards = np.zeros(len(rows), np.float32)
    for some in by_length(rows, tokens_at_once(device)):
        rewards[some] = np.concatenate(in_parts(lambda own: scores_of(model, own, device), [rows[at] for at in some]))
    return rewards


def scores_of(model, rows, device):
    """Padded on the right with an id that none of them has: pooling then ends where each of them ends."""
    pad = unused_id(rows)
    if pad >= vocabulary(model):
        return np.concatenate([alone(model, row, device) for row in rows])
    length = max(map(len, rows))
    ids = np.full((len(rows), length), pad, np.int64)
    mask = np.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    set_pad(model, pad)
    return read_off(model(input_ids=torch.from_numpy(ids).to(device), attention_mask=torch.from_numpy(mask).to(device)))


def alone(model, row, device):
    """Without padding: all ids of the vocabulary are taken."""
    set_pad(model, None)
    return read_off(model(input_ids=torch.from_numpy(row.astype(np.int64))[None].to(device)))


def read_off(output):
    """Of two labels: the log-odds of the second, as our own engine reads such a head."""
    logits = output.logits.float()
    return (logits[:, 0] if logits.shape[1] == 1 else logits[:, 1] - logits[:, 0]).cpu().numpy()


def unused_id(rows):
    present = np.unique(np.concatenate(rows))
    gaps = np.flatnonzero(present != np.arange(len(present)))
    return int(gaps[0]) if len(gaps) else len(present)


def vocabulary(model):
    return model.config.get_text_config().vocab_size


def set_pad(model, pad):
    model.config.pad_token_id = pad
    model.config.get_text_config().pad_token_id = pad
