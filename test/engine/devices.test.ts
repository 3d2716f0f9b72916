import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bestDevice, fastestOf } from '../../harness/engine/device.ts';
import type { DeviceFinding } from '../../harness/engine/device-support.ts';
import {
  chooseDevice,
  describeDevices,
  deviceNames,
  openExecutor,
  readSpeedRecord,
  speedRecordFile,
  type Device,
  type DeviceSpeed,
  type SpeedRecord,
} from '../../harness/engine/index.ts';
import { explainLimit } from '../../harness/engine/onnx/onnxruntime-webgpu.ts';
import { readableFailure } from '../../harness/engine/onnx/readable-failure.ts';
import { adapterOfSummary } from '../../harness/engine/onnx/webgpu-adapter.ts';
import { findingOf } from '../../harness/engine/onnx/webgpu-support.ts';
import * as g from '../../harness/graph/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';

const real: DeviceFinding = { available: true, isSoftware: false, detail: 'a real one', enable: null };
const software: DeviceFinding = { ...real, isSoftware: true, detail: 'llvmpipe' };
const missing: DeviceFinding = { available: false, isSoftware: false, detail: 'not installed', enable: 'install it' };

describe('auto', () => {
  test('takes cuda, else webgpu on a real adapter, and says which', () => {
    expect(bestDevice({ cuda: real, webgpu: real })).toEqual({
      device: 'cuda',
      reason: 'auto: a real one',
      isMeasured: false,
    });
    expect(bestDevice({ cuda: missing, webgpu: real })).toEqual({
      device: 'webgpu',
      reason: 'auto: a real one',
      isMeasured: false,
    });
  });

  test('never takes a software driver, and says what speaks against each', () => {
    expect(bestDevice({ cuda: missing, webgpu: software })).toEqual({
      device: 'cpu',
      reason: 'auto: cuda is not available (not installed); webgpu is a software driver (llvmpipe)',
      isMeasured: false,
    });
    expect(bestDevice({ cuda: missing, webgpu: missing }).device).toBe('cpu');
  });
});

describe('auto on a machine that was measured', () => {
  const cpu: DeviceFinding = { ...real, detail: '16 cores' };
  const card: DeviceFinding = { ...real, detail: 'card' };
  const speedOf = (device: Device, detail: string, pairsPerSecond: number): DeviceSpeed => ({
    device,
    detail,
    pairsPerSecond,
  });
  const record = (...speeds: readonly DeviceSpeed[]): SpeedRecord => ({
    schemaVersion: 1,
    measuredAt: '2026-11-28T01:02:03.000Z',
    size: '5m',
    speeds,
  });

  test('takes the fastest, the CPU too, and says how fast it was', () => {
    const slowCard = record(speedOf('cpu', '16 cores', 120.4), speedOf('webgpu', 'card', 80));
    expect(fastestOf(slowCard, { cpu, webgpu: card, cuda: missing, tfjs: software })).toEqual({
      device: 'cpu',
      reason: 'auto: the fastest measured, 120 pairs/s at 5m on 2026-11-28: 16 cores',
      isMeasured: true,
    });
    const fastCard = record(
      speedOf('cpu', '16 cores', 120),
      speedOf('webgpu', 'card', 800),
      speedOf('cuda', 'card', 90),
    );
    expect(fastestOf(fastCard, { cpu, webgpu: card, cuda: card })?.device).toBe('webgpu');
  });

  test('says nothing of a device that was not measured, or is another one now', () => {
    const measured = record(speedOf('cpu', '16 cores', 120), speedOf('webgpu', 'card', 800));
    expect(fastestOf(measured, { cpu, webgpu: card, cuda: card })).toBeNull();
    expect(fastestOf(measured, { cpu, webgpu: { ...card, detail: 'another card' } })).toBeNull();
    // A card that is gone leaves a smaller choice, and the record still knows all of it.
    expect(fastestOf(measured, { cpu, webgpu: missing })?.device).toBe('cpu');
  });

  test('is read from the cache, and what is no record counts as none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'speeds-'));
    expect(readSpeedRecord(folder)).toBeNull();
    await writeFile(speedRecordFile(folder), JSON.stringify(record(speedOf('cpu', '16 cores', 1))));
    expect(readSpeedRecord(folder)?.speeds).toEqual([speedOf('cpu', '16 cores', 1)]);
    for (const text of ['', '{"schemaVersion": 2, "speeds": []}', '{"schemaVersion": 1}', 'null']) {
      await writeFile(speedRecordFile(folder), text);
      expect(readSpeedRecord(folder)).toBeNull();
    }
    await rm(folder, { recursive: true });
  });
});

test('every device is described, and one that is not there is refused with what the description says', async () => {
  const descriptions = await describeDevices();
  expect(descriptions.map(({ device }) => device)).toEqual(deviceNames);
  expect(descriptions.find(({ device }) => device === 'cpu')).toMatchObject({ available: true, enable: null });
  for (const { device, available, detail, enable } of descriptions) {
    if (available) continue;
    const error: unknown = await openExecutor(device).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ exitCode: 3, message: `device ${device}: not available: ${detail}`, hint: enable });
  }
  expect(await chooseDevice('cpu')).toMatchObject({
    device: 'cpu',
    reason: expect.stringMatching(/^as asked: /) as unknown,
  });
});

