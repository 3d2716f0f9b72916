"""TRL's RewardTrainer on the same pairs from the same weights, timed step by step through a callback.

It learns the pairwise loss alone: it has no LM term. Its collator pads; it has no mode without padding. Logging,
saving, evaluation and gradient checkpointing are off, the batches are taken in order, the optimizer is the fused AdamW.

usage: trl_trainer.py --weights FOLDER --pairs FILE [--threads N] [--steps N] [--pairs-per-step N] [--device cpu|cuda]
Prints one JSON line. Needs torch, transformers, datasets and trl >= 1.0.
"""

import contextlib
import os
import sys
import tempfile
import time

os.environ.setdefault('HF_HUB_OFFLINE', '1')

import torch
import transformers
import trl
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast, TrainerCallback

import batches
import measure

ENGINE = f'trl {trl.__version__}, torch {torch.__version__}'


class Ordered(trl.RewardTrainer):
    """Takes the pairs in the order of their file, and keeps the loss of every step."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.losses = []

    def _get_train_sampler(self, dataset=None):
        return torch.utils.data.SequentialSampler(self.train_dataset)

    def training_step(self, *args, **kwargs):
        loss = super().training_step(*args, **kwargs)
        self.losses.append(loss)
        return loss


class StepTimer(TrainerCallback):
    def __init__(self, device):
        self.seconds, self.wait = [], torch.cuda.synchronize if device == 'cuda' else lambda: None

    def on_step_begin(self, args, state, control, **kwargs):
        self.wait()
        self.start = time.perf_counter()

    def on_step_end(self, args, state, control, **kwargs):
        self.wait()
        self.seconds.append(time.perf_counter() - self.start)


def tokenizer_for(rows):
    """Only its padding token is used. A reward is read at the last token that is not padding: no row may end in it."""
    last = {row[side][-1] for row in rows for side in ('chosen', 'rejected')}
    pad = next(token for token in range(len(last) + 1) if token not in last)
    known = Tokenizer(WordLevel({'<pad>': pad}, unk_token='<pad>'))
    return PreTrainedTokenizerFast(tokenizer_object=known, pad_token='<pad>', eos_token='<pad>')


def settings(options, folder, steps):
    return trl.RewardConfig(
        output_dir=folder,
        max_steps=steps,
        per_device_train_batch_size=options.pairs_per_step,
        learning_rate=3e-4,
        lr_scheduler_type='constant',
        weight_decay=0.01,
        max_grad_norm=1.0,
        optim='adamw_torch_fused',
        max_length=None,
        bf16=False,
        gradient_checkpointing=False,
        use_cpu=options.device == 'cpu',
        dataloader_pin_memory=False,
        logging_strategy='no',
        save_strategy='no',
        eval_strategy='no',
        report_to='none',
        disable_tqdm=True,
    )


def trained(options, rows, folder):
    """The trainer after its steps, and the timer."""
    steps = measure.WARM_UP + options.steps
    taken = [row for step in range(steps) for row in measure.batch_at(rows, step, options.pairs_per_step)]
    pairs = [{side + '_ids': row['prompt'] + row[side] for side in ('chosen', 'rejected')} for row in taken]
    timer = StepTimer(options.device)
    trainer = Ordered(
        model=AutoModelForSequenceClassification.from_pretrained(
            options.weights, dtype=torch.float32, num_labels=1, attn_implementation='sdpa'
        ),
        args=settings(options, folder, steps),
        train_dataset=Dataset.from_list(pairs),
        processing_class=tokenizer_for(rows),
        callbacks=[timer],
    )
    trainer.train()
    return trainer, timer


def main():
    options = measure.arguments(__doc__.splitlines()[0]).parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(options.threads)
    rows = measure.read_rows(options.pairs)
    # It prints its summary on stdout, which is for the result.
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        trainer, timer = trained(options, rows, folder)
    steps = range(measure.WARM_UP, measure.WARM_UP + options.steps)
    is_cuda = options.device == 'cuda'
    measure.report(
        timer.seconds[measure.WARM_UP :],
        [batches.tokens_of(measure.batch_at(rows, step, options.pairs_per_step)) for step in steps],
        options,
        engine=ENGINE,
        peakMemoryBytes=torch.cuda.max_memory_allocated() if is_cuda else measure.peak_memory(),
        losses=[[loss.item(), None] for loss in trainer.losses[: measure.COMPARED]],
        compileSeconds=None,
        gemmShare=None,
    )


if __name__ == '__main__':
    main()
