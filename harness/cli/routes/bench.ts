/** `harness bench`: speed, of the engine and of what stands around it. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { aroundRoutes } from './bench-around.ts';
import { contextsFlag, setUpsFlag, sizeNames, sizesFlag, setUpsText } from './bench-flags.ts';
import {
  countParser,
  countWithDefault as count,
  deviceFlag,
  jsonFlag,
  optionalText,
  resultsFlag,
  textParser,
  threadsFlag,
} from './flags.ts';

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
  size: { kind: 'enum', values: sizeNames, default: '5m', brief: 'Parameters of the model' },
  device: deviceFlag,
  json: jsonFlag,
} as const;

const pythonFlag = {
  kind: 'parsed',
  parse: textParser,
  default: 'python3',
  brief: 'Python that has torch',
  placeholder: 'command',
} as const;

export const benchRoutes = buildRouteMap<string, CliContext>({
  routes: {
    pmp: command({
      load: async () => (await import('../commands/bench.ts')).benchPmp,
      parameters: { flags: stepFlags },
      docs: { brief: 'Time the pretraining step of a fixed model' },
    }),
    peer: command({
      load: async () => (await import('../commands/bench-peer.ts')).benchPeer,
      parameters: {
        flags: {
          ...stepFlags,
          setUps: setUpsFlag('eager'),
          rounds: count('Rounds of the comparison', '5'),
          python: pythonFlag,
          libraryPath: optionalText('Folder of a BLAS for PyTorch; without it OpenBLAS where Debian keeps it', 'dir'),
        },
      },
      docs: {
        brief: 'Time the same step in PyTorch too, in turns, from the same weights',
        more: [setUpsText],
      },
    }),
    grow: command({
      load: async () => (await import('../commands/bench-grow.ts')).benchGrow,
      parameters: {
        flags: {
          sizes: sizesFlag,
          contexts: contextsFlag,
          setUps: setUpsFlag('sorted'),
          rounds: count('Rounds of the comparison', '3'),
          steps: count('Steps that are measured, after two to warm up', '3'),
          tokensPerStep: count('Tokens of rows a step, at least one pair', '8192'),
          threads: threadsFlag,
          python: pythonFlag,
          gigabytes: {
            kind: 'parsed',
            parse: countParser,
            optional: true,
            brief: 'Memory that a process may take; without it 90 % of what is free',
            placeholder: 'n',
          },
          minutes: count('Minutes that a process may take', '60'),
          out: optionalText('Results file, written point by point; what it has is not run again', 'file'),
          figure: optionalText('Figure to draw as SVG, and as PNG beside it', 'file'),
          json: jsonFlag,
        },
      },
      docs: {
        brief: 'Time the step as models and rows grow, here and in PyTorch, beside the limit of the machine',
        more: [setUpsText, 'A point that does not fit in its memory or time is kept with the reason.'],
      },
    }),
    parity: command({
      load: async () => (await import('../commands/bench-device.ts')).benchParityCommand,
      parameters: {
        flags: { device: deviceFlag, steps: count('Training steps of each family', '20'), json: jsonFlag },
      },
      docs: { brief: "Compare the losses of a device with the CPU's, for every family" },
    }),
    limit: command({
      load: async () => (await import('../commands/bench-device.ts')).benchLimit,
      parameters: { flags: { pairs: stepFlags.pairs, pairsPerStep: stepFlags.pairsPerStep, json: jsonFlag } },
      docs: { brief: 'Count what a step computes and moves, and what an H100 would need for it at best' },
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
          model: optionalText('Folder of a reward model, or id of a finetune stage; without it a fixed model', 'model'),
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
          python: optionalText('Python that has torch and transformers, to compare with in turns', 'command'),
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
          proof: optionalText('Script that takes the same step, to compare with in turns', 'script'),
          rounds: count('Rounds of the comparison', '3'),
          threads: threadsFlag,
          steps: count('Steps a round', '8'),
          json: jsonFlag,
        },
      },
      docs: { brief: 'Time the engine alone: a language-model step of 4,096 tokens' },
    }),
    ...aroundRoutes,
  },
  docs: { brief: 'Measure speed: of corpora, training, scoring, generation and hot paths' },
});
