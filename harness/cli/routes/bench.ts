/** `harness bench`: speed, of the engine and of what stands around it. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { countParser, deviceFlag, jsonFlag, resultsFlag, textParser, threadsFlag } from './flags.ts';

const count = (brief: string, byDefault: string) =>
  ({ kind: 'parsed', parse: countParser, default: byDefault, brief, placeholder: 'n' }) as const;

const stepFlags = {
  pairs: {
    kind: 'parsed',
    parse: textParser,
    brief: 'Pairs as JSON lines of token ids: prompt, chosen, rejected (required)',
    placeholder: 'file',
  },
  pairsPerStep: count('Pairs a step', '16'),
  threads: threadsFlag,
  steps: count('Steps that are measured, after two to warm up', '8'),
  size: { kind: 'enum', values: ['5m', '30m', '125m'], default: '5m', brief: 'Parameters of the model' },
  device: deviceFlag,
  json: jsonFlag,
} as const;

export const benchRoutes = buildRouteMap<string, CliContext>({
  routes: {
    pmp: command({
      load: async () => (await import('../commands/bench.ts')).benchPmp,
      parameters: { flags: stepFlags },
      docs: { brief: 'Time the pretraining step of a fixed model' },
    }),
    peer: command({
      load: async () => (await import('../commands/bench.ts')).benchPeer,
      parameters: {
        flags: {
          ...stepFlags,
          rounds: count('Rounds of the comparison', '5'),
          python: {
            kind: 'parsed',
            parse: textParser,
            default: 'python3',
            brief: 'Python that has torch',
            placeholder: 'command',
          },
          libraryPath: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Folder of a BLAS for PyTorch; without it OpenBLAS where Debian keeps it',
            placeholder: 'dir',
          },
        },
      },
      docs: { brief: 'Time the same step in PyTorch too, in turns, from the same weights' },
    }),
    savings: command({
      load: async () => (await import('../commands/bench.ts')).benchSavings,
      parameters: { flags: { ...stepFlags, steps: count('Steps that are measured, after one to warm up', '8') } },
      docs: { brief: 'Time the step with each of its optimizations switched on in turn' },
    }),
    score: command({
      load: async () => (await import('../commands/bench-score.ts')).benchScoreCommand,
      parameters: {
        flags: {
          results: resultsFlag,
          model: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Folder of a reward model, or id of a finetune stage; without it a fixed model',
            placeholder: 'model',
          },
          size: stepFlags.size,
          threads: threadsFlag,
          rounds: count('Rounds that are measured, after one to warm up', '3'),
          peer: {
            kind: 'boolean',
            withNegated: false,
            default: false,
            brief: 'Beside transformers, in fresh processes in turns',
          },
          peerWay: {
            kind: 'enum',
            values: ['padded', 'cached'],
            default: 'padded',
            brief: 'Prompts of the peer: with every candidate, or once, with their keys and values copied',
          },
          peerProducts: {
            kind: 'enum',
            values: ['torch', 'onednn'],
            default: 'torch',
            brief: 'Linear layers of the peer: by what torch takes, or by oneDNN',
          },
          python: {
            kind: 'parsed',
            parse: textParser,
            default: 'python3',
            brief: 'Python of the peer, with torch and transformers',
            placeholder: 'command',
          },
          device: deviceFlag,
          json: jsonFlag,
        },
      },
      docs: { brief: 'Time rewards for 64 questions with 16 candidates each' },
    }),
    generate: command({
      load: async () => (await import('../commands/bench-generate.ts')).benchGenerateCommand,
      parameters: {
        flags: {
          results: resultsFlag,
          size: { kind: 'enum', values: ['0.3m', '5m', '30m'], default: '5m', brief: 'Parameters of the fixed model' },
          prompts: count('Prompts, of 40 to 120 tokens', '64'),
          newTokens: count('Tokens generated for each', '128'),
          batch: count('Responses at a time', '64'),
          threads: threadsFlag,
          rounds: count('Rounds that are measured, after one to warm up', '3'),
          python: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Python that has torch and transformers, to compare with in turns',
            placeholder: 'command',
          },
          device: deviceFlag,
          json: jsonFlag,
        },
        positional: {
          kind: 'tuple',
          parameters: [
            {
              parse: textParser,
              optional: true,
              brief: 'Folder of a language model, or id of a decay stage; without it a fixed model',
              placeholder: 'model',
            },
          ],
        },
      },
      docs: { brief: 'Time generation with a key-value cache, against transformers too' },
    }),
    engine: command({
      load: async () => (await import('../commands/bench.ts')).benchEngine,
      parameters: {
        flags: {
          proof: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Script that takes the same step, to compare with in turns',
            placeholder: 'script',
          },
          rounds: count('Rounds of the comparison', '3'),
          threads: threadsFlag,
          steps: count('Steps a round', '8'),
          json: jsonFlag,
        },
      },
      docs: { brief: 'Time the engine alone: a language-model step of 4,096 tokens' },
    }),
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
          python: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Python that has tokenizers, to compare encoding with in turns',
            placeholder: 'command',
          },
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
  },
  docs: { brief: 'Measure speed: of corpora, training, scoring, generation and hot paths' },
});
