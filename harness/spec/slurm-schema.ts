/** The section `execution.slurm`: what is asked of Slurm for each stage. None of it is identity. */
import { z } from 'zod';
import { count, positive } from './atoms.ts';

/** It becomes a line of a job script, where a line break would begin another. */
const word = z.string().regex(/^[^\s]+$/, { error: 'text without spaces' });
const line = z.string().regex(/^--?[^\r\n]+$/, { error: 'an option of sbatch, such as --constraint=a100' });

const slurmSchema = z.strictObject({
  partition: word.nullable().default(null).describe('Where jobs go; null = the default partition.'),
  account: word.nullable().default(null).describe('Who pays for them; null = the default account.'),
  time: word
    .nullable()
    .default(null)
    .describe('Time limit of a job, as `04:00:00` or minutes; null = that of the partition. A stage may take many.'),
  cpusPerTask: count
    .nullable()
    .default(null)
    .describe('Processors of a job on each node; null = `threads` for each of the ranks there.'),
  memory: word.nullable().default(null).describe('Memory of a job on each node, as `16G`; null = what the site gives.'),
  gpusPerNode: z
    .union([count, word])
    .nullable()
    .default(null)
    .describe('Cards of a job on each node, as `8` or `a100:8`; null = none are asked for.'),
  extra: z.array(line).default([]).describe('Further options of sbatch, a line each, as `--constraint=a100`.'),
  saveSeconds: count.default(120).describe('This long before the time limit a stage is asked to save and leave.'),
  pollSeconds: positive.default(5).describe('How often folders and the queue are looked at.'),
});

export const slurmField = slurmSchema
  .default(slurmSchema.parse({}))
  .describe('What is asked of Slurm for each stage, where `launcher: slurm` submits them (docs/clusters.md).');

export type SlurmSpec = z.output<typeof slurmSchema>;
export const plainSlurm: SlurmSpec = slurmSchema.parse({});
