/** Commands about the machine: its fitness, and the data on it. */
import { buildRouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { jsonFlag, resultsFlag, textParser } from './flags.ts';

const datasetNames = { kind: 'array', parameter: { parse: textParser, brief: 'Datasets; all without any', placeholder: 'dataset' } } as const;

const data = buildRouteMap<string, CliContext>({
  routes: {
    ls: command({
      load: async () => (await import('../commands/data.ts')).dataLs,
      parameters: { flags: { json: jsonFlag } },
      docs: { brief: 'Datasets, their licences, and what is in the cache' },
    }),
    fetch: command({
      load: async () => (await import('../commands/data.ts')).dataFetch,
      parameters: { flags: { json: jsonFlag, download: { kind: 'boolean', default: true, brief: 'Whether to use the network' } }, positional: datasetNames },
      docs: { brief: 'Bring datasets into the cache, verified by digest', fullDescription: 'Bring datasets into the cache (HARNESS_CACHE), from HARNESS_DATA_MIRROR or their address; every file is verified by its sha256.' },
    }),
    verify: command({
      load: async () => (await import('../commands/data.ts')).dataVerify,
      parameters: { flags: { json: jsonFlag }, positional: datasetNames },
      docs: { brief: 'Check the cache against the digests' },
    }),
  },
  docs: { brief: 'Datasets by address and digest: ls, fetch, verify' },
});

export const machineRoutes = {
  data,
  doctor: command({
    load: async () => (await import('../commands/doctor.ts')).doctor,
    parameters: { flags: { results: resultsFlag, json: jsonFlag } },
    docs: { brief: 'What this machine can do, and what is missing' },
  }),
};
