import { describe, expect, it } from 'vitest';
import { referenceExecutor, type Executor } from '../../harness/engine/index.ts';
import { add, constant, input, programOf, type Program } from '../../harness/graph/index.ts';
import { SessionCache } from '../../harness/train/index.ts';

/** A counter: adds `by` to its state at every run. */
const counter = (by: number) => (): Program => {
  const total = input('total', [1]);
  const next = add(total, constant({ shape: [1], data: [by] }));
  return programOf({ outputs: { next }, state: [{ name: 'total', input: total, next }] });
};

/** The reference executor, noting what it compiles and releases. */
function observed(): { readonly executor: Executor; readonly compiled: () => number; readonly released: () => number } {
  let [compiled, released] = [0, 0];
  const reference = referenceExecutor();
  const executor: Executor = {
    name: 'observed',
    compile: async (program, options) => {
      compiled += 1;
      const session = await reference.compile(program, options);
      return {
        ...bound(session),
        release: async () => {
          released += 1;
          await session.release();
        },
      };
    },
  };
  return { executor, compiled: () => compiled, released: () => released };
}

function bound(session: Awaited<ReturnType<Executor['compile']>>): Awaited<ReturnType<Executor['compile']>> {
  return {
    setState: (values) => session.setState(values),
    run: (feeds) => session.run(feeds),
    getState: () => session.getState(),
    release: () => session.release(),
  };
}

describe('SessionCache', () => {
  it('compiles once for stages that follow one another', async () => {
    const { executor, compiled, released } = observed();
    const cache = new SessionCache(executor, { threads: 1 });
    for (let stage = 0; stage < 3; stage++) (await cache.acquire('one', counter(1))).done();
    expect(compiled()).toBe(1);
    await cache.release();
    expect(released()).toBe(1);
  });

  it('never lends one session to two at once: each keeps its own state', async () => {
    const { executor, compiled } = observed();
    const cache = new SessionCache(executor, { threads: 1 });
    const [a, b] = await Promise.all([cache.acquire('one', counter(1)), cache.acquire('one', counter(1))]);
    await a.session.run({});
    await a.session.run({});
    expect((await b.session.run({}))['next']).toEqual(Float32Array.of(1));
    expect(compiled()).toBe(2);
    a.done();
    b.done();
    await cache.release();
  });

  it('drops the least recently used idle session beyond its capacity, never a busy one', async () => {
    const { executor, compiled, released } = observed();
    const cache = new SessionCache(executor, { threads: 1, capacity: 2 });
    const busy = await cache.acquire('busy', counter(1));
    for (const key of ['a', 'b', 'c']) (await cache.acquire(key, counter(1))).done();
    expect([compiled(), released()]).toEqual([4, 2]); // a and b made room
    expect((await busy.session.run({}))['next']).toEqual(Float32Array.of(1));
    (await cache.acquire('c', counter(1))).done();
    expect(compiled()).toBe(4);
    await cache.release();
  });

  it('does not keep a program that failed to compile', async () => {
    const cache = new SessionCache(observed().executor, { threads: 1 });
    await expect(
      cache.acquire('one', () => {
        throw new Error('no program');
      }),
    ).rejects.toThrow('no program');
    const lease = await cache.acquire('one', counter(2));
    expect((await lease.session.run({}))['next']).toEqual(Float32Array.of(2));
    await cache.release();
  });
});
