#!/usr/bin/env bash
# experiments/scale-quick.yaml as a loop of the shell over train.py, two processes of one thread each.
#   bash .ci/peer-sweep/sweep.sh PYTHON RESULTS OUT [--plain]     RESULTS: where scale-quick was swept; OUT: models and
# scores. --plain: as most scripts are, see train.py.
# What the sweep here does beside it is left out: making pairs, tokenizing, audits, contamination, baselines, digests,
# the database and the report. Each budget is trained on its own: sharing trunks is the sweep's doing.
set -euo pipefail
python=$1 results=$2 out=$3
plain=${4:-}
source "$(dirname "$0")/loop.sh"

base_pairs=$(made_with pairs '"mutantsPerFunction": 1')/pairs-00000.arrow
arm_pairs=$(made_with pairs '"mutantsPerFunction": 3')/pairs-00000.arrow
task=$(made_with task '"name": "word-problem"')
seeds='11 12 13'

base="pretrain --pairs $base_pairs --budget 4096 --objective lm --rate 3e-3 --warmup 20 --seed 0"
echo "$base --out $out/base.pt" | parallel
for seed in $seeds; do
  arm="pretrain --pairs $arm_pairs --start $out/base.pt --seed $seed"
  echo "$arm --objective lm --equal-tokens --budget 4096 --out $out/lm-$seed.pt"
  for budget in 4096 1024 256; do
    echo "$arm --budget $budget --out $out/pmp-$budget-$seed.pt"
  done
done | parallel
for seed in $seeds; do
  echo "finetune --task $task --seed $seed --out $out/scratch-$seed.json"
  echo "finetune --task $task --start $out/base.pt --seed $seed --out $out/base-$seed.json"
  for arm in lm pmp-256 pmp-1024 pmp-4096; do
    echo "finetune --task $task --start $out/$arm-$seed.pt --seed $seed --out $out/$arm-$seed.json"
  done
done | parallel
for arm in scratch base lm pmp-256 pmp-1024 pmp-4096; do
  "$python" - "$arm" "$out"/"$arm"-*.json <<'PYTHON'
import json, sys
arm, *files = sys.argv[1:]
runs = [json.load(open(file)) for file in files]
mean = lambda key: sum(run[key] for run in runs) / len(runs)
times = f'{mean("seconds"):.1f} s a finetuning, {mean("importSeconds"):.1f} s of them imports'
print(f'{arm}: {100 * mean("accuracy"):.1f} % of test pairs; {times}')
PYTHON
done
