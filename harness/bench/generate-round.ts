/** One round of ours: greedy generation, with the time of prefill and of decode apart. */
import type { Executor, Session } from '../engine/index.ts';
import { generateResponses, type Prompt } from '../generate/index.ts';
import type { SavedModel } from '../model/index.ts';

export interface RoundOptions extends SavedModel {
  readonly executor: Executor;
  readonly threads: number;
  readonly batch: number;
  readonly workload: { readonly newTokens: number };
}

/** Without compiling and loading. */
export interface GenerateRound {
  readonly prefillMs: number;
  readonly decodeMs: number;
  /** Of all threads: what means something on a busy machine too. */
  readonly prefillCpuMs: number;
  readonly decodeCpuMs: number;
  readonly peakMemoryBytes: number;
  readonly tokens: readonly (readonly number[])[];
}

export async function generateRound(options: RoundOptions, prompts: readonly Prompt[]): Promise<GenerateRound> {
  const { model, parameters, threads, batch, workload } = options;
  const clock = new PhaseClock();
  const responses = await generateResponses(
    { model, parameters, executor: clock.timed(options.executor), threads },
    prompts,
    { temperature: 0, topP: 1, maxTokens: workload.newTokens, seed: 0, endToken: -1 },
    { batch },
  );
  const { prefill, decode } = clock.finish();
  return {
    prefillMs: prefill.wallMs,
    decodeMs: decode.wallMs,
    prefillCpuMs: prefill.cpuMs,
    decodeCpuMs: decode.cpuMs,
    tokens: responses.map((response) => [...response.tokens]),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

type Phase = 'prefill' | 'decode';

interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Time from the start of a run of one kind to the start of a run of another counts as that of the former. */
class PhaseClock {
  readonly #spent: Record<Phase, Spent> = { prefill: { wallMs: 0, cpuMs: 0 }, decode: { wallMs: 0, cpuMs: 0 } };
  #phase: Phase | null = null;
  #since: Spent = { wallMs: 0, cpuMs: 0 };

  /** Programs that read padded prompts are prefill. */
  timed(executor: Executor): Executor {
    return {
      name: executor.name,
      compile: async (program, compileOptions) => {
        const isPrefill = program.inputs.some(({ attributes }) => attributes.name === 'padIndex');
        return this.#observed(await executor.compile(program, compileOptions), isPrefill ? 'prefill' : 'decode');
      },
    };
  }

  finish(): Readonly<Record<Phase, Spent>> {
    this.#enter(null);
    return this.#spent;
  }

  #observed(session: Session, phase: Phase): Session {
    return {
      setState: (values) => session.setState(values),
      getState: () => session.getState(),
      run: (feeds) => {
        if (this.#phase !== phase) this.#enter(phase);
        return session.run(feeds);
      },
      release: () => {
        this.#enter(null);
        return session.release();
      },
    };
  }

  #enter(phase: Phase | null): void {
    const { user, system } = process.cpuUsage();
    const now = { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
    if (this.#phase !== null) this.#spent[this.#phase] = sum(this.#spent[this.#phase], now, this.#since);
    [this.#phase, this.#since] = [phase, now];
  }
}

/** `before` and what passed from `start` to `end`. */
function sum(before: Spent, end: Spent, start: Spent): Spent {
  return {
    wallMs: before.wallMs + end.wallMs - start.wallMs,
    cpuMs: before.cpuMs + end.cpuMs - start.cpuMs,
  };
}
