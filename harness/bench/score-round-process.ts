/**
 * The entry of a process that scores the questions of a file once and sends the result to its parent: a fresh process
 * for every round of a comparison.
 */
import { scoreOnce, type ScoreRoundRequest } from './score-round.ts';

const result = await scoreOnce(JSON.parse(process.argv[2] ?? '{}') as ScoreRoundRequest);
process.send?.(result, undefined, undefined, () => process.disconnect());