/** As `vulkaninfo --summary` prints them, shortened. */
const summary = (...devices: readonly [type: string, name: string][]): string =>
  [
    'VULKANINFO',
    '',
    'Devices:',
    '========',
    ...devices.flatMap(([type, name], index) => [
      `GPU${index}:`,
      '\tapiVersion         = 1.4.305',
      `\tdeviceType         = PHYSICAL_DEVICE_TYPE_${type}`,
      `\tdeviceName         = ${name}`,
      '\tdriverInfo         = 25.0',
    ]),
  ].join('\n');

describe('the adapter', () => {
  test('of several is the one that Dawn takes: discrete before integrated before software', () => {
    expect(
      adapterOfSummary(summary(['CPU', 'llvmpipe'], ['INTEGRATED_GPU', 'small'], ['DISCRETE_GPU', 'large'])),
    ).toMatchObject({ name: 'large, 25.0', isSoftware: false });
    expect(adapterOfSummary(summary(['CPU', 'llvmpipe'], ['INTEGRATED_GPU', 'small']))).toMatchObject({
      name: 'small, 25.0',
      isSoftware: false,
    });
    expect(adapterOfSummary(summary(['CPU', 'llvmpipe']))).toMatchObject({ name: 'llvmpipe, 25.0', isSoftware: true });
    expect(adapterOfSummary('')).toBeNull();
  });

  test('is told with its limits and what matters of its features', () => {
    const adapter = {
      name: 'card',
      isSoftware: false,
      features: ['shader-f16', 'subgroups', 'depth-clip-control'],
      maxBindingBytes: 2 ** 31,
      maxBufferBytes: 2 ** 32,
    };
    expect(findingOf({ failure: null, hasFloat16: true, adapter, missingLibraries: [] })).toEqual({
      available: true,
      isSoftware: false,
      detail: 'card, shader-f16, subgroups, 2048 MiB a binding, 4096 MiB a buffer',
      enable: null,
    });
    expect(
      findingOf({
        failure: 'Failed to get a WebGPU adapter: No supported adapters',
        hasFloat16: false,
        adapter: null,
        missingLibraries: [],
      }),
    ).toMatchObject({
      available: false,
      detail: 'Failed to get a WebGPU adapter: No supported adapters',
      enable: expect.any(String) as unknown,
    });
  });

  test.skipIf(process.platform !== 'linux')('that is missing is told with the libraries that it needs', () => {
    const failure = 'Failed to get a WebGPU adapter: No supported adapters';
    const answer = { failure, hasFloat16: false, adapter: null };
    const withoutLoader = findingOf({ ...answer, missingLibraries: ['libvulkan.so.1', 'libGLX.so.0'] });
    expect(withoutLoader.detail).toBe(`${failure} (not on this machine: libvulkan.so.1, libGLX.so.0)`);
    expect(withoutLoader.enable).toMatch(/^Install what is missing .*libvulkan1/);
    expect(findingOf({ ...answer, missingLibraries: [] }).enable).toMatch(/^Install the Vulkan driver/);
  });
});

describe("the runtime's words", () => {
  /** As version 1.30 says them. */
  const tooLarge =
    "Non-zero status code returned while running Add node. Name:'Add:n' Status Message: " +
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/shader_helper.cc:306 ' +
    'onnxruntime::webgpu::ShaderVariableHelper& onnxruntime::webgpu::ShaderHelper::AddVariableImpl(bool, ' +
    'const std::string&, uint32_t) numbers_storage_buffers_ <= limits_.maxStorageBuffersPerShaderStage was false. Too many storage buffers in shader. Current: 20, Max is 16\n';
  const noAdapter =
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 ' +
    'onnxruntime::webgpu::WebGpuContext::Initialize(const ' +
    'onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == ' +
    'wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n';

  test('keep the node and the sentence, and lose places and signatures', () => {
    expect(readableFailure(new Error(tooLarge))).toBe(
      "Non-zero status code returned while running Add node. Name:'Add:n' Status Message: " +
        'Too many storage buffers in shader. Current: 20, Max is 16',
    );
    expect(readableFailure(new Error(noAdapter))).toBe('Failed to get a WebGPU adapter: No supported adapters');
    expect(readableFailure('plain')).toBe('plain');
  });

  test('are followed by the tensors that are too large for a device, with their sizes', () => {
    const state = (
      [
        ['embedding', 1 << 19, undefined],
        ['head', 1 << 18, 'float16'],
        ['norm', 1, undefined],
      ] as const
    ).map(([name, rows, storage]) => {
      const input = g.input(name, [rows, 512]);
      return { name, input, next: g.exp(input), ...(storage && { storage }) };
    });
    const program = g.programOf({ outputs: {}, state });
    expect(explainLimit(readableFailure(tooLarge), program)).toContain(
      "maxStorageBufferBindingSize takes several of a shader's few bindings, " +
        'and the largest states are "embedding" (1024 MiB), "head" (256 MiB), "norm" (1 MiB)',
    );
    expect(explainLimit('the shapes do not fit', program)).toBe('');
  });
});
