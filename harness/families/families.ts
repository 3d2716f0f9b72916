/** The decoder families that can be computed, one record each: a new one is a file beside this one and a line here. */
import type { Family } from './family.ts';
import { gemma } from './gemma.ts';
import { gemma2 } from './gemma2.ts';
import { gemma3 } from './gemma3.ts';
import { gpt2 } from './gpt2.ts';
import { gptNeox } from './gpt-neox.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { olmo2 } from './olmo2.ts';
import { phi3 } from './phi3.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { smollm3 } from './smollm3.ts';

export const families = {
  qwen2,
  qwen3,
  llama,
  mistral,
  gemma,
  gemma2,
  gemma3,
  phi3,
  olmo2,
  smollm3,
  gpt2,
  'gpt-neox': gptNeox,
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof families;

export const familyNames = Object.keys(families) as [FamilyName, ...FamilyName[]];

/** The record of a family. */
export function familyNamed(name: FamilyName): Family {
  return families[name];
}
