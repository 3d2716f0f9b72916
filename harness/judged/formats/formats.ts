/**
 * The formats of files with scores. To add one: write its file and name it here, before `plain`, which reads the rest.
 */
import { judgeBench } from './judgebench.ts';
import { plain } from './plain.ts';
import { rewardMath } from './rewardmath.ts';
import type { Fields, ScoreFormat } from './score-format.ts';
import { themis } from './themis.ts';

export const scoreFormats: readonly ScoreFormat[] = [themis, rewardMath, judgeBench, plain];

/** The format of a row with these fields. */
export function formatOfRow(fields: Fields): ScoreFormat {
  return scoreFormats.find((format) => format.recognizes(fields)) ?? plain;
}
