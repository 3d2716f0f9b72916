/** `harness bench` of what stands around the engine: corpora, pairs, tokenizers, hot paths. */
import { command } from './command.ts';
import {
  countParser,
  countWithDefault as count,
  jsonFlag,
  optionalText,
  resultsFlag,
  textParser,
  threadsFlag,
} from './flags.ts';

export const aroundRoutes = {
  data: command({
    load: async () => (await import('../commands/bench-data.ts')).benchDataCommand,
    parameters: {
      flags: {
        minCharacters: count('Shortest function that is kept, in characters', '60'),
        maxCharacters: count('Longest function that is kept, in characters', '400'),
        language: {
          kind: 'parsed',
          parse: textParser,
          optional: true,
          variadic: true,
          brief: 'Language to read; all of them without it',
          placeholder: 'name',
        },
        keep: {
          kind: 'parsed',
          parse: textParser,
          optional: true,
          variadic: true,
          brief: 'Sort of files to read though it is usually left out: tests, vendored, generated ...',
          placeholder: 'sort',
        },
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            parse: textParser,
            optional: true,
            brief: 'Folder of code; the pinned npm packages without it',
            placeholder: 'folder',
          },
        ],
      },
    },
    docs: {
      brief: 'Time how code is cut into a corpus, and count what is left out',
      examples: () => [['bench data src', null]],
    },
  }),
  pairs: command({
    load: async () => (await import('../commands/bench-pairs.ts')).benchPairsCommand,
    parameters: {
      flags: { steps: count('Training steps of 16 pairs', '300'), threads: threadsFlag, json: jsonFlag },
      positional: {
        kind: 'array',
        parameter: {
          parse: countParser,
          brief: 'Pairs; 10000, 100000 and 1000000 without any',
          placeholder: 'pairs',
        },
      },
    },
    docs: { brief: 'Time pairs that are written, read and trained on, and the memory it takes' },
  }),
  tokenizer: command({
    load: async () => (await import('../commands/bench-tokenizer.ts')).benchTokenizerCommand,
    parameters: {
      flags: {
        megabytes: count('Code that is read at most, in megabytes', '100'),
        vocabSize: count('Tokens that are learned', '1024'),
        encodeMegabytes: count('Code that is encoded, in megabytes', '8'),
        rounds: count('Rounds of encoding that are measured, after one to warm up', '5'),
        python: optionalText('Python that has tokenizers, to compare encoding with in turns', 'command'),
        peerVocabSize: count('Tokens of the vocabularies that are trained for the comparison', '32000'),
        json: jsonFlag,
      },
      positional: {
        kind: 'array',
        minimum: 1,
        parameter: { parse: textParser, brief: 'Files, or folders of code', placeholder: 'path' },
      },
    },
    docs: {
      brief: 'Time how a tokenizer is trained on code of your own and encodes it, against the Rust library too',
    },
  }),
  samples: command({
    load: async () => (await import('../commands/bench-samples.ts')).benchSamplesCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        experiment: {
          kind: 'parsed',
          parse: textParser,
          optional: true,
          variadic: true,
          brief: 'Experiment file whose recorded scores are stored too. Can be repeated',
          placeholder: 'spec',
        },
        runs: count('Runs, each in a fresh process', '1'),
        milliseconds: count('Time for each path in each run, in milliseconds', '60'),
        out: optionalText('File to store them in; runs of the same commit are added', 'file'),
        json: jsonFlag,
      },
    },
    docs: {
      brief: 'Store speeds, and scores of items over seeds, with the identity of the machine, for `harness gate`',
      examples: () => [['bench samples --runs 5 --out samples.json', null]],
    },
  }),
  micro: command({
    load: async () => (await import('../commands/bench-micro.ts')).benchMicroCommand,
    parameters: {
      flags: { milliseconds: count('Time for each path, in milliseconds', '500'), json: jsonFlag },
      positional: {
        kind: 'array',
        parameter: { parse: textParser, brief: 'Hot paths; all without any', placeholder: 'path' },
      },
    },
    docs: { brief: 'Time hot paths outside the engine: tokens, batches, fingerprints, journal' },
  }),
};
