/** Commands that check, plan and run experiments, and watch them. */
import { buildRouteMap } from '@stricli/core';
import { errorClasses } from '../../spec/index.ts';
import type { AtHand } from '../at-hand.ts';
import type { CliContext } from '../context.ts';
import { command, type Example } from './command.ts';
import {
  optionalExperiment,
  optionalExperimentOrSpec,
  specArgument,
  specArguments,
  stageArgument,
  stageFolderArgument,
} from './arguments.ts';
import {
  computedByFlag,
  jsonFlag,
  jobsFlag,
  launcherFlag,
  optionalDeviceFlag,
  quietFlag,
  reportsFlag,
  resultsFlag,
  settingFlag,
  textParser,
} from './flags.ts';

/** The command for each spec at hand, with its question. */
const eachSpec =
  (name: string) =>
  (hand: AtHand): readonly Example[] =>
    hand.specs().map(({ file, question }) => [`${name} ${file}`, question]);

const firstSpec = (hand: AtHand): string => hand.specs()[0]?.file ?? 'first-experiment.yaml';

const commandsFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'Only the command lines that it would start',
} as const;

const stage = buildRouteMap<string, CliContext>({
  routes: {
    ready: command({
      load: async () => (await import('../commands/stage-ready.ts')).stageReady,
      parameters: {
        flags: { set: settingFlag, device: optionalDeviceFlag, results: resultsFlag, json: jsonFlag },
        positional: specArgument,
      },
      docs: {
        brief: 'Print the folders of stages that could run now, for another runner',
        more: [
          'task.json is written into each, so that `harness stage run FOLDER` runs it, also elsewhere. ' +
            'Ask again when one has ended: what waited for it is ready then. docs/clusters.md has such runners.',
          'A stage that somebody runs, or that failed, is not among them. ' +
            'Refused while a sweep is in the results folder, and for a device that is looked for (`auto`).',
        ],
        examples: eachSpec('stage ready'),
      },
    }),
    run: command({
      load: async () => (await import('../commands/stage.ts')).stageRun,
      parameters: {
        flags: { backend: computedByFlag, dryRun: commandsFlag, json: jsonFlag },
        positional: stageFolderArgument,
      },
      docs: {
        brief: 'Run one stage by its folder, as a worker does',
        more: [
          'The folder holds task.json, which a sweep writes there before it starts the stage. ' +
            'Inputs are named in it relative to the folder, ' +
            'so folders can be copied to another place or machine together.',
          'The journal, the outputs and done.json are written into the folder. ' +
            'A stage that is done is not run again. Interrupt it at any time: the same command continues where it was.',
          'Exit code 0: done, also where training diverged. 1: failed. 2: FOLDER is not the folder of a stage. ' +
            '4: the machine failed, an input is damaged, or another worker is in the folder. ' +
            '70: a bug of the harness. 129, 130, 143: interrupted; the state is saved.',
        ],
        examples: (hand) =>
          hand
            .stageFolders()
            .slice(0, 1)
            .map((folder) => [`stage run ${folder}`, null]),
      },
    }),
  },
  docs: { brief: 'Run one stage by hand, or see which could be run' },
});

