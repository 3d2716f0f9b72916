/** Flags that several commands share, declared once. */
import { UserError } from '../../spec/user-error.ts';

const text = (value: string): string => value;

export const resultsFlag = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'Results folder (else HARNESS_RESULTS, else results/)',
  placeholder: 'dir',
} as const;
export const reportsFlag = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'Reports folder (else HARNESS_REPORTS, else reports/ in the results folder)',
  placeholder: 'dir',
} as const;
export const jsonFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'One JSON document on stdout',
} as const;
export const experimentFlag = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'Only this experiment',
  placeholder: 'name',
} as const;
export const specArgument = {
  kind: 'tuple',
  parameters: [{ parse: text, brief: 'Experiment file (YAML)', placeholder: 'spec' }],
} as const;
export const settingFlag = {
  kind: 'parsed',
  parse: text,
  variadic: true,
  optional: true,
  brief: 'Set an existing key, or sweep it over several values',
  placeholder: 'key=value[,value]',
} as const;

export const textParser = text;

/** Throws for anything but a whole number of at least 1; the message goes to the person as it is. */
export function countParser(value: string): number {
  if (!/^[1-9]\d*$/.test(value))
    throw new UserError(`expected a whole number of at least 1, not ${JSON.stringify(value)}`, { exitCode: 2 });
  return Number(value);
}

export const jobsFlag = {
  kind: 'parsed',
  parse: countParser,
  optional: true,
  brief: 'Worker processes (else as the experiment says)',
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
  brief: 'Where models are trained and scored (else as the experiment says)',
} as const;
