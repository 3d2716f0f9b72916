/** Commands for who does not take a result on trust: compare it with its digests, run it again, hand it on whole. */
import { command } from './command.ts';
import { experimentOrSpecArgument, thingArgument } from './arguments.ts';
import { computedByFlag, jsonFlag, optionalText, resultsFlag, textParser } from './flags.ts';
import { recordedStages } from './proposals.ts';

export const verifyRoutes = {
  verify: command({
    load: async () => (await import('../commands/verify.ts')).verify,
    parameters: {
      flags: {
        all: { kind: 'boolean', default: false, withNegated: false, brief: 'Every stage in the results folder' },
        quick: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Read everything and compare it with its digests; run nothing',
        },
        bundle: optionalText('A bundle instead: its digests, and its report made again from its records', 'file'),
        backend: computedByFlag,
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: {
        kind: 'array',
        parameter: {
          parse: textParser,
          brief: 'Id of a stage that is done; its beginning is enough',
          placeholder: 'id',
          proposeCompletions: recordedStages,
        },
      },
    },
    docs: {
      brief: 'Run stages again and compare them with what is recorded, or check digests',
      more: [
        'A stage is run once more in a scratch folder from its recorded inputs. The same backend on the same processor ' +
          'has to give the same bytes; elsewhere numbers may differ by 1e-4. Nothing on record changes.',
        'With --all --quick every byte of every stage, plan and database is read. Damage is told; a sweep of the ' +
          'experiment runs what is damaged again.',
        'Exit code 0: all the same. 1: something differs or is damaged. 2: no such stage, or one that cannot be run ' +
          'again. 3: a worker is in it. 4: an input is gone, or the stage does not run now. 5: nothing to verify.',
      ],
      examples: (hand) => [
        ['verify --all --quick', null],
        ['verify --bundle smoke.bundle.zip', null],
        ...hand
          .stages()
          .slice(0, 1)
          .map((id): readonly [string, null] => [`verify ${id}`, null]),
      ],
    },
  }),
  bundle: command({
    load: async () => (await import('../commands/bundle.ts')).bundle,
    parameters: {
      flags: {
        output: optionalText('File to write; without it EXPERIMENT.bundle.zip', 'file'),
        license: optionalText('Licence that the results are given under, as SPDX names it (CC-BY-4.0)', 'spdx'),
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: experimentOrSpecArgument,
    },
    docs: {
      brief: 'Put an experiment into one archive, from which its report can be made again',
      more: [
        'A zip file with the experiment, its plan, the records and scores of every stage, the report, lock files ' +
          'and RO-Crate metadata with a digest of every file. Models, corpora and pairs stay out. ' +
          'Equal records give equal bytes.',
      ],
      examples: (hand) =>
        hand
          .experiments()
          .slice(0, 1)
          .map((name) => [`bundle ${name}`, null]),
    },
  }),
  repro: command({
    load: async () => (await import('../commands/repro.ts')).repro,
    parameters: { flags: { results: resultsFlag, json: jsonFlag }, positional: thingArgument },
    docs: {
      brief: 'Print the commands that make a trial again in a fresh clone',
      more: [
        'A script for bash: clone the recorded commit, install, sweep this one trial, and compare the digests of ' +
          'what it gives. Of a stage it makes the first trial that has it.',
      ],
      examples: (hand) =>
        hand
          .stages()
          .slice(0, 1)
          .map((id) => [`repro ${id} | bash`, null]),
    },
  }),
};
