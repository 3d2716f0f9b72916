/** `harness gate`: is the code worse than its baseline? And what a baseline is made of. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { countWithDefault as count, jsonFlag, optionalText, textParser } from './flags.ts';
import { specFiles } from './proposals.ts';

const baselineFile = 'reports/gate/baseline.json';

const experimentsFlag = {
  kind: 'parsed',
  parse: textParser,
  variadic: true,
  optional: true,
  brief: 'Experiment file to sweep for quality; without it those of the baseline. Can be repeated',
  placeholder: 'spec',
  proposeCompletions: specFiles,
} as const;

const clockFlag = {
  kind: 'enum',
  values: ['wall', 'cpu'],
  default: 'wall',
  brief: 'Time that passes, or time that the program computes; the second where other programs run too',
} as const;

const millisecondsFlag = count('Time for each path in each run, in milliseconds', '60');

const check = command({
  load: async () => (await import('../commands/gate.ts')).gateCommand,
  parameters: {
    flags: {
      baseline: {
        kind: 'parsed',
        parse: textParser,
        default: baselineFile,
        brief: 'What it is compared with: a file of samples, or a commit, branch or tag',
        placeholder: 'file|ref',
      },
      candidate: optionalText('What is judged; without it the working tree', 'file|ref'),
      speedBaseline: optionalText('Commit to compare speed with, in place of that of the baseline', 'ref'),
      experiment: experimentsFlag,
      only: { kind: 'enum', values: ['quality', 'speed'], optional: true, brief: 'Only one of the two' },
      rounds: count('Rounds in which both sides are timed in turns', '30'),
      milliseconds: millisecondsFlag,
      clock: clockFlag,
      markdown: optionalText('File to append a summary to; without it GITHUB_STEP_SUMMARY, where that is set', 'file'),
      junit: optionalText('File to write JUnit XML to', 'file'),
      out: optionalText("File to write the candidate's samples to, which `gate accept --from` takes", 'file'),
      json: jsonFlag,
    },
  },
  docs: {
    brief: 'Judge quality and speed of a change against a baseline',
    more: [
      'Quality: every experiment is swept by the candidate, and its scores are compared with those of the baseline, ' +
        'item by item, over seeds. Speed: both commits are built in folders of their own and timed in turns. ' +
        'All metrics are corrected together (Holm).',
      'Exit codes: 0 no regression, 1 a regression, 5 inconclusive (a metric is missing, too few seeds, nothing to ' +
        'compare). Metrics of other hardware are told as not comparable.',
    ],
    examples: () => [
      ['gate', `against ${baselineFile}`],
      ['gate --baseline main --only speed', 'the working tree against a branch'],
    ],
  },
});

const accept = command({
  load: async () => (await import('../commands/gate-accept.ts')).gateAccept,
  parameters: {
    flags: {
      reason: { kind: 'parsed', parse: textParser, brief: 'Why it is accepted (required)', placeholder: 'text' },
      from: optionalText('Samples that were measured already; without it the working tree is measured', 'file'),
      out: {
        kind: 'parsed',
        parse: textParser,
        default: baselineFile,
        brief: 'The baseline that is written, to be committed',
        placeholder: 'file',
      },
      experiment: experimentsFlag,
      runs: count('Runs of speed that are stored', '5'),
      milliseconds: millisecondsFlag,
      json: jsonFlag,
    },
  },
  docs: {
    brief: 'Record a new baseline, with who, when and why',
    examples: () => [['gate accept --reason "the new tokenizer costs 1 point on algebra"', null]],
  },
});

const calibrate = command({
  load: async () => (await import('../commands/gate-calibrate.ts')).gateCalibrate,
  parameters: {
    flags: {
      gates: count('Gates that are simulated', '1000'),
      seeds: count('Seeds of each side', '16'),
      rounds: count('Rounds of speed', '30'),
      lossPoints: count('Loss that is planted, in points', '3'),
      slowdownPercent: count('Slowdown that is planted, in per cent', '10'),
      clock: clockFlag,
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: textParser, brief: 'Samples of one state of the code', placeholder: 'file' }],
    },
  },
  docs: { brief: 'Simulate gates from recorded noise: false alarms, and what they find' },
});

export const gateRoutes = {
  gate: buildRouteMap<string, CliContext>({
    routes: { check, accept, calibrate },
    defaultCommand: 'check',
    docs: { brief: 'Judge a change against a baseline, in quality and speed; accept a new one' },
  }),
};
