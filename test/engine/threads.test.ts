import { describe, expect, it } from 'vitest';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { add, input, programOf, scatterAddRows, type Tensor } from '../../harness/graph/index.ts';

const [rows, width, updates] = [64, 32, 4000] as const;
// Whole numbers well below 2^24: every order of additions gives the same float32 sum, so that a lost one cannot hide
// behind rounding.
const values = Float32Array.from({ length: updates * width }, (_, index) => index % 7);
const indices = Int32Array.from({ length: updates }, (_, index) => (index * index) % rows);
const expected = new Float32Array(rows * width);
values.forEach((value, index) => {
  expected[(indices[Math.floor(index / width)] as number) * width + (index % width)]! += value;
});

async function summed(
  build: (sum: Tensor, like: Tensor) => Tensor,
  threads: number,
): Promise<Float32Array | undefined> {
  const like = input('like', [rows, width]);
  const program = programOf({
    outputs: {
      sum: build(scatterAddRows(input('updates', ['N', width]), input('indices', ['N'], 'int32'), like), like),
    },
    state: [],
  });
  const session = await onnxruntimeCpu().compile(program, { threads });
  const feeds = {
    updates: { data: values, shape: [updates, width] },
    indices: { data: indices, shape: [updates] },
    like: { data: new Float32Array(rows * width), shape: [rows, width] },
  };
  const { sum } = await session.run(feeds);
  await session.release();
  return sum;
}

describe.each([1, 2, 4])('rows that repeat, added with %i threads', (threads) => {
  it('lose no addition', async () => {
    // Several runs: threads have to meet in one row for an addition to be lost.
    for (let run = 0; run < 5; run++) expect(await summed((sum) => sum, threads)).toEqual(expected);
  });

  it('lose none onto another tensor either', async () => {
    for (let run = 0; run < 5; run++) expect(await summed((sum, like) => add(sum, like), threads)).toEqual(expected);
  });
});
