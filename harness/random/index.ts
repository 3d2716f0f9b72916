export { philox4x32, randomStream, type RandomStream } from './random.ts';
