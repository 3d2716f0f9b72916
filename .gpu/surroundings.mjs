// Libraries and files that drivers need and a bare machine may lack: the system's where it has them, else those packed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where drivers say that they are there; NVIDIA's container runtime uses the last two. */
const driverFolders = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
const nvidiaFolders = ['/usr/local/nvidia/share/vulkan/icd.d', '/usr/local/nvidia/etc/vulkan/icd.d'];
const eglVendor = '/usr/local/nvidia/share/glvnd/egl_vendor.d/10_nvidia.json';

/** `env` for every part; `told` for the report. */
export function surroundings(root, folder) {
  const system = systemLibraries();
  const added = packedLibraries(root).filter((name) => !system.has(name));
  const libraries = path.join(folder, 'lib');
  mkdirSync(libraries);
  for (const name of added) symlinkSync(path.join(root, 'lib', name), path.join(libraries, name));
  const driver = driverFile(system, folder);
  const libraryPath = [...(added.length > 0 ? [libraries] : []), process.env.LD_LIBRARY_PATH ?? ''].filter(Boolean);
  return {
    env: {
      ...process.env,
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? folder,
      ...(libraryPath.length > 0 && { LD_LIBRARY_PATH: libraryPath.join(':') }),
      ...(driver !== null && { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver }),
      ...(existsSync(eglVendor) && { __EGL_VENDOR_LIBRARY_FILENAMES: eglVendor }),
    },
    told: { packedLibraries: added, vulkanDriver: driver ?? process.env.VK_ICD_FILENAMES ?? 'as the system says' },
  };
}

/** Names that the dynamic loader knows; empty where it does not tell, so that everything packed is used. */
function systemLibraries() {
  for (const ldconfig of ['ldconfig', '/sbin/ldconfig', '/usr/sbin/ldconfig'])
    try {
      const listed = execFileSync(ldconfig, ['-p'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return new Set(listed.split('\n').flatMap((line) => /^\s+(\S+) \(libc6,x86-64/.exec(line)?.[1] ?? []));
    } catch {
      // The next place.
    }
  return new Set();
}

function packedLibraries(root) {
  const folder = path.join(root, 'lib');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.includes('.so')) : [];
}

/** null: the loader finds drivers by itself, or was told by the caller. */
function driverFile(system, folder) {
  if (process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES) return null;
  if (driverFolders.some(hasNvidia)) return null;
  const found = nvidiaFolders.filter(hasNvidia).map((place) => path.join(place, 'nvidia_icd.json'))[0];
  if (found !== undefined) return found;
  const library = ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0'].find((name) => system.has(name));
  if (library === undefined) return null;
  // A driver without its description, as where only its libraries are let into a container.
  const written = path.join(folder, 'nvidia_icd.json');
  const description = { file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.3.0' } };
  writeFileSync(written, JSON.stringify(description));
  return written;
}

function hasNvidia(folder) {
  return existsSync(path.join(folder, 'nvidia_icd.json'));
}
