/** Models that Python scripts of fixtures make again: a config.json, and parameters by a formula. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parameterShapes, readConfig, type ModelConfig, type Parameters } from '../../harness/model/index.ts';

/** The model of a config.json of `transformers`. */
export function modelOfConfig(config: object): ModelConfig {
  const folder = mkdtempSync(path.join(tmpdir(), 'config-'));
  try {
    const file = path.join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(config));
    return readConfig(file).model;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Formula {
  /** Values are uniform over it, around the offset. */
  readonly width: number;
  /** For weights of one dimension (norms), and for all others. */
  readonly offsetOf: (isVector: boolean) => number;
}

/** From a linear congruential generator that starts at the sum of the characters of a name. */
export function formulaParameters(model: ModelConfig, { width, offsetOf }: Formula): Parameters {
  return Object.fromEntries(
    [...parameterShapes(model)].map(([name, shape]) => {
      const offset = offsetOf(shape.length === 1 && name.endsWith('.weight'));
      let state = [...name].reduce((sum, character) => sum + character.charCodeAt(0), 0);
      const size = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from({ length: size }, () => {
        state = (Math.imul(1664525, state) + 1013904223) >>> 0;
        return width * (state / 2 ** 32 - 0.5) + offset;
      });
      return [name, values];
    }),
  );
}
