/** The command that compares what is recorded with its digests, and with another run. */
import { command } from './command.ts';
import { computedByFlag, jsonFlag, resultsFlag, textParser } from './flags.ts';
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
        ...hand
          .stages()
          .slice(0, 1)
          .map((id): readonly [string, null] => [`verify ${id}`, null]),
      ],
    },
  }),
};
