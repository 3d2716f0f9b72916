/**
 * Which tfjs backend there is: the best one that loads and computes right, and why the better ones were passed over.
 * All of them are driven through one API. The two native packages are builds in the cache (`harness doctor --install`),
 * or optional peers, which download libtensorflow when they are installed.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildsOf, buildsVariable, type NativePackage } from './builds.ts';

export type Tf = typeof import('@tensorflow/tfjs-core');
export type TfTensor = import('@tensorflow/tfjs-core').Tensor;

/** From best to worst; the first that works is taken. */
const tfjsBackends = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;
export type TfjsBackendName = (typeof tfjsBackends)[number];
/** How to import each that may be taken; given only to try one, and to test what happens where one is missing. */
export type TfjsLoaders = Readonly<Partial<Record<TfjsBackendName, () => Promise<Tf>>>>;

export interface TfjsBackend {
  readonly tf: Tf;
  readonly name: TfjsBackendName;
  readonly usesGpu: boolean;
  /** What was taken, at which version, and why nothing better. */
  readonly detail: string;
  /** Makes it the one that the API's functions run on: a process may have opened several. */
  activate(): void;
}

/** tfjs keeps one global engine a process, and cannot start two backends at a time. */
let opened: Promise<unknown> = Promise.resolve();

/** @throws Error with every reason where not even the backend in plain JavaScript loads. */
export async function openBackend(loaders: TfjsLoaders = installedPackages): Promise<TfjsBackend> {
  const opening = opened.then(() => firstThatWorks(loaders));
  opened = opening.catch(() => null);
  return await opening;
}

async function firstThatWorks(loaders: TfjsLoaders): Promise<TfjsBackend> {
  const passed: string[] = [];
  for (const name of tfjsBackends) {
    const load = loaders[name];
    if (load === undefined) continue;
    try {
      return await tryBackend(name, load, passed);
    } catch (reason) {
      passed.push(`${name}: ${firstLine(reason)}`);
    }
  }
  throw new Error(`no tfjs backend works: ${passed.join('; ')}`);
}

/** What tfjs calls the backend that each package registers. */
const keys: Readonly<Record<TfjsBackendName, string>> = {
  'tfjs-node-gpu': 'tensorflow',
  'tfjs-node': 'tensorflow',
  wasm: 'wasm',
  cpu: 'cpu',
};

const installedPackages: TfjsLoaders = {
  'tfjs-node-gpu': () => importNative('tfjs-node-gpu'),
  'tfjs-node': () => importNative('tfjs-node'),
  wasm: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    return await import('@tensorflow/tfjs-core');
  },
  cpu: async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    return await import('@tensorflow/tfjs-core');
  },
};

/** Read by libtensorflow when it is loaded; what the caller has set stays. */
const nativeSettings: Readonly<Record<string, string>> = {
  // Products in full float32, as everywhere else: they would round their factors to 10 bits (TF32) on cards that can.
  NVIDIA_TF32_OVERRIDE: '0',
  // Otherwise the first process takes the whole memory of the card, and a sweep has several workers.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  // Warnings and errors, but no greetings.
  TF_CPP_MIN_LOG_LEVEL: '1',
};

/** The build in the cache, else the peer, else an error of Node's. */
async function importNative(name: NativePackage): Promise<Tf> {
  const [build] = buildsOf(name, process.env[buildsVariable]);
  if (build !== undefined) return loadNative(name, build.folder);
  prepareEnvironment();
  // A variable, because the package need not be installed for this to compile.
  const specifier = `@tensorflow/${name}`;
  const loaded = (await import(specifier)) as { readonly default?: Tf } & Tf;
  return loaded.default ?? loaded;
}

/** The package as it was built in `folder`, with the tfjs-core that it brings: one process may hold two of them. */
export async function loadNative(name: NativePackage, folder: string): Promise<Tf> {
  prepareEnvironment();
  return createRequire(join(folder, 'package.json'))(`@tensorflow/${name}`) as Tf;
}

function prepareEnvironment(): void {
  for (const [variable, value] of Object.entries(nativeSettings)) process.env[variable] ??= value;
}

async function tryBackend(
  name: TfjsBackendName,
  load: () => Promise<Tf>,
  passed: readonly string[],
): Promise<TfjsBackend> {
  const tf = await load();
  // Otherwise tfjs prints an advertisement when it first runs in Node.
  tf.enableProdMode();
  const key = keys[name];
  const started = await withoutNewListeners(() => tf.setBackend(key));
  if (!started) throw new Error(`tfjs could not start its backend "${key}"`);
  // A backend that was started once is switched to before the call returns.
  const activate = (): void => void (tf.getBackend() === key || tf.setBackend(key));
  await expectRightProduct(tf);
  const usesGpu =
    name === 'tfjs-node-gpu' && (tf.backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
  const device =
    name === 'tfjs-node-gpu' ? `, ${usesGpu ? 'on the GPU' : 'but TensorFlow finds no GPU and runs on the CPU'}` : '';
  const why = passed.length === 0 ? '' : ` (passed over: ${passed.join('; ')})`;
  const detail = `tfjs ${tf.version_core}, backend ${name}${libraryVersion(tf)}${device}${why}`;
  return { tf, name, usesGpu, detail, activate };
}

/** Of TensorFlow, which only the native backends have. */
function libraryVersion(tf: Tf): string {
  const { binding } = tf.backend() as { readonly binding?: { readonly TF_Version?: string } };
  return binding?.TF_Version === undefined ? '' : ` on TensorFlow ${binding.TF_Version}`;
}

/**
 * The wasm module puts handlers of its own on uncaught errors, which print its whole source and change the exit code;
 * they are taken off again.
 */
async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = new Map(events.map((event) => [event, new Set(process.rawListeners(event))]));
  try {
    return await start();
  } finally {
    for (const event of events) {
      for (const listener of process.rawListeners(event))
        if (!before.get(event)?.has(listener)) process.off(event, listener as () => void);
    }
  }
}

/**
 * A package may load and still fail at the first operation, as a native one built for another libtensorflow or Node
 * does.
 */
async function expectRightProduct(tf: Tf): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])));
  const found = [...(await product.data())];
  product.dispose();
  // [1 2; 3 4] [5 6; 7 8] = [19 22; 43 50]
  if (found.join() !== '19,22,43,50')
    throw new Error(`a product of two matrices came out as ${found.join(', ')} instead of 19, 22, 43, 50`);
}

function firstLine(reason: unknown): string {
  const isMissing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(
    String((reason as { readonly code?: unknown }).code),
  );
  if (isMissing) return 'not installed';
  const text =
    reason instanceof Error ? reason.message : String((reason as { readonly message?: unknown }).message ?? reason);
  return text.split('\n')[0] ?? '';
}
