/** Commands about the machine: its fitness, and the data on it. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { countParser, deviceFlag, jsonFlag, resultsFlag, textParser } from './flags.ts';

const datasetNames = {
  kind: 'array',
  parameter: { parse: textParser, brief: 'Datasets; all without any', placeholder: 'dataset' },
} as const;

const data = buildRouteMap<string, CliContext>({
  routes: {
    ls: command({
      load: async () => (await import('../commands/data.ts')).dataLs,
      parameters: { flags: { json: jsonFlag } },
      docs: { brief: 'Datasets, their licences, and what is in the cache' },
    }),
    fetch: command({
      load: async () => (await import('../commands/data.ts')).dataFetch,
      parameters: {
        flags: { json: jsonFlag, download: { kind: 'boolean', default: true, brief: 'Whether to use the network' } },
        positional: datasetNames,
      },
      docs: {
        brief: 'Bring datasets into the cache, verified by digest',
        fullDescription:
          'Bring datasets into the cache (HARNESS_CACHE), from HARNESS_DATA_MIRROR or their address; every file is verified by its sha256.',
      },
    }),
    verify: command({
      load: async () => (await import('../commands/data.ts')).dataVerify,
      parameters: { flags: { json: jsonFlag }, positional: datasetNames },
      docs: { brief: 'Check the cache against the digests' },
    }),
  },
  docs: { brief: 'Datasets by address and digest: ls, fetch, verify' },
});

const count = (brief: string, byDefault: string) =>
  ({ kind: 'parsed', parse: countParser, default: byDefault, brief, placeholder: 'n' }) as const;
const threads = count('Threads of the engine', '2');

const stepFlags = {
  pairs: {
    kind: 'parsed',
    parse: textParser,
    brief: 'JSONL of token ids: prompt, chosen, rejected',
    placeholder: 'file',
  },
  pairsPerStep: count('Pairs a step', '16'),
  threads,
  steps: count('Measured steps, after two for warming up', '8'),
  size: { kind: 'enum', values: ['5m', '30m', '125m'], default: '5m', brief: 'Parameters of the model' },
  device: deviceFlag,
  json: jsonFlag,
} as const;

const bench = buildRouteMap<string, CliContext>({
  routes: {
    pmp: command({
      load: async () => (await import('../commands/bench.ts')).benchPmp,
      parameters: { flags: stepFlags },
      docs: { brief: 'The preference-pretraining step of a fixed model' },
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
            brief: 'Interpreter that has torch',
            placeholder: 'command',
          },
          libraryPath: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Folder of a BLAS for PyTorch (else OpenMP OpenBLAS, where Debian keeps it)',
            placeholder: 'dir',
          },
        },
      },
      docs: { brief: 'The same step against PyTorch, in turns, from the same weights' },
    }),
    savings: command({
      load: async () => (await import('../commands/bench.ts')).benchSavings,
      parameters: { flags: stepFlags },
      docs: { brief: 'What each saving of the step is worth, in turns on one engine' },
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
            brief: 'Reward-model folder or id of a finetune stage (else a fixed model)',
            placeholder: 'model',
          },
          size: stepFlags.size,
          threads,
          rounds: count('Rounds, after one for warming up', '3'),
          device: deviceFlag,
          json: jsonFlag,
        },
      },
      docs: { brief: 'Rewards of 64 questions x 16 candidates, and what sharing prompts pays' },
    }),
    engine: command({
      load: async () => (await import('../commands/bench.ts')).benchEngine,
      parameters: {
        flags: {
          proof: {
            kind: 'parsed',
            parse: textParser,
            optional: true,
            brief: 'Compare, in turns, with a script that takes the same step',
            placeholder: 'script',
          },
          rounds: count('Rounds of the comparison', '3'),
          threads,
          steps: count('Steps a round', '8'),
          json: jsonFlag,
        },
      },
      docs: { brief: 'The engine alone: a dense LM step of 4,096 tokens' },
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
      docs: { brief: 'Hot paths outside the engine: tokens, batches, fingerprints, journal' },
    }),
  },
  docs: { brief: 'Speed: pmp, peer, savings, score, engine, micro' },
});

export const machineRoutes = {
  data,
  bench,
  doctor: command({
    load: async () => (await import('../commands/doctor.ts')).doctor,
    parameters: { flags: { results: resultsFlag, json: jsonFlag } },
    docs: { brief: 'What this machine can do, and what is missing' },
  }),
};
