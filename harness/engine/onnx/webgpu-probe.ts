/**
 * Looks for a WebGPU adapter in a process of its own: a driver may print, take seconds or end the process. ONNX Runtime tells nothing about the adapter it took,
 * so name and limits come from the `webgpu` package (Dawn's binding for Node) where that is installed, else from `vulkaninfo`, else from the device files.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { encodeModel, type ElementType } from './encode-protobuf.ts';

export interface WebgpuProbe {
  /** null: programs run; otherwise why they do not. */
  readonly failure: string | null;
  readonly hasFloat16: boolean;
  readonly adapter: AdapterFacts | null;
}

export interface AdapterFacts {
  readonly name: string;
  readonly isSoftware: boolean;
  readonly features: readonly string[];
  /** Bytes of one binding; ONNX Runtime splits larger tensors among several. null where unknown. */
  readonly maxBindingBytes: number | null;
  readonly maxBufferBytes: number | null;
}

const timeoutMs = 60_000;
const require = createRequire(import.meta.url);
const execute = promisify(execFile);

export async function probeWebgpu(): Promise<WebgpuProbe> {
  const answer = await askChild();
  const adapter = answer.failure === null ? (answer.adapter ?? (await fromVulkaninfo()) ?? fromDeviceFiles()) : null;
  return { ...answer, adapter };
}

async function askChild(): Promise<WebgpuProbe> {
  try {
    const args = ['--input-type=commonjs', '--eval', script, require.resolve('onnxruntime-node'), addition('float32'), addition('float16'), pathOf('webgpu') ?? ''];
    const { stdout } = await execute(process.execPath, args, { timeout: timeoutMs, env: childEnvironment() });
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)) as WebgpuProbe;
  } catch (error) {
    const { signal, killed, message } = error as { signal?: string | null; killed?: boolean; message: string };
    const why = killed === true ? `gave no answer in ${timeoutMs / 1000} s` : signal ? `ended by ${signal}` : (message.split('\n')[0] ?? '');
    return { failure: `the probing process: ${why}`, hasFloat16: false, adapter: null };
  }
}

function pathOf(packageName: string): string | null {
  try {
    return require.resolve(packageName);
  } catch {
    return null;
  }
}

/** Mesa complains without a runtime folder. */
function childEnvironment(): NodeJS.ProcessEnv {
  return { XDG_RUNTIME_DIR: '/tmp', ...process.env };
}

/** Runs x + x on the device, in float32 and float16, with falling back to the CPU switched off. */
const script = `
const [packagePath, float32, float16, dawnPath] = process.argv.slice(1);
const runs = async (model, feed) => {
  const { InferenceSession, Tensor } = require(packagePath);
  const options = { executionProviders: ['webgpu'], logSeverityLevel: 4, extra: { session: { disable_cpu_ep_fallback: '1' } } };
  const session = await InferenceSession.create(Buffer.from(model, 'base64'), options);
  const { y } = await session.run({ x: feed(Tensor) });
  return Array.from(y.data).join();
};
const facts = async () => {
  if (dawnPath === '') return null;
  try {
    const { create, globals } = await import(require('node:url').pathToFileURL(dawnPath).href);
    Object.assign(globalThis, globals);
    const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
    const { description, device, vendor, architecture } = adapter.info;
    return { name: description || device || vendor, isSoftware: adapter.info.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|software/i.test(description + device + architecture),
      features: [...adapter.features], maxBindingBytes: adapter.limits.maxStorageBufferBindingSize, maxBufferBytes: adapter.limits.maxBufferSize };
  } catch { return null; }
};
(async () => {
  let failure = null, hasFloat16 = false, adapter = null;
  try {
    const sum = await runs(float32, (Tensor) => new Tensor('float32', Float32Array.of(1, 2), [2]));
    if (sum !== '2,4') failure = 'it computes 1 + 1, 2 + 2 as ' + sum;
    adapter = await facts();
    // 1.0 and 2.0 are 0x3c00 and 0x4000 in float16.
    hasFloat16 = await runs(float16, (Tensor) => new Tensor('float16', Uint16Array.of(0x3c00, 0x4000), [2])).then((bits) => bits === '16384,17408', () => false);
  } catch (error) { failure = String(error.message); }
  process.stdout.write('\\n' + JSON.stringify({ failure, hasFloat16, adapter }), () => process.exit(0));
})();
`;

function addition(type: ElementType): string {
  const model = encodeModel({
    nodes: [{ op: 'Add', domain: '', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }],
    inputs: [{ name: 'x', type, shape: [2] }],
    outputs: [{ name: 'y', type, shape: [2] }],
    initializers: [],
    operatorSets: { '': 21 },
  });
  return Buffer.from(model).toString('base64');
}

/** The first device of `vulkaninfo --summary`: a discrete GPU before an integrated one before a software driver, as Dawn chooses. */
async function fromVulkaninfo(): Promise<AdapterFacts | null> {
  if (process.platform !== 'linux') return null;
  const text = await execute('vulkaninfo', ['--summary'], { timeout: timeoutMs, env: childEnvironment() }).then(({ stdout }) => stdout, () => '');
  return adapterOfSummary(text);
}

/** Exported for its test. */
export function adapterOfSummary(summary: string): AdapterFacts | null {
  const preference = ['DISCRETE_GPU', 'INTEGRATED_GPU', 'VIRTUAL_GPU', 'OTHER', 'CPU'];
  const devices = summary.split(/^GPU\d+:/m).slice(1).map((section) => ({
    type: /deviceType\s*=\s*PHYSICAL_DEVICE_TYPE_(\w+)/.exec(section)?.[1] ?? 'OTHER',
    name: [/deviceName\s*=\s*(.+)/.exec(section)?.[1], /driverInfo\s*=\s*(.+)/.exec(section)?.[1]].filter(Boolean).join(', '),
  }));
  const [best] = devices.toSorted((a, b) => preference.indexOf(a.type) - preference.indexOf(b.type));
  return best === undefined ? null : { name: best.name, isSoftware: best.type === 'CPU', features: [], maxBindingBytes: null, maxBufferBytes: null };
}

/** Where nothing tells the name: on Linux a GPU shows as a render node; elsewhere the system's own interface (Metal, D3D12) drives a real one. */
function fromDeviceFiles(): AdapterFacts {
  const isSoftware = process.platform === 'linux' && !hasFile('/dev/dri', /^renderD/) && !hasFile('/dev', /^nvidia\d/);
  const name = isSoftware ? 'a software Vulkan driver (no GPU device file is here)' : `an adapter of unknown name (${process.platform})`;
  return { name, isSoftware, features: [], maxBindingBytes: null, maxBufferBytes: null };
}

function hasFile(folder: string, pattern: RegExp): boolean {
  try {
    return readdirSync(folder).some((file) => pattern.test(file));
  } catch {
    return false;
  }
}
