/**
 * Engines that run tensor programs: ONNX Runtime on the CPU and on GPUs, tfjs, and a float64 reference in plain
 * TypeScript.
 */
export {
  chooseDevice,
  describeDevices,
  deviceNames,
  executorOf,
  measurableDevices,
  openExecutor,
  type ChosenDevice,
  type Device,
  type DeviceDescription,
  type OpenedExecutor,
} from './device.ts';
export { readSpeedRecord, speedRecordFile, type DeviceSpeed, type SpeedRecord } from './speed-record.ts';
export { deviceStorages } from './device-storage.ts';
export type { CompileOptions, Executor, Feed, Feeds, FillState, Session, Values } from './executor.ts';
export { fillState } from './fill-state.ts';
export { onnxruntimeCpu } from './onnx/onnxruntime-cpu.ts';
export { evaluateProgram, referenceExecutor } from './reference/reference-executor.ts';
export type { DenseArray } from './reference/array.ts';
export { allocatorEnvironment } from './allocator.ts';
export { installTfjs, type InstalledTfjs, type TfjsInstall } from './tfjs-install/install-tfjs.ts';
export { stageIn } from './tfjs-install/staging.ts';
export { callTool, type Environment, type ToolAnswer } from './tfjs-install/tool.ts';
