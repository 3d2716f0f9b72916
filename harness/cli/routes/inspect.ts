/** Commands that look at what is recorded. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { experimentFlag, jsonFlag, resultsFlag, textParser } from './flags.ts';

const ls = buildRouteMap<string, CliContext>({
  routes: {
    trials: command({
      load: async () => (await import('../commands/ls-trials.ts')).lsTrials,
      parameters: {
        flags: {
          results: resultsFlag,
          json: jsonFlag,
          experiment: experimentFlag,
          seeds: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'One row a trial instead of mean ± half-width over seeds',
          },
          metric: {
            kind: 'parsed',
            parse: textParser,
            variadic: true,
            optional: true,
            brief: 'Metric to show (may be repeated)',
            placeholder: 'name',
          },
        },
      },
      docs: {
        brief: 'Trials and their final metrics, grouped over seeds',
        fullDescription:
          'Trials and their final metrics. By default trials that differ in their seed only are one row: mean ± half-width of the 95 % interval (n seeds).',
      },
    }),
    stages: command({
      load: async () => (await import('../commands/ls.ts')).lsStages,
      parameters: {
        flags: {
          results: resultsFlag,
          json: jsonFlag,
          experiment: experimentFlag,
          kind: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Only stages of this kind',
            placeholder: 'kind',
          },
          outcome: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'completed, diverged, failed, interrupted, unfinished or damaged',
            placeholder: 'outcome',
          },
        },
      },
      docs: { brief: 'Stages that were started, and how they ended' },
    }),
    runs: command({
      load: async () => (await import('../commands/ls.ts')).lsRuns,
      parameters: {
        flags: {
          results: resultsFlag,
          json: jsonFlag,
          experiment: experimentFlag,
          outcome: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Only attempts that ended so',
            placeholder: 'outcome',
          },
        },
      },
      docs: { brief: 'Attempts at stages, the oldest first' },
    }),
    experiments: command({
      load: async () => (await import('../commands/ls.ts')).lsExperiments,
      parameters: { flags: { results: resultsFlag, json: jsonFlag } },
      docs: { brief: 'Experiments and how far they are' },
    }),
    metrics: command({
      load: async () => (await import('../commands/ls.ts')).lsMetrics,
      parameters: { flags: { results: resultsFlag, json: jsonFlag, experiment: experimentFlag } },
      docs: { brief: 'Final metrics, and how many trials have them' },
    }),
  },
  docs: { brief: 'List what is recorded: trials, stages, runs, experiments, metrics' },
});

export const inspectRoutes = {
  ls,
  show: command({
    load: async () => (await import('../commands/show.ts')).show,
    parameters: {
      flags: { results: resultsFlag, json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [
          { parse: textParser, brief: 'Beginning of a stage id, trial id or experiment name', placeholder: 'id' },
        ],
      },
    },
    docs: { brief: 'All that is recorded of one stage, trial or experiment' },
  }),
  sql: command({
    load: async () => (await import('../commands/sql.ts')).sql,
    parameters: {
      flags: { results: resultsFlag, json: jsonFlag },
      positional: { kind: 'tuple', parameters: [{ parse: textParser, brief: 'One SELECT', placeholder: 'query' }] },
    },
    docs: {
      brief: 'Ask the results in SQL, read-only',
      fullDescription:
        'Ask the results in SQL (DuckDB), read-only, also while a sweep runs.\nTables: experiments, stages, runs, trials, trial_stages, metrics, items. Views: results (experiment, trial_id, seed, axes, metric, value), trial_results, pair_outcomes.',
    },
  }),
  export: command({
    load: async () => (await import('../commands/export.ts')).exportCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        json: jsonFlag,
        format: {
          kind: 'enum',
          values: ['csv', 'parquet', 'json'],
          optional: true,
          brief: 'Else by the ending of the file name',
        },
        output: { kind: 'parsed', parse: textParser, brief: 'File to write', placeholder: 'file' },
      },
      aliases: { o: 'output' },
      positional: {
        kind: 'tuple',
        parameters: [
          { parse: textParser, brief: 'Table, view, or one SELECT', placeholder: 'source', default: 'results' },
        ],
      },
    },
    docs: { brief: 'Write a table, a view or a query to CSV, Parquet or JSON' },
  }),
  collect: command({
    load: async () => (await import('../commands/collect.ts')).collectCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        json: jsonFlag,
        rebuild: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Build the database from nothing; gives the same tables',
        },
      },
      positional: {
        kind: 'tuple',
        parameters: [{ parse: textParser, optional: true, brief: 'Results folder, as --results', placeholder: 'dir' }],
      },
    },
    docs: { brief: 'Files -> database, idempotent' },
  }),
};
