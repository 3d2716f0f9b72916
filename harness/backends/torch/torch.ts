/**
 * PyTorch: stages are ours, and training steps and scores are taken by Python (`harness_torch` beside this file). What
 * goes between the two is files.
 */
import type { Backend } from '../backend.ts';
import { native } from '../native.ts';

const served: ReadonlySet<string> = new Set(['pretrain', 'decay', 'finetune', 'baseline', 'evaluate']);

export const torch: Backend = {
  name: 'torch',
  numerics: null,
  computesIn: ['float32', 'bfloat16'],
  serves: (kind) => served.has(kind),
  command: (task) => [...native.command(task), '--backend', 'torch'],
  // Only a process that computes with it loads what it takes.
  compute: async (execution) => (await import('./torch-compute.ts')).torchCompute(execution),
  prepare: async (execution) => (await import('./prepare.ts')).prepareTorch(execution),
  starts: async (task) => (await import('./starts.ts')).torchStarts(task),
};
