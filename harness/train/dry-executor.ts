/**
 * An executor that computes nothing: it notes which programs would run on arrays of which sizes, and answers with
 * zeros. What a step costs then follows from the code that will run it, whatever that code does with a batch.
 */
import type { CompileOptions, Executor, Feeds, Session, Values } from '../engine/index.ts';
import { bindSizes, sizeUnder, type Program, type Sizes } from '../graph/index.ts';

export interface DryRun {
  readonly program: Program;
  readonly sizes: Sizes;
}

export class DryExecutor implements Executor {
  readonly name = 'dry';
  /** As the CPU does. */
  readonly updatesInPlace = true;
  readonly programs: Program[] = [];
  /** Since the last `takeRuns`. */
  #runs: DryRun[] = [];

  compile(program: Program, _options?: CompileOptions): Promise<Session> {
    this.programs.push(program);
    return Promise.resolve({
      setState: () => {},
      run: (feeds) => Promise.resolve(this.#run(program, feeds)),
      getState: () => Promise.resolve({}),
      release: () => Promise.resolve(),
    });
  }

  takeRuns(): readonly DryRun[] {
    const runs = this.#runs;
    this.#runs = [];
    return runs;
  }

  #run(program: Program, feeds: Feeds): Values {
    const sizes = fedSizes(program, feeds);
    this.#runs.push({ program, sizes });
    const all = bindSizes(program, sizes);
    return Object.fromEntries(
      Object.entries(program.outputs).map(([name, { shape }]) => [name, new Float32Array(sizeUnder(shape, all))]),
    );
  }
}

/** The size of each symbol, read off the fed arrays. */
function fedSizes({ inputs }: Program, feeds: Feeds): Sizes {
  const sizes: Record<string, number> = {};
  for (const { attributes, shape } of inputs) {
    const feed = feeds[attributes.name];
    if (typeof feed !== 'object') continue;
    shape.forEach((dim, axis) => {
      const size = feed.shape[axis];
      if (typeof dim === 'string' && size !== undefined) sizes[dim] = size;
    });
  }
  return sizes;
}
