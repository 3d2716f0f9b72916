/** Flags that several commands share, declared once. */
import { UserError } from '../../spec/user-error.ts';
import { recordedExperiments } from './proposals.ts';

const text = (value: string): string => value;

export const textParser = text;

/** Throws for anything but a whole number of at least 1; the message goes to the person as it is. */
export function countParser(value: string): number {
  if (!/^[1-9]\d*$/.test(value))
    throw new UserError(`expected a whole number of at least 1, not ${JSON.stringify(value)}`, { exitCode: 2 });
  return Number(value);
}

function portParser(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port < 1 || port > 65_535)
    throw new UserError(`expected a port from 1 to 65535, not ${JSON.stringify(value)}`, { exitCode: 2 });
  return port;
}

/** A text that may be left out. */
export const optionalText = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: text, optional: true, brief, placeholder }) as const;

export const portFlag = {
  kind: 'parsed',
  parse: portParser,
  optional: true,
  brief: 'Port of --watch; without it a free one',
  placeholder: 'n',
} as const;

/** A number of things, with what it is where nobody says. */
export const countWithDefault = (brief: string, byDefault: string) =>
  ({ kind: 'parsed', parse: countParser, default: byDefault, brief, placeholder: 'n' }) as const;

/** Of commands that turn texts into tokens. */
export const tokenizerFlags = {
  tokenizer: optionalText('tokenizer.json; without it the one in the model folder', 'file'),
  chatTemplate: optionalText("A file with the chat template for messages; without it the tokenizer's own", 'file'),
} as const;

/** Of a backend whose stages are ours (`Backend.compute`). */
export const computedByFlag = optionalText(
  'Who trains and scores: native (this program), or torch (PyTorch, by the Python of HARNESS_TORCH_PYTHON)',
  'name',
);
export const resultsFlag = optionalText('Results folder; without it HARNESS_RESULTS, else results/', 'dir');
export const publishFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'Into reports/, to be committed, instead of the results folder',
} as const;

export const reportsFlag = optionalText(
  'Reports folder; without it HARNESS_REPORTS, else reports/ in the results folder',
  'dir',
);
export const jsonFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'Print one JSON document',
} as const;
export const experimentFlag = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'Only this experiment',
  placeholder: 'name',
  proposeCompletions: recordedExperiments,
} as const;
export const settingFlag = {
  kind: 'parsed',
  parse: text,
  variadic: true,
  optional: true,
  brief: 'Set a key of the experiment; several values make an axis. Can be repeated',
  placeholder: 'key=value[,value]',
} as const;
export const jobsFlag = {
  kind: 'parsed',
  parse: countParser,
  optional: true,
  brief: 'Worker processes; without it as the experiment says',
  placeholder: 'n',
} as const;
export const quietFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'No progress, only what goes wrong',
} as const;
export const deviceFlag = {
  kind: 'enum',
  values: ['auto', 'cpu', 'webgpu', 'cuda', 'tfjs'],
  default: 'cpu',
  brief: 'Where programs run',
} as const;
/** Sugar for `-s execution.device=...`. */
export const optionalDeviceFlag = {
  kind: 'enum',
  values: ['auto', 'cpu', 'webgpu', 'cuda', 'tfjs'],
  optional: true,
  brief: "Device of training and scoring, in place of the experiment's",
} as const;
export const launcherFlag = {
  kind: 'enum',
  values: ['local', 'slurm'],
  optional: true,
  brief: "Where stages run, in place of the experiment's: on this machine, or as jobs of Slurm",
} as const;
export const threadsFlag = {
  kind: 'parsed',
  parse: countParser,
  default: '2',
  brief: 'Threads of the engine',
  placeholder: 'n',
} as const;

/** Throws for anything but a whole number from 0 up. */
export function seedParser(value: string): number {
  if (!/^\d+$/.test(value))
    throw new UserError(`expected a whole number of at least 0, not ${JSON.stringify(value)}`, { exitCode: 2 });
  return Number(value);
}
