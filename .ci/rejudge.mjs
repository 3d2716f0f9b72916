// Judges a published report again: the same recorded scores, today's judgement. Reads reports/NAME/trials.json and
// writes reports/NAME/rejudged.md. Single test pairs were not published, so nothing is resampled over them here.
//   node .ci/rejudge.mjs NAME...
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildReport } from '../dist/report/index.js';

const reports = path.resolve(import.meta.dirname, '../reports');
for (const name of process.argv.slice(2)) {
  const file = path.join(reports, name, 'trials.json');
  if (!existsSync(file)) {
    console.error(`${file} is not there: of this report the scores of single trials are not known.`);
    process.exit(2);
  }
  writeFileSync(path.join(reports, name, 'rejudged.md'), rejudged(name, JSON.parse(readFileSync(file, 'utf8'))));
}

function rejudged(name, published) {
  const { experiment, title, question } = published;
  const { markdown } = buildReport({
    experiment,
    title,
    question,
    command: null,
    trials: published.trials.map((row, index) => trialOf(published, row, index)),
    pairOutcomes: [],
    lengthOutcomes: [],
    audits: [],
    contaminations: [],
    registered: [],
    firstResultAt: null,
    provenance: { commits: [], isDirty: null, machines: [], dataFrom: null, dataUntil: null },
    excluded: 0,
    duplicates: 0,
    figures: [],
  });
  return `${about(name)}${markdown}`;
}

function about(name) {
  return `> The scores of the published report ([results.md](results.md)), judged as a report of today judges. Made by
> \`node .ci/rejudge.mjs ${name}\` from \`trials.json\`. Single test pairs were not published: nothing is resampled
> over them, and rankers, votes and heads without training are not among the rows.

`;
}

function trialOf({ testPairs, baselines, novelty = {} }, row, index) {
  const [task, model, arm, pretrainPairs, declared, samples, seed, right] = row;
  return {
    trialId: String(index).padStart(12, '0'),
    task,
    model,
    arm,
    pretrainPairs,
    declared,
    samples,
    seed,
    pmpPairs: arm === 'pmp' ? pretrainPairs : 0,
    outcome: 'completed',
    cause: null,
    metrics: {
      'eval/pairwise_accuracy': right / testPairs[task],
      'eval/pairs': testPairs[task],
      ...baselines[task],
      ...novelty[task],
    },
    choices: {},
    evaluateStage: '',
  };
}
