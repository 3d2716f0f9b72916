/** The plug point of generated tasks: one file a family. */
import { algebra } from './algebra.ts';
import { boolean } from './boolean.ts';
import { lookup } from './lookup.ts';
import type { Family } from './problem.ts';
import { program } from './program.ts';
import { wordProblem } from './word-problem.ts';

export const generatedFamilies = ['algebra', 'lookup', 'boolean', 'program', 'word-problem'] as const;
export type GeneratedFamily = (typeof generatedFamilies)[number];

export const families = { algebra, lookup, boolean, program, 'word-problem': wordProblem } as const satisfies Record<
  GeneratedFamily,
  Family
>;
