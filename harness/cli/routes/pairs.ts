/** Commands about preference pairs, whether they come from an experiment or from a file. */
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { countParser, jsonFlag, optionalText, resultsFlag, seedParser, textParser } from './flags.ts';
import { recordedStages, specFiles } from './proposals.ts';

const subject = {
  parse: textParser,
  brief: 'Experiment file, pairs/<id>, folder of a pairs stage, or file of pairs (JSONL, JSON, Parquet)',
  placeholder: 'pairs',
  proposeCompletions(this: CliContext) {
    const stages = recordedStages.call(this).filter((id) => id.startsWith('pairs-'));
    return [...specFiles.call(this), ...stages];
  },
} as const;

const number = (brief: string, byDefault: string) =>
  ({ kind: 'parsed', parse: countParser, default: byDefault, brief, placeholder: 'n' }) as const;

const seed = {
  kind: 'parsed',
  parse: seedParser,
  default: '0',
  brief: 'Seed of the sample',
  placeholder: 'n',
} as const;

const language = optionalText(
  'Language of the pairs of a file that do not say theirs: javascript, typescript, python',
  'name',
);

export const pairsRoutes = {
  audit: command({
    load: async () => (await import('../commands/data-audit.ts')).dataAudit,
    parameters: {
      flags: {
        number: number('Pairs of each set that are looked at closely, sampled by seed', '2000'),
        seed,
        execute: optionalText(
          'Run the code of the pairs with the tests of this file, in the shape of HumanEval',
          'tests',
        ),
        language,
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: { kind: 'array', minimum: 1, parameter: subject },
    },
    docs: {
      brief: 'Say how often chosen is really better, and what a ranker that reads nothing reaches',
      more: [
        'The pair sources of an experiment, or several subjects, stand side by side. Of a file, a fifth of the groups ' +
          'is held out to measure rankers on.',
        '--execute runs untrusted Python with limits on time, memory, files and processes, and without a network where ' +
          '`unshare` may take it away. Nothing is executed without it.',
      ],
      examples: ({ stages }) =>
        stages()
          .filter((id) => id.startsWith('pairs-'))
          .slice(0, 1)
          .map((id) => [`data audit ${id}`, null]),
    },
  }),
  show: command({
    load: async () => (await import('../commands/data-show.ts')).dataShow,
    parameters: {
      flags: {
        number: number('Pairs to show', '5'),
        seed,
        source: optionalText('Only pairs with this text in their source: a package, a file, a model', 'text'),
        heldOut: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Held-out pairs in place of trained ones',
        },
        language,
        html: optionalText('Write a page to this file instead', 'file'),
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: { kind: 'tuple', parameters: [subject] },
    },
    docs: {
      brief: 'Show preference pairs, sampled by seed, with what differs between their sides',
      examples: ({ stages }) =>
        stages()
          .filter((id) => id.startsWith('pairs-'))
          .slice(0, 1)
          .map((id) => [`data show ${id} -n 5`, null]),
    },
  }),
};
