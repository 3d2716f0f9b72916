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
  const tokens = responses.map((response) => [...response.tokens]);
  return { prefillMs: prefill, decodeMs: decode, tokens, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 };
}

/** Time from the start of a run of one kind to the start of a run of another counts as that of the former. */
class PhaseClock {
  readonly #spent = { prefill: 0, decode: 0 };
  #phase: 'prefill' | 'decode' | null = null;
  #since = 0;

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

  finish(): Readonly<Record<'prefill' | 'decode', number>> {
    this.#enter(null);
    return this.#spent;
  }

  #observed(session: Session, phase: 'prefill' | 'decode'): Session {
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

  #enter(phase: 'prefill' | 'decode' | null): void {
    const now = performance.now();
    if (this.#phase !== null) this.#spent[this.#phase] += now - this.#since;
    [this.#phase, this.#since] = [phase, now];
  }
}
