/**
 * Tries a provider of ONNX Runtime in a process of its own: a driver or a library may print, take seconds or end the
 * process. It runs x + x in float32 and in float16, with falling back to the CPU switched off.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { encodeModel, type ElementType } from './encode-protobuf.ts';

export interface ProviderAnswer {
  /** null: programs run; otherwise why they do not. */
  readonly failure: string | null;
  readonly hasFloat16: boolean;
  /** What the `webgpu` package (Dawn's binding for Node) says of the adapter, where it is asked and installed. */
  readonly adapter: AdapterFacts | null;
  /** Where WebGPU failed on Linux: those of `driverLibraries` that this machine does not have. */
  readonly missingLibraries: readonly string[];
}

/** The Vulkan loader, and what NVIDIA's driver loads beside it. */
export const driverLibraries = ['libvulkan.so.1', 'libEGL.so.1', 'libGLX.so.0', 'libGLdispatch.so.0'] as const;

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

export async function tryProvider(provider: 'webgpu' | 'cuda'): Promise<ProviderAnswer> {
  try {
    const { stdout } = await execute(process.execPath, [...argumentsFor(provider)], {
      timeout: timeoutMs,
      env: quietEnvironment(),
    });
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)) as ProviderAnswer;
  } catch (error) {
    const failure = `the process that tries it ${endOf(error as ProcessError)}`;
    return { failure, hasFloat16: false, adapter: null, missingLibraries: [] };
  }
}

interface ProcessError {
  readonly signal?: string | null;
  readonly killed?: boolean;
  readonly message: string;
}

function endOf({ signal, killed, message }: ProcessError): string {
  if (killed === true) return `gave no answer in ${timeoutMs / 1000} s`;
  return signal ? `was ended by ${signal}` : `failed: ${message.split('\n')[0] ?? ''}`;
}

function argumentsFor(provider: 'webgpu' | 'cuda'): readonly string[] {
  const isWebgpu = provider === 'webgpu';
  return [
    '--input-type=commonjs',
    '--eval',
    script,
    require.resolve('onnxruntime-node'),
    provider,
    addition('float32'),
    addition('float16'),
    isWebgpu ? (pathOf('webgpu') ?? '') : '',
    isWebgpu && process.platform === 'linux' ? driverLibraries.join() : '',
  ];
}

/** What a command prints; empty where it is not installed or fails. */
export async function outputOf(command: string, args: readonly string[]): Promise<string> {
  return await execute(command, [...args], { timeout: timeoutMs, env: quietEnvironment() }).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

function pathOf(packageName: string): string | null {
  try {
    return require.resolve(packageName);
  } catch {
    return null;
  }
}

/** Mesa complains without a runtime folder. */
function quietEnvironment(): NodeJS.ProcessEnv {
  return { XDG_RUNTIME_DIR: '/tmp', ...process.env };
}

const script = `
const [packagePath, provider, float32, float16, dawnPath, libraries] = process.argv.slice(1);
delete globalThis.Float16Array; // Of Node 24: see load-runtime.ts.
const runs = async (model, feed) => {
  const { InferenceSession, Tensor } = require(packagePath);
  const options = { executionProviders: [provider], logSeverityLevel: 4, extra: { session: { disable_cpu_ep_fallback: '1' } } };
  const session = await InferenceSession.create(Buffer.from(model, 'base64'), options);
  const { y } = await session.run({ x: feed(Tensor) });
  return Array.from(y.data).join();
};
const facts = async () => {
  if (dawnPath === '') return null;
  try {
    const { create, globals } = await import(require('node:url').pathToFileURL(dawnPath).href);
    Object.assign(globalThis, globals);
    const { info, features, limits } = await create([]).requestAdapter({ powerPreference: 'high-performance' });
    const { description, device, vendor, architecture } = info;
    return {
      name: description || device || vendor,
      isSoftware: info.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|software/i.test(description + device + architecture),
      features: [...features], maxBindingBytes: limits.maxStorageBufferBindingSize, maxBufferBytes: limits.maxBufferSize,
    };
  } catch { return null; }
};
// A library that is there loads, and is then refused for not being an addon.
const isMissing = (library) => {
  try { process.dlopen({ exports: {} }, library); return false; }
  catch ({ message }) { return /cannot open shared object/.test(message); }
};
(async () => {
  let failure = null, hasFloat16 = false, adapter = null;
  try {
    const sum = await runs(float32, (Tensor) => new Tensor('float32', Float32Array.of(1, 2), [2]));
    if (sum !== '2,4') failure = 'it computes 1 + 1, 2 + 2 as ' + sum;
    adapter = await facts();
    // 1, 2 and 4 are 0x3c00, 0x4000 and 0x4400 in float16.
    hasFloat16 = await runs(float16, (Tensor) => new Tensor('float16', Uint16Array.of(0x3c00, 0x4000), [2])).then((bits) => bits === '16384,17408', () => false);
  } catch (error) { failure = String(error.message); }
  const wanted = failure === null || libraries === '' ? [] : libraries.split(',');
  const missingLibraries = wanted.filter(isMissing);
  require('node:fs').writeSync(1, '\\n' + JSON.stringify({ failure, hasFloat16, adapter, missingLibraries }));
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
