/**
 * The section `execution`: where and by what a sweep computes. Nothing of it is identity: changing it runs nothing
 * again.
 */
import { z } from 'zod';
import { acceleratorSchema, accelerators, mfuSchema } from './accelerators.ts';
import { count, positive } from './atoms.ts';
import { slurmField } from './slurm-schema.ts';

/** Where models can be trained and scored. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'tfjs'] as const;
export type Device = (typeof deviceNames)[number];

/** How models and states lie on the ranks of a backend. */
export const shardings = ['replicated', 'sharded'] as const;
export type Sharding = (typeof shardings)[number];

/** What starts stages, and the ranks of one on several nodes. */
export const launcherNames = ['local', 'slurm'] as const;
export type LauncherName = (typeof launcherNames)[number];

const torchSchema = z.strictObject({
  sharding: z
    .enum(shardings)
    .default('replicated')
    .describe('`replicated`: every rank holds the model. `sharded`: each holds its part of it (FSDP2).'),
  gradientCheckpointing: z
    .boolean()
    .default(false)
    .describe('Activations are computed again in the backward pass: less memory, about a third more time.'),
  packed: z.boolean().default(false).describe('Rows of a micro-batch behind one another, without padding.'),
  compile: z.boolean().default(false).describe('torch.compile: faster steps after a slow first one.'),
  tokensAtOnce: count
    .nullable()
    .default(null)
    .describe('Tokens of a micro-batch at most, a rank; null = as the device suggests.'),
  peakFlops: positive
    .nullable()
    .default(null)
    .describe("FLOP/s of one rank's device at most, which MFU is a share of; null = as it is known for the card."),
  joinTimeoutSeconds: positive.default(300).describe('Nodes that are not there after this long end the attempt.'),
});

const ranksFields = {
  nodes: count.default(1).describe('Machines that one training stage runs on (backend torch).'),
  ranksPerNode: count
    .default(1)
    .describe(
      'Processes of a training stage on each machine, one a card (backend torch). The pairs of a step are dealt out ' +
        'to them, and their number need not divide it.',
    ),
  launcher: z
    .enum(launcherNames)
    .default('local')
    .describe(
      '`local`: stages run on this machine. `slurm`: each is a job of its own, on several nodes where `nodes` says so; ' +
        'inside an allocation stages run on its first node, and srun starts the ranks of several.',
    ),
  torch: torchSchema.default(torchSchema.parse({})).describe('How the backend torch computes; no identity.'),
};

/** How a training stage is shared out to processes, and how they compute. */
export const ranksSchema = z.strictObject(ranksFields);

const tries = z.number().int().min(0);

/** The input of a `user` failure is wrong, however often it is tried. */
const retriesSchema = z.strictObject({
  infrastructure: tries.default(1).describe('A worker was killed, the disk or a download failed.'),
  oom: tries.default(1).describe('Memory was exhausted.'),
  timeout: tries.default(0).describe('It ran longer than `stageTimeoutSeconds`; it continues where it was.'),
  stuck: tries.default(1).describe('It made no progress for `stuckAfterSeconds`.'),
  bug: tries.default(0).describe('Everything else.'),
});

/** Class of a failure -> how often a stage is tried again in one sweep. */
export type Retries = z.output<typeof retriesSchema>;
export const defaultRetries: Retries = retriesSchema.parse({});

const fieldsSchema = z.strictObject({
  workers: count.default(2),
  threads: count.default(1),
  device: z
    .enum(['auto', ...deviceNames])
    .default('cpu')
    .describe(
      'Where models are trained and scored; `auto`: cuda, else webgpu on a real adapter, else cpu. ' +
        'On a GPU one worker runs unless -j asks for more.',
    ),
  backend: z
    .string()
    .default('native')
    .describe('The program that carries stages out; `native` is this one, a plug-in may register others.'),
  checkpointEverySeconds: positive.default(30).describe('A running training stage saves a resume point this often.'),
  stageTimeoutSeconds: positive
    .nullable()
    .default(null)
    .describe('An attempt at a stage that takes longer is ended, with what it saved; null = no limit.'),
  stuckAfterSeconds: positive
    .nullable()
    .default(null)
    .describe(
      'A stage whose journal does not grow for this long (no step, no metric, no note) is ended; ' +
        'null = it is told of, and waited for.',
    ),
  retries: retriesSchema
    .default(defaultRetries)
    .describe('How often a stage that failed is tried again in the same sweep, by the class of its failure.'),
  ...ranksFields,
  slurm: slurmField,
  accelerator: z
    .union([z.enum([...accelerators.keys()]), acceleratorSchema])
    .nullable()
    .default(null)
    .describe(
      'The card, one a rank, that `harness plan` prices training for: hours, memory, checkpoints. ' +
        'null = the plan tells times on this machine.',
    ),
  mfu: mfuSchema
    .nullable()
    .default(null)
    .describe(
      "The share of the card's peak that matrix products reach, those that gradient checkpointing repeats " +
        'included; null = what is known of the card.',
    ),
});

export const executionSchema = fieldsSchema.refine(({ nodes, launcher }) => nodes === 1 || launcher !== 'local', {
  path: ['nodes'],
  error: '1 with the launcher local (launcher: slurm starts several)',
});

export type ExecutionSpec = z.output<typeof executionSchema>;
export type RanksSpec = z.output<typeof ranksSchema>;

export function ranksOf({ nodes, ranksPerNode, launcher, torch }: RanksSpec): RanksSpec {
  return { nodes, ranksPerNode, launcher, torch };
}

/** One process that computes in the plainest way. */
export const oneRank: RanksSpec = ranksSchema.parse({});
