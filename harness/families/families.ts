/** The decoder families that can be computed, one record each: a new one is a file beside this one and a line here. */
import type { Family } from './family.ts';
import { gemma2 } from './gemma2.ts';
import { gpt2 } from './gpt2.ts';
import { gptNeox } from './gpt-neox.ts';
import { llama } from './llama.ts';
import { qwen2 } from './qwen2.ts';

export const families = { qwen2, llama, gemma2, gpt2, 'gpt-neox': gptNeox } as const satisfies Readonly<
  Record<string, Family>
>;

export type FamilyName = keyof typeof families;

export const familyNames = Object.keys(families) as [FamilyName, ...FamilyName[]];

/** The record of a family. */
export function familyNamed(name: FamilyName): Family {
  return families[name];
}
