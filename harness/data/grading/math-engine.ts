/**
 * Compute Engine (https://cortexjs.io/compute-engine), the one file of it that is needed: beside the built program, and
 * in `node_modules` for the sources. Only the child process of `expression-process.ts` loads it.
 */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What is used of an expression. */
export interface EngineExpression {
  readonly json: unknown;
  readonly isValid: boolean;
  readonly symbols: readonly string[];
  /** Real and imaginary part of a number; NaN for anything else. */
  readonly re: number;
  readonly im: number;
  isSame(other: EngineExpression): boolean;
  isEqual(other: EngineExpression): boolean | undefined;
  div(other: EngineExpression): EngineExpression;
  subs(values: Readonly<Record<string, number>>): EngineExpression;
  N(): EngineExpression;
}

export interface MathEngine {
  parse(latex: string): EngineExpression;
  /** What is declared from here on, also by parsing, is forgotten by `popScope`. */
  pushScope(): void;
  popScope(): void;
}

/** As `.ci/bundle-compute-engine.mjs` puts it there. */
const bundled = fileURLToPath(new URL('../../vendor/compute-engine/compute-engine.cjs', import.meta.url));

/** @throws Error where it is not installed. */
export function openMathEngine(): MathEngine {
  const require = createRequire(import.meta.url);
  const { ComputeEngine } = require(existsSync(bundled) ? bundled : '@cortex-js/compute-engine') as {
    readonly ComputeEngine: new () => MathEngine;
  };
  return new ComputeEngine();
}
