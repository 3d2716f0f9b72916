/** What stages cost, in time and memory. Loaded only when something is to run: it brings the training room along. */
export { expectMemory, expectPlan, forecastBasis, type Expectation, type ExpectOptions } from './expectation.ts';
export { availableMemory, type AvailableMemory } from './available-memory.ts';
export { refuseTooLarge } from './refuse-too-large.ts';
