#!/usr/bin/env bash
# One seed of experiments/scale.yaml (one-seed.yaml beside this) as a loop of the shell over train.py: nine
# pretrainings and thirty finetunings with their scoring, two processes of one thread each.
#   bash .ci/peer-sweep/one-seed.sh PYTHON RESULTS OUT SEED [--plain]     RESULTS: where one-seed.yaml was swept
# The base is trained once (OUT/base.pt); its time is told apart, as a sweep of several seeds has it once, too.
set -euo pipefail
python=$1 results=$2 out=$3 seed=$4
plain=${5:-}
source "$(dirname "$0")/loop.sh"

code=$(made_with pairs '"mutantsPerFunction": 3')/pairs-00000.arrow
text=$(made_with pairs '"continuations"')/pairs-00000.arrow
mix=$(made_with pairs '"mix"')/pairs-00000.arrow
words=$(made_with task '"name": "word-problem"')
algebra=$(made_with task '"name": "algebra"')

clock() { local began=$SECONDS; "$@"; echo "$1: $((SECONDS - began)) s"; }

base() {
  local as="--objective lm --rate 3e-3 --warmup 20 --seed 0"
  echo "pretrain --pairs $mix --budget 16384 $as --out $out/base.pt" | parallel
}

pretrainings() {
  local from="--start $out/base.pt --seed $seed"
  {
    echo "pretrain --pairs $code --objective lm --equal-tokens --budget 8192 $from --out $out/lm.pt"
    echo "pretrain --pairs $text --budget 8192 $from --out $out/pmp-text.pt"
    for budget in 8192 4096 2048 1024 512 256; do
      echo "pretrain --pairs $code --budget $budget $from --out $out/pmp-$budget.pt"
    done
  } | parallel
}

# finetuned ARM TASK SAMPLES [--steps N ...]
finetuned() {
  local arm=$1 task=$2 samples=$3 start=
  shift 3
  local scores=$out/$arm-$(basename "$task")-$samples-$2.json
  [ "$arm" = scratch ] || start="--start $out/$arm.pt"
  echo "finetune --task $task $start --samples $samples --seed $seed $* --out $scores"
}

finetunings() {
  local compared='base lm pmp-8192'
  {
    for arm in scratch base lm pmp-text pmp-8192; do finetuned "$arm" "$words" 256 --steps 720 --every 80; done
    for arm in $compared; do
      for samples in 128 512; do
        finetuned "$arm" "$words" "$samples" --steps 720 --every 80
        finetuned "$arm" "$words" "$samples" --steps 240
      done
      finetuned "$arm" "$algebra" 256 --steps 240
    done
    for arm in scratch base lm pmp-text pmp-256 pmp-512 pmp-1024 pmp-2048 pmp-4096 pmp-8192; do
      finetuned "$arm" "$words" 256 --steps 240
    done
  } | parallel
}

[ -e "$out/base.pt" ] || clock base
clock pretrainings
clock finetunings
