/**
 * A wheel and an npm package of the same build as the real ones, and a few kilobytes: two shared libraries with one
 * function between them, one header, an addon that asks for the version, and tfjs' own kernels in plain JavaScript.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

export interface FakeWheel {
  readonly name?: string;
  readonly version?: string;
  readonly platform?: string;
  readonly isCuda?: boolean;
  /** C source of libtensorflow_cc; null leaves the library out, and a text that is no source is the library. */
  readonly library?: { readonly source: string } | { readonly bytes: string } | null;
  readonly header?: string;
  /** What RECORD says of the library in place of its digest. */
  readonly digest?: string;
}

const rightHeader = '#pragma once\n#include "tensorflow/c/more.h"\n';
const moreHeader = 'const char* TF_Version(void);\n';

export const versionSource = (version: string): { readonly source: string } => ({
  source: `const char* TF_Version(void) { return "${version}"; }\n`,
});

/** The wheel's file. */
export function fakeWheel(folder: string, wheel: FakeWheel = {}): string {
  const { name = 'tensorflow-cpu', version = '2.21.0', platform = `manylinux_2_27_${architecture}` } = wheel;
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`;
  const library = wheel.library === undefined ? { bytes: 'no library' } : wheel.library;
  const files: Record<string, Buffer> = {
    'tensorflow/include/tensorflow/c/c_api.h': Buffer.from(wheel.header ?? rightHeader),
    'tensorflow/include/tensorflow/c/more.h': Buffer.from(moreHeader),
    'tensorflow/include/tensorflow/c/eager/c_api.h': Buffer.from('#pragma once\n'),
    'tensorflow/include/tensorflow/never/used.h': Buffer.from('#error'),
    'tensorflow/python/platform/build_info.py': Buffer.from(
      `build_info = dict([('is_cuda_build', ${wheel.isCuda === true ? 'True' : 'False'})])`,
    ),
    'tensorflow/libtensorflow_framework.so.2': isSource(library)
      ? compiled(folder, 'libtensorflow_framework.so.2', '')
      : Buffer.from('no library'),
    ...(library === null
      ? {}
      : {
          'tensorflow/libtensorflow_cc.so.2': isSource(library)
            ? compiled(folder, 'libtensorflow_cc.so.2', library.source)
            : Buffer.from(library.bytes),
        }),
    [`${info}/METADATA`]: Buffer.from(
      `Metadata-Version: 2.4\nName: ${name.replaceAll('-', '_')}\nVersion: ${version}\n`,
    ),
    [`${info}/WHEEL`]: Buffer.from(`Wheel-Version: 1.0\nTag: cp311-cp311-${platform}\n`),
  };
  const record = Object.entries(files).map(([file, bytes]) => {
    const digest = file.endsWith('_cc.so.2') ? (wheel.digest ?? digestOf(bytes)) : digestOf(bytes);
    return `${file},sha256=${digest},${bytes.length}`;
  });
  const file = path.join(folder, `${info.replace('.dist-info', '')}-cp311-cp311-${platform}.whl`);
  writeFileSync(file, zipOf({ ...files, [`${info}/RECORD`]: Buffer.from(record.join('\n')) }));
  return file;
}

function isSource(library: FakeWheel['library']): library is { readonly source: string } {
  return library !== null && library !== undefined && 'source' in library;
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

function compiled(folder: string, soname: string, source: string): Buffer {
  const place = mkdtempSync(path.join(folder, 'library-'));
  const [from, to] = [path.join(place, 'library.c'), path.join(place, soname)];
  writeFileSync(from, source);
  execFileSync('gcc', ['-shared', '-fPIC', `-Wl,-soname,${soname}`, '-o', to, from]);
  return readFileSync(to);
}

/** Every second entry is stored, the others are deflated. */
export function zipOf(files: Readonly<Record<string, Buffer>>): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  Object.entries(files).forEach(([name, bytes], index) => {
    const isDeflated = index % 2 === 0;
    const packed = isDeflated ? deflateRawSync(bytes) : bytes;
    // From "version needed" to "length of the extra field": the same in both headers.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isDeflated ? 8 : 0, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name));
    const local = [Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed];
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  });
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** A folder that npm installs in place of @tensorflow/tfjs-node. Built against version "wrong", its softmax squares. */
export function fakePackage(folder: string): string {
  const place = path.join(folder, 'package');
  const project = path.resolve(import.meta.dirname, '../../package.json');
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0', main: 'index.js' }),
    'binding.gyp': bindingGyp,
    'binding/addon.c': addonSource,
    'index.js': `
      const { TF_Version } = require('./lib/napi-v8/tfjs_binding.node');
      const require_ = require('node:module').createRequire(${JSON.stringify(project)});
      const tf = require_('@tensorflow/tfjs-core');
      const { MathBackendCPU } = require_('@tensorflow/tfjs-backend-cpu');
      const kernels = tf.getKernelsForBackend('cpu');
      const square = kernels.find(({ kernelName }) => kernelName === 'Square').kernelFunc;
      const wrong = { kernelFunc: ({ inputs, backend }) => square({ inputs: { x: inputs.logits }, backend }) };
      for (const kernel of kernels) {
        const isWrong = TF_Version === 'wrong' && kernel.kernelName === 'Softmax';
        tf.registerKernel({ ...kernel, ...(isWrong ? wrong : {}), backendName: 'tensorflow' });
      }
      tf.registerBackend('tensorflow', () => Object.assign(new MathBackendCPU(), { binding: { TF_Version } }));
      module.exports = tf;
    `,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
    writeFileSync(path.join(place, file), text);
  }
  return place;
}

const addonSource = `
#include <node_api.h>
#include "tensorflow/c/c_api.h"
static napi_value begin(napi_env env, napi_value exports) {
  napi_value version;
  napi_create_string_utf8(env, TF_Version(), NAPI_AUTO_LENGTH, &version);
  napi_set_named_property(env, exports, "TF_Version", version);
  return exports;
}
NAPI_MODULE(tfjs_binding, begin)
`;

const bindingGyp = `{
  'targets': [{
    'target_name': 'tfjs_binding',
    'sources': ['binding/addon.c'],
    'include_dirs': ['<(module_root_dir)/deps/include'],
    'library_dirs': ['<(module_root_dir)/deps/lib'],
    'libraries': ['-Wl,-rpath,\\\\$$ORIGIN/../../deps/lib', '-ltensorflow', '-ltensorflow_framework'],
  }, {
    'target_name': 'action_after_build',
    'type': 'none',
    'dependencies': ['<(module_name)'],
    'copies': [{ 'files': ['<(PRODUCT_DIR)/<(module_name).node'], 'destination': '<(module_path)' }],
  }],
}
`;
