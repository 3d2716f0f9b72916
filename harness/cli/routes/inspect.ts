/** Commands that look at what is recorded. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { runOutcomes, stageOutcomes } from '../output/outcome.ts';
import { command } from './command.ts';
import { thingArguments, twoThingArguments } from './arguments.ts';
import { countWithDefault, experimentFlag, jsonFlag, resultsFlag, textParser } from './flags.ts';

const kindFlag = {
  kind: 'parsed',
  parse: textParser,
  optional: true,
  brief: 'Only stages of this kind',
  placeholder: 'kind',
  proposeCompletions: async () => [...Object.keys((await import('../../stages/index.ts')).stages), 'scores'],
} as const;

const ls = buildRouteMap<string, CliContext>({
  routes: {
    trials: command({
      load: async () => (await import('../commands/ls-trials.ts')).lsTrials,
      parameters: {
        flags: {
          experiment: experimentFlag,
          seeds: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'Every trial on a line, instead of means over seeds',
          },
          metric: {
            kind: 'parsed',
            parse: textParser,
            variadic: true,
            optional: true,
            brief: 'Metric to show, by its full name. Can be repeated',
            placeholder: 'name',
          },
          results: resultsFlag,
          json: jsonFlag,
        },
      },
      docs: {
        brief: 'Trials and their final metrics, over seeds',
        more: [
          'Trials that differ in their seed only are one line: ' +
            'the mean, its 95 % interval over seeds, and the number of seeds.',
        ],
        examples: () => [
          ['ls trials', null],
          ['ls trials --seeds --metric eval/pairwise_loss', null],
        ],
      },
    }),
    stages: command({
      load: async () => (await import('../commands/ls-stages.ts')).lsStages,
      parameters: {
        flags: {
          experiment: experimentFlag,
          kind: kindFlag,
          outcome: {
            kind: 'enum',
            values: stageOutcomes,
            optional: true,
            brief: 'Only stages that ended so, or run now',
          },
          results: resultsFlag,
          json: jsonFlag,
        },
      },
      docs: {
        brief: 'Stages that were started, and how they ended',
        examples: () => [
          ['ls stages --outcome failed', null],
          ['ls stages --kind finetune', null],
        ],
      },
    }),
    runs: command({
      load: async () => (await import('../commands/ls-stages.ts')).lsRuns,
      parameters: {
        flags: {
          experiment: experimentFlag,
          outcome: {
            kind: 'enum',
            values: runOutcomes,
            optional: true,
            brief: 'Only attempts that ended so, or run now',
          },
          results: resultsFlag,
          json: jsonFlag,
        },
      },
      docs: { brief: 'Every attempt at a stage, the oldest first' },
    }),
    experiments: command({
      load: async () => (await import('../commands/ls.ts')).lsExperiments,
      parameters: { flags: { results: resultsFlag, json: jsonFlag } },
      docs: { brief: 'Experiments, and what became of their trials' },
    }),
    metrics: command({
      load: async () => (await import('../commands/ls.ts')).lsMetrics,
      parameters: { flags: { experiment: experimentFlag, results: resultsFlag, json: jsonFlag } },
      docs: { brief: 'Names of the final metrics, and how many trials have them' },
    }),
  },
  docs: { brief: 'List trials, stages, runs, experiments or metrics' },
});

export const inspectRoutes = {
  ls,
  show: command({
    load: async () => (await import('../commands/show.ts')).show,
    parameters: { flags: { results: resultsFlag, json: jsonFlag }, positional: thingArguments },
    docs: {
      brief: 'Show all that is recorded of stages, trials or experiments',
      examples: (hand) =>
        [...hand.experiments().slice(0, 1), ...hand.stages().slice(0, 1)].map((id) => [`show ${id}`, null]),
    },
  }),
  diff: command({
    load: async () => (await import('../commands/diff.ts')).diff,
    parameters: {
      flags: {
        metric: {
          kind: 'parsed',
          parse: textParser,
          variadic: true,
          optional: true,
          brief: 'Metric of experiments; without it the pairwise accuracy. Can be repeated',
          placeholder: 'name',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: twoThingArguments,
    },
    docs: {
      brief: 'Show how two stages, trials or experiments differ',
      more: [
        'In config, environment, data and metrics. Where both scored the same items, differences are paired by item, ' +
          'with intervals over groups of items that belong together; of experiments they are paired by seed.',
      ],
      examples: (hand) => {
        const [first, second] = hand.stages().filter((id) => id.startsWith('evaluate-'));
        return first === undefined || second === undefined ? [] : [[`diff ${first} ${second}`, null]];
      },
    },
  }),
  sql: command({
    load: async () => (await import('../commands/sql.ts')).sql,
    parameters: {
      flags: {
        maxRows: countWithDefault('Rows that are shown at most; it is said where there are more', '10000'),
        maxSeconds: countWithDefault('Seconds the query may take', '60'),
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: { kind: 'tuple', parameters: [{ parse: textParser, brief: 'One SELECT', placeholder: 'query' }] },
    },
    docs: {
      brief: 'Ask the results in SQL, read-only, also while a sweep runs',
      more: [
        'Tables: experiments, stages, runs, trials, trial_stages, metrics, items.',
        'Views: results (experiment, trial_id, seed, axes, metric, value), trial_results, pair_outcomes.',
        'The database is DuckDB, and so is the SQL.',
      ],
      examples: () => [['sql "SELECT arm, metric, avg(value) AS mean FROM trial_results GROUP BY ALL"', null]],
    },
  }),
  export: command({
    load: async () => (await import('../commands/export.ts')).exportCommand,
    parameters: {
      flags: {
        output: {
          kind: 'parsed',
          parse: textParser,
          brief: 'File to write, - for standard output (required)',
          placeholder: 'file',
        },
        format: {
          kind: 'enum',
          values: ['csv', 'parquet', 'json'],
          optional: true,
          brief: 'Without it, by the ending of the file name; csv on standard output',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [
          { parse: textParser, brief: 'Table, view, or one SELECT', placeholder: 'source', default: 'results' },
        ],
      },
    },
    docs: {
      brief: 'Write a table, a view or a query to a CSV, Parquet or JSON file',
      more: [
        'An existing file is replaced once the new one is whole, and behind a link the file that it leads to. ' +
          'A folder, a pipe or a device is never replaced.',
      ],
      examples: () => [
        ['export -o results.csv', null],
        ['export trials -o trials.parquet', null],
        ['export "SELECT * FROM stages" -o - | gzip > stages.csv.gz', null],
      ],
    },
  }),
  gc: command({
    load: async () => (await import('../commands/gc.ts')).gc,
    parameters: {
      flags: {
        dryRun: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Remove nothing; say of each stage why it is kept, or that nothing refers to it',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
    },
    docs: {
      brief: 'Remove the stages that no experiment on record needs any more',
      more: [
        'Kept is what the plan of an experiment has, what such a stage reads, and what was made outside a sweep. ' +
          'An experiment that is no longer wanted is let go by removing its folder under experiments/ first. ' +
          'It does not run beside a sweep.',
      ],
      examples: () => [['gc --dry-run', null]],
    },
  }),
  collect: command({
    load: async () => (await import('../commands/collect.ts')).collectCommand,
    parameters: {
      flags: {
        rebuild: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Build the database from nothing; its tables come out the same',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [{ parse: textParser, optional: true, brief: 'Results folder, as --results', placeholder: 'dir' }],
      },
    },
    docs: {
      brief: 'Bring the database up to the files in the results folder',
      more: ['A sweep does this by itself. The files are the truth: nothing is lost with the database.'],
    },
  }),
};
