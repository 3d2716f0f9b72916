/** Fields that every generator has: how many completions, and how their tokens are drawn. */
import { z } from 'zod';
import { count, seed } from '../../spec/index.ts';

export const samplingFields = {
  samples: count.default(1).describe('Completions a prompt.'),
  temperature: z.number().min(0).default(0.8).describe('0 = the likeliest token each time.'),
  topP: z.number().gt(0).max(1).default(0.95).describe('Tokens that reach this probability together; 1 = all.'),
  maxTokens: count.default(128).describe('A completion that does not end before is cut off.'),
  seed: seed.default(0),
};
