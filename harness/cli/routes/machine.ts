/** Commands about the machine: its fitness, and the data on it. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { benchRoutes } from './bench.ts';
import { command } from './command.ts';
import { gateRoutes } from './gate.ts';
import { pairsRoutes } from './pairs.ts';
import { jsonFlag, optionalText, resultsFlag, textParser } from './flags.ts';

const datasetNames = {
  kind: 'array',
  parameter: {
    parse: textParser,
    brief: 'Datasets; all of them without any',
    placeholder: 'dataset',
    proposeCompletions: async () => (await import('../../data/index.ts')).datasetNames(),
  },
} as const;

const data = buildRouteMap<string, CliContext>({
  routes: {
    ls: command({
      load: async () => (await import('../commands/data.ts')).dataLs,
      parameters: { flags: { json: jsonFlag } },
      docs: { brief: 'List datasets, their licences, and what is in the cache' },
    }),
    fetch: command({
      load: async () => (await import('../commands/data-fetch.ts')).dataFetch,
      parameters: {
        flags: {
          json: jsonFlag,
          all: { kind: 'boolean', default: false, withNegated: false, brief: 'Every dataset that has a manifest' },
          download: { kind: 'boolean', default: true, brief: 'Do not use the network' },
        },
        positional: { ...datasetNames, parameter: { ...datasetNames.parameter, brief: 'Datasets' } },
      },
      docs: {
        brief: 'Bring datasets into the cache, verified by digest',
        more: [
          'They come from the folder HARNESS_DATA_MIRROR, else from their address. ' +
            'Every file is verified by its sha256. A download that was cut goes on where it stopped. ' +
            'Proxies are those of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. ' +
            'The cache is HARNESS_CACHE, else harness/ in XDG_CACHE_HOME, else ~/.cache/harness.',
        ],
        examples: () => [['data fetch gsm8k', null]],
      },
    }),
    model: command({
      load: async () => (await import('../commands/data-model.ts')).dataModel,
      parameters: {
        flags: {
          revision: {
            kind: 'parsed',
            parse: textParser,
            default: 'main',
            brief: 'Commit, branch or tag',
            placeholder: 'name',
          },
          json: jsonFlag,
        },
        positional: {
          kind: 'tuple',
          parameters: [{ parse: textParser, brief: 'Name on the hub', placeholder: 'org/name' }],
        },
      },
      docs: {
        brief: 'Bring a model of the Hugging Face hub into the cache',
        more: [
          'Config, tokenizer and weights (safetensors) of one commit, each held against the digest of the hub. ' +
            'An experiment then starts from it with start: {kind: hub, model, revision}. HF_ENDPOINT names another ' +
            'hub; HF_TOKEN opens models that are not public.',
        ],
        examples: () => [['data model Qwen/Qwen3-0.6B', null]],
      },
    }),
    verify: command({
      load: async () => (await import('../commands/data.ts')).dataVerify,
      parameters: { flags: { json: jsonFlag }, positional: datasetNames },
      docs: { brief: 'Check the files in the cache against their digests' },
    }),
    ...pairsRoutes,
  },
  docs: { brief: 'List, fetch or verify datasets; audit preference pairs and look at them' },
});

export const machineRoutes = {
  data,
  bench: benchRoutes,
  ...gateRoutes,
  doctor: command({
    load: async () => (await import('../commands/doctor.ts')).doctor,
    parameters: {
      flags: {
        results: resultsFlag,
        install: {
          kind: 'enum',
          values: ['tfjs', 'tfjs-gpu', 'torch'],
          optional: true,
          brief: 'Build @tensorflow/tfjs-node (or -gpu), or an environment with PyTorch, into the cache',
        },
        torch: {
          kind: 'enum',
          values: ['auto', 'cpu', 'cuda'],
          optional: true,
          brief: "With --install torch: for the processor alone, or for NVIDIA's cards; auto = by what is here",
        },
        wheels: {
          kind: 'parsed',
          parse: textParser,
          variadic: true,
          optional: true,
          brief: 'With --install torch: a folder with all wheels, in place of an index. Can be repeated',
          placeholder: 'dir',
        },
        lock: optionalText('With --install torch: a lock in place of ours, for another machine or Python', 'file'),
        index: optionalText('With --install torch: an index that has all packages, in place of the usual ones', 'url'),
        wheel: optionalText('TensorFlow to build it with; without it that of --python, else what its pip gets', 'file'),
        python: {
          kind: 'parsed',
          parse: textParser,
          default: 'python3',
          brief:
            'Python that has TensorFlow or pip to download it; for torch, the one that the environment is made with',
          placeholder: 'command',
        },
        measure: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Time a training step on every device that is here; auto then takes the fastest',
        },
        json: jsonFlag,
      },
    },
    docs: {
      brief: 'Check what this machine can do, and what is missing',
      more: [
        '--install tfjs takes two libraries and the C headers out of the wheel of tensorflow-cpu (tfjs-gpu: of ' +
          "tensorflow), compiles the npm package's addon against them, trains one step in a process of its own, and " +
          'keeps the build in the cache only if the step is right. It needs Linux, Python, make, a C++ compiler and ' +
          '1.3 GB. --device tfjs uses the build from then on. An install that was interrupted leaves a folder that ' +
          'the next one removes.',
        '--install torch makes an environment for execution.backend: torch, with exact versions whose digests are ' +
          'checked, by uv or by venv and pip. It is kept only if a tiny training run gives the losses and rewards of ' +
          'our own engine (docs/use-pytorch.md).',
      ],
      examples: () => [
        ['doctor --install tfjs', null],
        ['doctor --install torch', null],
        ['doctor --install tfjs-gpu --python .venv/bin/python', 'with CUDA, from a Python with tensorflow[and-cuda]'],
      ],
    },
  }),
};
