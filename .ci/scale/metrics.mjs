// How long a first collect of many metric rows takes, and their memory. Written by the store's own writers of the built
// program (dist/).
//   node .ci/scale/metrics.mjs [ROWS] [STAGES]     1,000,000 rows in 100 stages
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './timed.mjs';

const dist = (file) => import(path.resolve(import.meta.dirname, '../../dist', file));
const store = await dist('store/index.js');
const { captureProvenance } = await dist('run/provenance.js');
const { sha256 } = await dist('plan/index.js');

const [rows = 1_000_000, stages = 100] = process.argv.slice(2).map(Number);
const results = mkdtempSync(path.join(tmpdir(), 'harness-metrics-'));
try {
  for (let number = 0; number < stages; number++) await writeStage(number, rows / stages);
  const { seconds, cpu, megabytes } = run(['collect'], results);
  console.log(
    `${rows} metric rows in ${stages} stages, first collect: ${seconds.toFixed(1)} s, ` +
      `${cpu.toFixed(1)} s of the processor, ${Math.round(megabytes)} MB`,
  );
} finally {
  rmSync(results, { recursive: true });
}

async function writeStage(number, metrics) {
  const fingerprint = sha256(String(number));
  const stage = { id: `finetune-${fingerprint.slice(0, 12)}`, kind: 'finetune', fingerprint, config: {}, inputs: {} };
  const provenance = captureProvenance({ workers: 1, threads: 1, device: 'cpu', deviceReason: 'fabricated' });
  const workspace = store.enterStage({ stage, folder: store.stageFolder(results, stage.id), attempt: 1, provenance });
  const names = ['train/loss', 'train/accuracy', 'train/tokens_per_second', 'train/learning_rate'];
  for (let row = 0; row < metrics; row++)
    workspace.journal.append({
      kind: 'metric',
      step: Math.floor(row / names.length) + 1,
      name: names[row % names.length],
      value: Math.sin(row + number),
    });
  await workspace.commit(stage.id, { kind: 'completed' }, []);
  workspace.leave();
}
