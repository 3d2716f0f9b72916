/** The 16-bit floats live in `graph`, beside the storage kinds they belong to: model files are stored in them too. */
export { narrow, widen, type HalfStorage } from '../graph/index.ts';
