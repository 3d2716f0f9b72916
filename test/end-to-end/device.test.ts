/**
 * The same sweep on the CPU and on a WebGPU adapter: the same stages and fingerprints, results that agree, and a device
 * that changes nothing that is done.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describeDevices } from '../../harness/engine/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { copyOf, fixtureCache } from './fixture-corpus.ts';

const webgpu = (await describeDevices()).find(({ device }) => device === 'webgpu');
if (webgpu?.available !== true) console.log(`skipped: webgpu is not available: ${webgpu?.detail}`);

test.skipIf(webgpu?.available !== true)(
  'a sweep on webgpu gives the results of the CPU to rounding',
  async () => {
    const [cache, folder] = [fixtureCache(), mkdtempSync(path.join(tmpdir(), 'harness-device-'))];
    const spec = copyOf(path.join(import.meta.dirname, 'nano.yaml'), folder);
    const harness = (results: string, ...argv: readonly string[]): Promise<CapturedRun> =>
      captured(argv, {
        HARNESS_CACHE: cache,
        HARNESS_RESULTS: path.join(folder, results),
        HARNESS_REPORTS: path.join(folder, `${results}-reports`),
      });
    // One seed, pretrained and not; without tuning, which chooses between two learning rates that differ in the eighth
    // digit here.
    const sweep = [
      'sweep',
      spec,
      '-s',
      'seeds=[1]',
      '-s',
      'sweep.axes.pretraining=scratch,pmp-16',
      '-s',
      'select=null',
      '--json',
    ];
    const onCpu = await harness('cpu', ...sweep);
    const onGpu = await harness('webgpu', ...sweep, '--device', 'webgpu');
    expect(onGpu.stderr).toContain('device webgpu (as asked: ');
    expect([onCpu.exitCode, onGpu.exitCode]).toEqual([0, 0]);
    expect(documentOf(onGpu)['counts']).toEqual(documentOf(onCpu)['counts']);

    const stagesOf = (results: string): readonly string[] =>
      readdirSync(path.join(folder, results, 'store')).toSorted();
    expect(stagesOf('webgpu')).toEqual(stagesOf('cpu'));
    const trained = stagesOf('webgpu').find((stage) => stage.startsWith('finetune')) ?? '';
    const provenance = JSON.parse(
      readFileSync(path.join(folder, 'webgpu', 'store', trained, 'provenance.json'), 'utf8'),
    ) as unknown;
    expect(provenance).toMatchObject({
      execution: { device: 'webgpu', workers: 1, deviceReason: `as asked: ${webgpu?.detail}` },
      engines: { 'onnxruntime-node': expect.any(String) as unknown },
    });

    const losses = async (results: string): Promise<readonly number[]> => {
      const rows = documentOf(
        await harness(results, 'sql', "select value from metrics where name = 'train/loss' order by all", '--json'),
      )['rows'] as { value: number }[];
      return rows.map(({ value }) => value);
    };
    const [expected, found] = [await losses('cpu'), await losses('webgpu')];
    expect(found.length).toBeGreaterThan(2);
    expect(found).toHaveLength(expected.length);
    found.forEach((loss, index) =>
      expect(Math.abs(loss - (expected[index] ?? NaN)), `loss ${index}`).toBeLessThan(1e-5),
    );

    const onCpuAgain = await harness('webgpu', ...sweep, '--device', 'cpu');
    expect(documentOf(onCpuAgain)['counts']).toMatchObject({ ran: 0 });
    for (const place of [cache, folder]) rmSync(place, { recursive: true });
  },
  240_000,
);
