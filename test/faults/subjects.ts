/** What is swept under faults: an experiment that trains, or stages that only count, at a tenth of the time. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { builtFolder } from '../programs/test-program.ts';
import type { ConductorArguments } from '../run/fixtures/conductor-main.ts';
import { lossesOf } from '../run/fixtures/store-audit.ts';
import { endOf, resultsOf, type Ground, type Subject } from './one-fault.ts';
import { smallExperiment } from './small-experiment.ts';

const root = path.resolve(import.meta.dirname, '../..');
const bin = path.join(root, 'harness/cli/bin.mjs');

/** The real program on a real experiment: outputs, and the rows of the database. */
export function training(folder: string): Subject {
  const spec = smallExperiment(folder);
  return {
    env: { HARNESS_CACHE: fixtureCache() },
    command: (ground) => [process.execPath, bin, 'sweep', spec, '--results', resultsOf(ground), '--json', '--quiet'],
    ran: (stdout) => (JSON.parse(stdout) as { counts: { ran: number } }).counts.ran,
    result: async (ground) => ({
      outputs: doneTexts(ground),
      results: await sql(ground, 'SELECT * FROM results ORDER BY ALL'),
      trials: await sql(ground, 'SELECT trial_id, outcome, cause FROM trials ORDER BY ALL'),
      stages: await sql(ground, 'SELECT stage_id, outcome FROM stages ORDER BY ALL'),
    }),
  };
}

/** The real conductor and worker on stages that count (`test/run/fixtures/fake-stages.ts`). */
export function counting(): Subject {
  const conductor = path.join(builtFolder, 'test/run/fixtures/conductor-main.js');
  if (!existsSync(conductor)) throw new Error(`${conductor} is not there: run a test with --mode built first`);
  const given = (ground: Ground): ConductorArguments => ({
    place: { root: ground.folder, results: resultsOf(ground), audit: path.join(ground.folder, 'audit.log') },
    trials: 2,
    change: { steps: 9, stepMs: 3 },
    workers: 2,
    limits: {},
  });
  return {
    env: {},
    command: (ground) => {
      mkdirSync(path.join(ground.folder, 'cache'), { recursive: true });
      return [process.execPath, conductor, JSON.stringify(given(ground))];
    },
    ran: (stdout) => Number(/"counts":\{"ran":(\d+)/.exec(stdout)?.[1]),
    result: async (ground) => ({
      outputs: doneTexts(ground),
      losses: JSON.stringify(
        readdirSync(path.join(resultsOf(ground), 'store'))
          .filter(isStage)
          .map((id) => lossesOf(given(ground).place, id)),
      ),
    }),
  };
}

const isStage = (name: string): boolean => !name.startsWith('.');

function doneTexts(ground: Ground): string {
  const store = path.join(resultsOf(ground), 'store');
  const files = readdirSync(store).map((id) => path.join(store, id, 'done.json'));
  return files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8').replaceAll(/"audit": "[^"]*"/g, ''))
    .join('');
}

async function sql(ground: Ground, query: string): Promise<string> {
  const child = spawn(process.execPath, [bin, 'sql', query, '--json', '--results', resultsOf(ground)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { exitCode, stdout, stderr } = await endOf(child);
  if (exitCode !== 0) throw new Error(`sql ended with ${exitCode}: ${stderr}`);
  return stdout;
}
