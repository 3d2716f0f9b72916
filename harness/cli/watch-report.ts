/** `harness report --watch`: the report of an experiment on loopback, made anew whenever something was recorded. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collect } from '../record/index.ts';
import { renderedFiles, type ReportKinds } from '../report/index.ts';
import { listenForStop } from '../run/index.ts';
import { UserError } from '../spec/user-error.ts';
import { readStageState, readSweepLease } from '../store/index.ts';
import { count, plural } from '../text/index.ts';
import type { CliContext } from './context.ts';
import { timeLeftHere } from './expect-here.ts';
import { experimentStatuses, type ExperimentStatus } from './experiment-status.ts';
import { LivePage } from './live-page.ts';

export interface Watched {
  readonly experiment: string;
  readonly resultsFolder: string;
  kinds(): Promise<ReportKinds>;
  readonly port: number;
}

const everyMs = 2_000;
/** Of a failure's log. */
const shownLines = 5;

/** Until a signal. @throws UserError (3) where the port cannot be had, (5) where nothing of the experiment is there. */
export async function watchReport(context: CliContext, watched: Watched): Promise<void> {
  const page = new LivePage();
  const left = new TimeLeftSeen(watched);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const stopListening = listenForStop(undefined, { onStop: stop, onKill: stop });
  try {
    await look(page, watched, { left, isFirst: true });
    context.print(`the report of ${watched.experiment}: ${await listened(page, watched.port)} (Ctrl-C ends it)`);
    while (!abort.signal.aborted) {
      await sleep(everyMs, undefined, { signal: abort.signal }).catch(() => {});
      if (!abort.signal.aborted)
        await look(page, watched, { left, isFirst: false }).catch((error: unknown) => page.tell(String(error)));
    }
  } finally {
    page.close();
    stopListening();
  }
}

async function listened(page: LivePage, port: number): Promise<string> {
  try {
    return await page.listen(port);
  } catch (cause) {
    throw new UserError(`port ${port} cannot be had: ${cause instanceof Error ? cause.message : String(cause)}`, {
      exitCode: 3,
      hint: 'Give another one with --port, or none: then a free one is taken.',
      cause,
    });
  }
}

/** A forecast over a thousand stages takes a second or more. */
const forecastEveryMs = 30_000;

/** The time left of the sweep that runs, asked for now and then. */
class TimeLeftSeen {
  readonly #watched: Watched;
  #text: string | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  async text(): Promise<string | null> {
    const { experiment, resultsFolder } = this.#watched;
    if (readSweepLease(resultsFolder)?.experiment !== experiment) return null;
    if (performance.now() - this.#askedAt < forecastEveryMs) return this.#text;
    // A record that cannot be planned here has a report all the same.
    this.#text = await timeLeftHere(experiment, resultsFolder).catch(() => null);
    this.#askedAt = performance.now();
    return this.#text;
  }
}

async function look(
  page: LivePage,
  { experiment, resultsFolder, kinds }: Watched,
  { left, isFirst }: { readonly left: TimeLeftSeen; readonly isFirst: boolean },
): Promise<void> {
  const { read, removed } = await collect(resultsFolder);
  if (isFirst || read + removed > 0)
    page.show(await renderedFiles({ experiment, resultsFolder, kinds: await kinds() }));
  const { experiments, stageNames } = await experimentStatuses(resultsFolder, [experiment]);
  const timeLeft = await left.text();
  page.tell(experiments.map((one) => stateOf(one, { resultsFolder, names: stageNames, timeLeft })).join('\n'));
}

function stateOf(
  { stages, running, failed }: ExperimentStatus,
  {
    resultsFolder,
    names,
    timeLeft,
  }: {
    readonly resultsFolder: string;
    readonly names: ReadonlyMap<string, string>;
    readonly timeLeft: string | null;
  },
): string {
  const sweep = readSweepLease(resultsFolder);
  const done = stages.done + stages.diverged;
  const nameOf = (id: string): string => `${names.get(id) ?? ''} ${id}`.trim();
  return [
    `${sweep === null ? 'No sweep is running' : `A sweep of ${sweep.experiment} is running`}: ` +
      `${count(done)} of ${plural(stages.total, 'stage')} done, ${stages.running} running, ` +
      `${stages.failed} failed${timeLeft === null ? '' : `; ${timeLeft}`}.`,
    ...running.map(({ stageId, step, steps, loss, tokensPerSecond }) => {
      const at = step === null ? '' : `, step ${count(step)}${steps === null ? '' : ` of ${count(steps)}`}`;
      const speed = tokensPerSecond === null ? '' : `, ${count(Math.round(tokensPerSecond))} tokens/s`;
      return `running  ${nameOf(stageId)}${at}${loss === null ? '' : `, loss ${loss.toFixed(4)}`}${speed}`;
    }),
    ...failed.flatMap(({ stageId, errorClass, message }) => [
      `failed (${errorClass})  ${nameOf(stageId)}: ${message}`,
      ...lastLines(resultsFolder, stageId).map((line) => `    ${line}`),
    ]),
  ].join('\n');
}

function lastLines(resultsFolder: string, id: string): readonly string[] {
  const state = readStageState(resultsFolder, id);
  return typeof state === 'object' && 'failed' in state ? state.failed.lastLines.slice(-shownLines) : [];
}
