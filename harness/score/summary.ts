/**
 * What a run of scoring amounts to, gathered row by row: counts, the mean reward, and for rows of pairs how often the
 * chosen response won.
 */
import { hash } from 'node:crypto';
import { KeyTable } from '../data/index.ts';
import { jsonText } from '../text/index.ts';
import { accuracyOfPairs, type RewardedPair } from '../eval/index.ts';
import { wilsonInterval, type Interval } from '../stats/index.ts';
import { responseName } from './encode-row.ts';
import type { RowRewards } from './score-file.ts';

export interface PairSummary {
  readonly pairs: number;
  /** Share of pairs with a positive margin; a tie counts as none. */
  readonly pairwiseAccuracy: number;
  /** Of `pairwiseAccuracy`; null with fewer than two pairs. */
  readonly interval: Interval | null;
  readonly pairwiseAccuracyHalfCredit: number;
  readonly tieRate: number;
  readonly meanMargin: number;
}

export interface ScoreSummary {
  readonly rows: number;
  readonly responses: number;
  /** Null where a reward is not finite. */
  readonly meanReward: number | null;
  readonly nonFiniteRewards: number;
  /** Pairs whose chosen response is the rejected one: their margin is 0 whatever the model. */
  readonly equalPairs: number;
  /** Rows with the id of a row before them. */
  readonly repeatedIds: number;
  /** Rows with prompt and responses of a row before them. */
  readonly repeatedRows: number;
  /** Null without pairs, and where a reward is not finite: an accuracy over the rest would hide a broken model. */
  readonly pairs: PairSummary | null;
}

/** The line of output for a row; a reward that is not finite is null. */
export function rewardRecord({ place, id, row, rewards }: RowRewards): Readonly<Record<string, unknown>> {
  const start = { ...(id === null ? {} : { id }), [place.unit]: place.number };
  const values = [...rewards].map((reward) => (Number.isFinite(reward) ? reward : null));
  if (row.kind === 'response') return { ...start, reward: values[0] ?? null };
  if (row.kind === 'pair') return { ...start, ...pairRecord(values) };
  return { ...start, rewards: values, best: values.includes(null) ? null : bestOf(rewards) };
}

function pairRecord([rewardChosen = null, rewardRejected = null]: readonly (number | null)[]): Readonly<
  Record<string, number | null>
> {
  const margin = rewardChosen === null || rewardRejected === null ? null : rewardChosen - rewardRejected;
  return { rewardChosen, rewardRejected, margin };
}

/** Index of the highest reward, the first of equals. */
function bestOf(rewards: Float32Array): number {
  return rewards.reduce((best, reward, index) => (reward > (rewards[best] ?? NaN) ? index : best), 0);
}

/** The same for people: a line for each response. */
export function rewardCells({ place, id, row, rewards }: RowRewards): readonly {
  readonly place: number;
  readonly id: string | null;
  readonly response: string;
  readonly reward: number;
}[] {
  return [...rewards].map((reward, index) => ({
    place: place.number,
    id: id === null ? null : String(id),
    response: responseName(row, index),
    reward,
  }));
}

export class SummaryBuilder {
  #rows = 0;
  #nonFinite = 0;
  #rewardSum = 0;
  #responses = 0;
  readonly #pairs: RewardedPair[] = [];
  #equalPairs = 0;
  readonly #ids = new Repeats();
  readonly #contents = new Repeats();

  add({ id, row, rewards }: RowRewards): void {
    this.#rows += 1;
    if (id !== null) this.#ids.see(jsonText(id));
    this.#contents.see(jsonText([row.kind, row.prompt, row.responses]));
    if (row.kind === 'pair' && jsonText(row.responses[0]) === jsonText(row.responses[1])) this.#equalPairs += 1;
    this.#responses += rewards.length;
    this.#nonFinite += rewards.filter((reward) => !Number.isFinite(reward)).length;
    for (const reward of rewards) this.#rewardSum += reward;
    if (row.kind === 'pair')
      this.#pairs.push({ chosen: { reward: rewards[0] ?? NaN }, rejected: { reward: rewards[1] ?? NaN } });
  }

  finish(): ScoreSummary {
    const isSound = this.#nonFinite === 0;
    return {
      rows: this.#rows,
      responses: this.#responses,
      nonFiniteRewards: this.#nonFinite,
      equalPairs: this.#equalPairs,
      repeatedIds: this.#ids.count,
      repeatedRows: this.#contents.count,
      meanReward: isSound ? this.#rewardSum / this.#responses : null,
      pairs: isSound && this.#pairs.length > 0 ? pairSummary(this.#pairs) : null,
    };
  }
}

/** Counts what was there before, in 24 bytes of memory each. */
class Repeats {
  #seen = 0;
  readonly #keys = new KeyTable();

  get count(): number {
    return this.#seen - this.#keys.count;
  }

  see(text: string): void {
    const digest = hash('sha256', text, 'buffer');
    this.#seen += 1;
    this.#keys.numberOf(Uint32Array.of(digest.readUInt32LE(0), digest.readUInt32LE(4)));
  }
}

function pairSummary(pairs: readonly RewardedPair[]): PairSummary {
  const { n, strict, halfCredit, tieRate, meanMargin } = accuracyOfPairs(pairs);
  return {
    pairs: n,
    pairwiseAccuracy: strict,
    interval: wilsonInterval(strict, n, { unit: 'pairs' }),
    pairwiseAccuracyHalfCredit: halfCredit,
    tieRate,
    meanMargin,
  };
}
