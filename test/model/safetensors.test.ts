import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../harness/model/index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file by the format's own words: header length as 8 little-endian bytes, JSON, data. */
function fileOf(header: unknown, data: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, data]);
}

describe('safetensors', () => {
  it('reads a file written by hand, float16 and bfloat16 included', async () => {
    const path = join(folder, 'hand.safetensors');
    // 1.0 = 3c00 and -2.5 = c100 in float16, smallest subnormal 0001 = 2^-24; 1.0 = 3f80 and -2.5 = c020 in bfloat16.
    const data = Buffer.concat([
      Buffer.from(Float32Array.of(1.5, -2).buffer),
      Buffer.from(Int32Array.of(7).buffer),
      Buffer.from(Uint16Array.of(0x3c00, 0xc100, 0x0001).buffer),
      Buffer.from(Uint16Array.of(0x3f80, 0xc020).buffer),
    ]);
    const header = {
      __metadata__: { step: '12' },
      a: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
      b: { dtype: 'I32', shape: [1], data_offsets: [8, 12] },
      c: { dtype: 'F16', shape: [3], data_offsets: [12, 18] },
      d: { dtype: 'BF16', shape: [2], data_offsets: [18, 22] },
    };
    await writeFile(path, fileOf(header, data));
    const { tensors, metadata } = await readSafetensors(path);
    expect(metadata).toEqual({ step: '12' });
    expect(tensors['a']).toEqual({ shape: [2, 1], data: Float32Array.of(1.5, -2) });
    expect(tensors['b']).toEqual({ shape: [1], data: Int32Array.of(7) });
    expect(tensors['c']?.data).toEqual(Float32Array.of(1, -2.5, 2 ** -24));
    expect(tensors['d']?.data).toEqual(Float32Array.of(1, -2.5));
  });

  it('writes what the format asks for, equal bytes for equal input, and no partial file', async () => {
    const path = join(folder, 'written.safetensors');
    const tensors = { x: { shape: [2], data: Float32Array.of(3, 4) }, y: { shape: [], data: Int32Array.of(-1) } };
    await writeSafetensors(path, tensors, { step: '3' });
    const bytes = await readFile(path);
    const headerLength = Number(bytes.readBigUInt64LE(0));
    expect(headerLength % 8).toBe(0);
    expect(JSON.parse(bytes.toString('utf8', 8, 8 + headerLength))).toEqual({
      __metadata__: { step: '3' },
      x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      y: { dtype: 'I32', shape: [], data_offsets: [8, 12] },
    });
    expect(bytes.readFloatLE(8 + headerLength + 4)).toBe(4);
    expect(bytes.readInt32LE(8 + headerLength + 8)).toBe(-1);
    await writeSafetensors(join(folder, 'again.safetensors'), tensors, { step: '3' });
    expect(await readFile(join(folder, 'again.safetensors'))).toEqual(bytes);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it.each(['float16', 'bfloat16'] as const)('stores %s by rounding once, in half the bytes', async (storage) => {
    const path = join(folder, `${storage}.safetensors`);
    const exact = storage === 'float16' ? 2 ** -10 : 2 ** -7; // one step above 1
    const data = Float32Array.of(1, 1 + exact, 1 + exact / 2, 1 + 1.5 * exact, -3);
    await writeSafetensors(
      path,
      { x: { shape: [5], data }, n: { shape: [1], data: Int32Array.of(2 ** 30 + 1) } },
      {},
      storage,
    );
    const { tensors } = await readSafetensors(path);
    // Half way goes to the even neighbour: 1 below, 1 + 2 steps above. Counts are not narrowed.
    expect(tensors['x']?.data).toEqual(Float32Array.of(1, 1 + exact, 1, 1 + 2 * exact, -3));
    expect(tensors['n']?.data).toEqual(Int32Array.of(2 ** 30 + 1));
    const bytes = await readFile(path);
    expect(bytes.length - 8 - Number(bytes.readBigUInt64LE(0))).toBe(2 * 5 + 4);
  });

  it('reads 16-bit tensors longer than one read', async () => {
    const path = join(folder, 'long.safetensors');
    const length = 2 ** 23 + 5; // a read is 2^24 bytes
    const data = new Float32Array(length);
    for (const place of [0, 2 ** 23 - 1, 2 ** 23, length - 1]) data[place] = place % 97;
    await writeSafetensors(path, { x: { shape: [length], data } }, {}, 'bfloat16');
    const { tensors } = await readSafetensors(path);
    expect(
      Buffer.compare(Buffer.from((tensors['x'] as { data: Float32Array }).data.buffer), Buffer.from(data.buffer)),
    ).toBe(0);
  });

  it('refuses a file cut off anywhere, naming file and sizes', async () => {
    const path = join(folder, 'whole.safetensors');
    await writeSafetensors(path, { x: { shape: [4], data: Float32Array.of(1, 2, 3, 4) } }, {});
    const bytes = await readFile(path);
    const cut = join(folder, 'cut.safetensors');
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(cut, bytes.subarray(0, length));
      await expect(readSafetensors(cut), `${length} bytes`).rejects.toMatchObject({
        name: 'UserError',
        exitCode: 4,
        message: expect.stringMatching(
          length === 0 ? /cut\.safetensors: empty/ : /cut\.safetensors.*expected .*found \d+/,
        ),
      });
    }
    await writeFile(cut, Buffer.concat([bytes, Buffer.from([0])]));
    await expect(readSafetensors(cut)).rejects.toThrow('the header describes 16 data bytes, found 17');
  });

  it('refuses offsets that do not fit their shape, unknown types, and a missing file', async () => {
    const path = join(folder, 'bad.safetensors');
    await writeFile(path, fileOf({ x: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, new Uint8Array(8)));
    await expect(readSafetensors(path)).rejects.toThrow('tensor x: expected 12 bytes, found offsets 0..8');
    await writeFile(path, fileOf({ x: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8)));
    await expect(readSafetensors(path)).rejects.toThrow('expected dtype F32, I32, BF16, F16, found F64');
    await expect(readSafetensors(join(folder, 'none'))).rejects.toMatchObject({ exitCode: 4 });
  });
});
