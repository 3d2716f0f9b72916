/** The file a worker process starts with: the real stages, served. */
import { stageFunctions } from '../stages/index.ts';
import { serveStages } from './worker.ts';

serveStages(stageFunctions);
