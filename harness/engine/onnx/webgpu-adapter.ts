/**
 * Which adapter the WebGPU provider takes. ONNX Runtime does not tell, so name and limits come from the `webgpu`
 * package (Dawn's binding for Node) where that is installed, else from `vulkaninfo`, else from the device files.
 */
import { readdirSync } from 'node:fs';
import { outputOf, tryProvider, type AdapterFacts, type ProviderAnswer } from './try-provider.ts';

export async function probeWebgpu(): Promise<ProviderAnswer> {
  const answer = await tryProvider('webgpu');
  const adapter = answer.failure === null ? (answer.adapter ?? (await fromVulkaninfo()) ?? fromDeviceFiles()) : null;
  return { ...answer, adapter };
}

/**
 * The first device of `vulkaninfo --summary`: a discrete GPU before an integrated one before a software driver, as Dawn
 * chooses.
 */
async function fromVulkaninfo(): Promise<AdapterFacts | null> {
  if (process.platform !== 'linux') return null;
  return adapterOfSummary(await outputOf('vulkaninfo', ['--summary']));
}

/** Exported for its test. */
export function adapterOfSummary(summary: string): AdapterFacts | null {
  const preference = ['DISCRETE_GPU', 'INTEGRATED_GPU', 'VIRTUAL_GPU', 'OTHER', 'CPU'];
  const devices = summary
    .split(/^GPU\d+:/m)
    .slice(1)
    .map((section) => ({
      type: /deviceType\s*=\s*PHYSICAL_DEVICE_TYPE_(\w+)/.exec(section)?.[1] ?? 'OTHER',
      name: [/deviceName\s*=\s*(.+)/.exec(section)?.[1], /driverInfo\s*=\s*(.+)/.exec(section)?.[1]]
        .filter(Boolean)
        .join(', '),
    }));
  const [best] = devices.toSorted((a, b) => preference.indexOf(a.type) - preference.indexOf(b.type));
  return best === undefined
    ? null
    : { name: best.name, isSoftware: best.type === 'CPU', features: [], maxBindingBytes: null, maxBufferBytes: null };
}

/**
 * Where nothing tells the name: on Linux a GPU shows as a render node; elsewhere the system's own interface (Metal,
 * D3D12) drives a real one.
 */
function fromDeviceFiles(): AdapterFacts {
  const isSoftware = process.platform === 'linux' && !hasFile('/dev/dri', /^renderD/) && !hasFile('/dev', /^nvidia\d/);
  const name = isSoftware
    ? 'a software Vulkan driver (no GPU device file is here)'
    : `an adapter of unknown name (${process.platform})`;
  return { name, isSoftware, features: [], maxBindingBytes: null, maxBufferBytes: null };
}

function hasFile(folder: string, pattern: RegExp): boolean {
  try {
    return readdirSync(folder).some((file) => pattern.test(file));
  } catch {
    return false;
  }
}
