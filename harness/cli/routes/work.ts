/** Commands that check, plan and run experiments, and watch them. */
import { command } from './command.ts';
import {
  jsonFlag,
  jobsFlag,
  optionalDeviceFlag,
  quietFlag,
  reportsFlag,
  resultsFlag,
  settingFlag,
  specArgument,
  textParser,
} from './flags.ts';

const optionalExperiment = {
  kind: 'tuple',
  parameters: [{ parse: textParser, optional: true, brief: 'Only this experiment', placeholder: 'experiment' }],
} as const;

export const workRoutes = {
  validate: command({
    load: async () => (await import('../commands/validate.ts')).validate,
    parameters: {
      flags: { json: jsonFlag, set: settingFlag },
      aliases: { s: 'set' },
      positional: {
        kind: 'array',
        minimum: 1,
        parameter: { parse: textParser, brief: 'Experiment files (YAML)', placeholder: 'spec' },
      },
    },
    docs: { brief: 'Check experiment files: all errors at once, with line and column' },
  }),
  plan: command({
    load: async () => (await import('../commands/plan.ts')).planCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        json: jsonFlag,
        set: settingFlag,
        jobs: jobsFlag,
        stages: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Every stage and trial on a line of its own',
        },
      },
      aliases: { s: 'set' },
      positional: specArgument,
    },
    docs: { brief: 'What a sweep would run, what it costs, and why' },
  }),
  sweep: command({
    load: async () => (await import('../commands/sweep.ts')).sweepCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        reports: reportsFlag,
        json: jsonFlag,
        set: settingFlag,
        jobs: jobsFlag,
        device: optionalDeviceFlag,
        quiet: quietFlag,
        dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'Only the plan' },
        failFast: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Start nothing more after the first failure',
        },
      },
      aliases: { s: 'set', j: 'jobs', q: 'quiet' },
      positional: specArgument,
    },
    docs: { brief: 'Run what is missing; the same command continues after any interruption' },
  }),
  status: command({
    load: async () => (await import('../commands/status.ts')).status,
    parameters: { flags: { results: resultsFlag, json: jsonFlag }, positional: optionalExperiment },
    docs: { brief: 'How far the experiments are, also while a sweep runs' },
  }),
  logs: command({
    load: async () => (await import('../commands/logs.ts')).logs,
    parameters: {
      flags: {
        results: resultsFlag,
        json: jsonFlag,
        follow: { kind: 'boolean', default: false, withNegated: false, brief: 'Go on until the stage ends' },
      },
      aliases: { f: 'follow' },
      positional: {
        kind: 'tuple',
        parameters: [{ parse: textParser, brief: 'Beginning of a stage id', placeholder: 'id' }],
      },
    },
    docs: { brief: 'The journal of a stage, and the last words of a failed worker' },
  }),
  retry: command({
    load: async () => (await import('../commands/retry.ts')).retry,
    parameters: {
      flags: {
        results: resultsFlag,
        reports: reportsFlag,
        json: jsonFlag,
        jobs: jobsFlag,
        quiet: quietFlag,
        failed: { kind: 'boolean', default: false, withNegated: false, brief: 'Experiments with failed stages' },
      },
      aliases: { j: 'jobs', q: 'quiet' },
      positional: optionalExperiment,
    },
    docs: { brief: 'Run failed stages again (diverged ones are results, and stay)' },
  }),
  report: command({
    load: async () => (await import('../commands/report.ts')).reportCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        reports: reportsFlag,
        publish: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Into reports/, to be committed, instead of the results folder',
        },
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [
          { parse: textParser, brief: 'Experiment file, or the name of a recorded experiment', placeholder: 'spec' },
        ],
      },
    },
    docs: {
      brief: 'Charts, tables and verdicts of an experiment, from what is recorded',
      fullDescription:
        'Charts, tables and verdicts of an experiment, from what is recorded: index.html, results.md, results.csv, report.json and figures/ in reports/<experiment> of the results folder. With --publish in reports/<experiment> of the current folder, where they replace the report of this experiment and nothing else. Trains nothing.',
    },
  }),
};