export const workRoutes = {
  init: command({
    load: async () => (await import('../commands/init.ts')).init,
    parameters: {
      flags: { json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [
          { parse: textParser, default: 'first-experiment.yaml', brief: 'File to write', placeholder: 'file' },
        ],
      },
    },
    docs: {
      brief: 'Write a small, commented experiment to start from',
      more: ['It runs in about a minute on two cores. A file that is there already is never overwritten.'],
      examples: () => [['init my-experiment.yaml', null]],
    },
  }),
  validate: command({
    load: async () => (await import('../commands/validate.ts')).validate,
    parameters: { flags: { json: jsonFlag, set: settingFlag }, positional: specArguments },
    docs: {
      brief: 'Check experiment files: all errors at once, with line and column',
      examples: eachSpec('validate'),
    },
  }),
  plan: command({
    load: async () => (await import('../commands/plan.ts')).planCommand,
    parameters: {
      flags: {
        set: settingFlag,
        jobs: jobsFlag,
        stages: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Every stage and trial on a line of its own',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: specArgument,
    },
    docs: {
      brief: 'Show what a sweep would run and why, with time and memory',
      more: ['Nothing is run or written.'],
      examples: eachSpec('plan'),
    },
  }),
  sweep: command({
    load: async () => (await import('../commands/sweep.ts')).sweepCommand,
    parameters: {
      flags: {
        set: settingFlag,
        jobs: jobsFlag,
        device: optionalDeviceFlag,
        launcher: launcherFlag,
        dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'Only the plan, as `harness plan`' },
        failFast: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Start nothing more after the first failure',
        },
        detach: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Go on without this terminal; `harness attach` shows it',
        },
        quiet: quietFlag,
        results: resultsFlag,
        reports: reportsFlag,
        json: jsonFlag,
      },
      positional: specArgument,
    },
    docs: {
      brief: 'Run what is missing of an experiment, and write its report',
      more: [
        'Interrupt it at any time (Ctrl-C once: running stages save; twice: at once): ' +
          'the same command continues where it was. ' +
          'Stages that are done are never run again, whichever experiment ran them.',
      ],
      examples: (hand) => [
        ...eachSpec('sweep')(hand),
        [`sweep ${firstSpec(hand)} -s finetune.steps=20 -j 4`, 'With another setting, on four workers'],
      ],
    },
  }),
  attach: command({
    load: async () => (await import('../commands/attach.ts')).attach,
    parameters: { flags: { results: resultsFlag } },
    docs: {
      brief: 'Show what a sweep says that was started with --detach, until it ends',
      more: ['Ctrl-C leaves it; the sweep goes on. The exit code is that of the sweep.'],
    },
  }),
  status: command({
    load: async () => (await import('../commands/status.ts')).status,
    parameters: {
      flags: {
        watch: { kind: 'boolean', default: false, withNegated: false, brief: 'Again and again, until no sweep runs' },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: optionalExperiment,
    },
    docs: {
      brief: 'Show how far experiments are, also while a sweep runs',
    },
  }),
  logs: command({
    load: async () => (await import('../commands/logs.ts')).logs,
    parameters: {
      flags: {
        follow: { kind: 'boolean', default: false, withNegated: false, brief: 'Go on until the stage ends' },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: stageArgument,
    },
    docs: {
      brief: 'Show the journal of a stage, and the last output of a failed worker',
      examples: (hand) =>
        hand
          .stages()
          .slice(0, 1)
          .map((id) => [`logs ${id} --follow`, null]),
    },
  }),
  retry: command({
    load: async () => (await import('../commands/retry.ts')).retry,
    parameters: {
      flags: {
        failed: { kind: 'boolean', default: false, withNegated: false, brief: 'Stages that failed (required)' },
        class: {
          kind: 'enum',
          values: errorClasses,
          optional: true,
          brief: 'Only those that failed for this reason',
        },
        jobs: jobsFlag,
        quiet: quietFlag,
        results: resultsFlag,
        reports: reportsFlag,
        json: jsonFlag,
      },
      positional: optionalExperimentOrSpec,
    },
    docs: {
      brief: 'Run failed stages again',
      more: ['A stage whose training diverged is a result, and is not run again.'],
      examples: () => [
        ['retry --failed', null],
        ['retry --failed --class oom -j 1', 'What ran out of memory, one at a time'],
      ],
    },
  }),
  cancel: command({
    load: async () => (await import('../commands/cancel.ts')).cancel,
    parameters: {
      flags: { results: resultsFlag, json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            parse: textParser,
            brief: 'Id of a stage (its beginning is enough) or trial, or name of the experiment',
            placeholder: 'id',
          },
        ],
      },
    },
    docs: {
      brief: 'Cancel a stage or trial of the sweep that runs',
      more: [
        'A running stage saves where it is, and ends; what waits for it is not run. All else goes on. ' +
          'The next sweep runs what was cancelled.',
      ],
    },
  }),
  stage,
};
