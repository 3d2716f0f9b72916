/**
 * The time left of a running sweep: the forecast that `plan` gives, with the stages of this sweep among the records as
 * soon as they say something.
 */
import { forecast, type ForecastBasis, type StageProgress, type TimedStage } from '../plan/index.ts';
import type { Schedule } from './schedule.ts';
import type { TimeLeft } from './sweep-types.ts';

/** Progress comes many times a second, and a forecast over a thousand stages takes some 10 ms. */
const everySeconds = 1;
/** The share of the time that goes into forecasts, at most: a twentieth. */
const pause = 20;
/** A running stage counts as a record once it has done this share of its steps, in this time. */
const tellingFraction = 0.1;
const tellingSeconds = 5;

interface RunningStage {
  readonly startedSeconds: number;
  /** Share of the steps that earlier attempts have done; null until a later attempt says where it goes on. */
  readonly resumedAt: number | null;
  readonly fraction: number;
}

export class TimeLeftOfSweep {
  readonly #basis: ForecastBasis;
  readonly #schedule: Schedule;
  readonly #now: () => number;
  readonly #finished: TimedStage[] = [];
  readonly #running = new Map<string, RunningStage>();
  #latest: { readonly atSeconds: number; readonly tookSeconds: number; readonly left: TimeLeft } | null = null;
  /** Whether a stage has ended since the latest forecast. */
  #isStale = false;

  /** @param now Seconds of any clock that goes forward. */
  constructor(basis: ForecastBasis, schedule: Schedule, now = (): number => performance.now() / 1000) {
    this.#basis = basis;
    this.#schedule = schedule;
    this.#now = now;
  }

  started(stageId: string, attempt: number): void {
    this.#running.set(stageId, { startedSeconds: this.#now(), resumedAt: attempt === 1 ? 0 : null, fraction: 0 });
  }

  progressed(stageId: string, fraction: number): void {
    const stage = this.#running.get(stageId);
    if (stage === undefined) return;
    this.#running.set(stageId, { ...stage, resumedAt: stage.resumedAt ?? fraction, fraction });
  }

  /** A stage that was done in one attempt becomes a record. */
  ended(stageId: string, isCompleted: boolean): void {
    const stage = this.#running.get(stageId);
    this.#running.delete(stageId);
    this.#isStale = true;
    if (stage !== undefined && isCompleted && stage.resumedAt === 0)
      this.#finished.unshift(...this.#timed(stageId, this.#now() - stage.startedSeconds));
  }

  /** Of all that is pending or running, as the workers will share it. */
  get(): TimeLeft {
    const now = this.#now();
    if (this.#latest !== null && now - this.#latest.atSeconds < this.#pauseSeconds(this.#latest.tookSeconds))
      return this.#latest.left;
    const timed = [...this.#runningAsTimed(now), ...this.#finished, ...this.#basis.timed];
    const { wall, low, high } = forecast({ ...this.#basis, timed }, (id) => this.#progressOf(id, now));
    const left = { seconds: wall.seconds, low, high };
    this.#latest = { atSeconds: now, tookSeconds: this.#now() - now, left };
    this.#isStale = false;
    return left;
  }

  #pauseSeconds(tookSeconds: number): number {
    return this.#isStale ? pause * tookSeconds : Math.max(everySeconds, pause * tookSeconds);
  }

  #progressOf(id: string, now: number): StageProgress | null {
    const status = this.#schedule.statusOf(id);
    if (status !== 'pending' && status !== 'running') return null;
    const stage = this.#running.get(id);
    return { fraction: stage?.fraction ?? 0, elapsedSeconds: stage === undefined ? 0 : now - stage.startedSeconds };
  }

  #runningAsTimed(now: number): readonly TimedStage[] {
    return [...this.#running].flatMap(([id, { startedSeconds, resumedAt, fraction }]) => {
      const share = fraction - (resumedAt ?? fraction);
      const elapsed = now - startedSeconds;
      return share < tellingFraction || elapsed < tellingSeconds ? [] : this.#timed(id, elapsed / share);
    });
  }

  #timed(id: string, seconds: number): readonly TimedStage[] {
    const work = this.#basis.works.get(id);
    return work === undefined ? [] : [{ ...work, seconds, isCurrent: true }];
  }
}
