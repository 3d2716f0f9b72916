/** What a person reads when a driver gives up: texts as drivers and providers say them. */
import { describe, expect, test } from 'vitest';
import { driverFailure } from '../../harness/engine/onnx/driver-failure.ts';
import { readableFailure } from '../../harness/engine/onnx/readable-failure.ts';
import { UserError } from '../../harness/spec/user-error.ts';

/** Of ONNX Runtime 1.30, when vkQueueSubmit or vkAllocateMemory of a driver fails. */
const download = (status: string): string =>
  '/onnxruntime_src/onnxruntime/core/providers/webgpu/buffer_manager.cc:641 void ' +
  'onnxruntime::webgpu::BufferManager::Download(WGPUBuffer, void*, size_t) const map_async_result.status == ' +
  'wgpu::MapAsyncStatus::Success was false. Failed to download data from buffer. ' +
  `wgpu::MapAsyncStatus value: ${status}\n`;

const cases = [
  ['webgpu', download('4, message: [Device] is lost.'), 'the driver lost the device', 'Run the same command again'],
  ['cuda', 'CUDA failure 700: an illegal memory access was encountered', 'the driver lost the device', 'nvidia-smi'],
  [
    'webgpu',
    download('3, message: [Invalid Buffer (unlabeled)] is invalid due to a previous error.'),
    'the device has no memory left',
    'pairsPerStep',
  ],
  [
    'cuda',
    'BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 524288000',
    'the device has no memory left',
    '--device cpu',
  ],
  ['webgpu', 'Failed to get a WebGPU adapter: No supported adapters', 'no driver offers an adapter', 'harness doctor'],
] as const;

describe('a driver that gives up', () => {
  test.each(cases)('of %s: %s', (device, text, meaning, hint) => {
    const cause = new Error(text);
    const failure = driverFailure(device, `run: ONNX Runtime failed: ${readableFailure(cause)}`, cause);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ exitCode: 3, cause });
    expect(failure?.message).toMatch(new RegExp(`^device ${device}: ${meaning}: run: ONNX Runtime failed: `));
    expect(failure?.message).not.toContain('onnxruntime_src');
    expect(failure?.hint).toContain(hint);
  });

  test('is not seen in an error of the program', () => {
    expect(driverFailure('webgpu', 'run: the shapes [2] and [3] do not fit', new Error())).toBeNull();
    expect(
      driverFailure('webgpu', 'Too many storage buffers in shader. Current: 20, Max is 16', new Error()),
    ).toBeNull();
  });
});
