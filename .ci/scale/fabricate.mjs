// A results folder of thousands of finished trials without training them: a small sweep that was really run gives each
// stage of a larger plan the journal and the outputs of its twin, the stage that differs from it in seeds alone.
// Everything is written by the store's own writers of the built program (dist/). Final metrics are moved by up to 1 %,
// so that seeds differ.
//   node .ci/scale/fabricate.mjs SPEC SMALL LARGE SEEDS     SMALL: where SPEC was swept; SEEDS: how many the copy has
import { linkSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const dist = (file) => import(path.resolve(import.meta.dirname, '../../dist', file));
const { readValidExperiment } = await dist('kinds/index.js');
const { planOf } = await dist('cli/load-plan.js');
const { canonicalJson, sha256 } = await dist('plan/index.js');
const store = await dist('store/index.js');
const { captureProvenance } = await dist('run/provenance.js');

const execution = { workers: 2, threads: 1, device: 'cpu', deviceReason: 'fabricated' };

/** Seeds 1 to `count`, as an override. */
export const seedsOverride = (count) => `seeds=[${Array.from({ length: count }, (_, index) => index + 1)}]`;

/** @param small Where the experiment was swept with its own seeds. @returns The number of stages written. */
export async function fabricate(spec, small, large, seeds) {
  const twins = twinsIn(await planned(spec, []), small);
  const plan = await planned(spec, [seedsOverride(seeds)]);
  mkdirSync(large, { recursive: true });
  const provenance = captureProvenance(execution);
  const keys = new Map();
  for (const [number, stage] of plan.stages.entries()) {
    const twin = twins.get(keyOf(stage, keys));
    if (twin === undefined) throw new Error(`${stage.id} has no twin in ${small}`);
    await writeStage({ stage, number, twin, large, provenance });
  }
  return plan.stages.length;
}

async function planned(spec, overrides) {
  const experiment = await readValidExperiment(spec, overrides);
  return planOf(experiment.result.spec, experiment).plan;
}

/** What a stage is but for all seeds. `keys`: of the stages before it, by id; it is added. */
function keyOf({ id, kind, config, inputs }, keys) {
  const behind = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, keys.get(input)]));
  const key = sha256(canonicalJson([kind, { ...config, seed: null }, behind]));
  keys.set(id, key);
  return key;
}

function twinsIn(plan, results) {
  const keys = new Map();
  const twins = new Map();
  for (const stage of plan.stages) {
    const folder = store.stageFolder(results, stage.id);
    const { events } = store.readJournal(path.join(folder, store.stageFiles.journal));
    const outputs = store.readDone(folder, stage.id).outputs.map(({ file }) => file);
    twins.set(keyOf(stage, keys), { folder, events, outputs });
  }
  return twins;
}

async function writeStage({ stage, number, twin, large, provenance }) {
  const workspace = store.enterStage({ stage, folder: store.stageFolder(large, stage.id), attempt: 1, provenance });
  if ('kind' in workspace) return;
  try {
    for (const file of twin.outputs) linkInto(workspace.folder, twin.folder, file);
    for (const event of twin.events)
      if (event.kind !== 'attempt' && event.kind !== 'outcome') workspace.journal.append(moved(event, number));
    await workspace.commit(stage.id, { kind: 'completed' }, twin.outputs);
  } finally {
    workspace.leave();
  }
}

/** The bytes of an output are those of its twin: ten thousand copies of a model would be gigabytes. */
function linkInto(folder, from, file) {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  linkSync(path.join(from, file), path.join(folder, file));
}

/** Final values alone; counts stay whole. */
function moved(event, number) {
  if (event.kind !== 'metric' || event.step !== null || Number.isInteger(event.value)) return event;
  return { ...event, value: event.value * (1 - 0.01 * ((number * 0.6180339887) % 1)) };
}

if (process.argv[1] === import.meta.filename) {
  const [spec, small, large, seeds] = process.argv.slice(2);
  const started = performance.now();
  const stages = await fabricate(spec, small, large, Number(seeds));
  console.log(`${stages} stages in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
