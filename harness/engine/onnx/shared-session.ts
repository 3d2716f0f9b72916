/** Which sessions can share state: those of one provider. */
import type { CompileOptions } from '../executor.ts';
import { OnnxSession } from './onnx-session.ts';
import type { StateMemory } from './state-memory.ts';

export function sharedSession({ stateOf }: CompileOptions, memory: StateMemory, executor: string): OnnxSession | null {
  if (stateOf === undefined) return null;
  if (stateOf instanceof OnnxSession && stateOf.memory === memory) return stateOf;
  throw new Error(`compile: stateOf is a session of another executor than ${executor}`);
}
