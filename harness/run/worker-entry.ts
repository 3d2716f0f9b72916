/** The file a worker process starts with: the real stages, served. Its argument names who computes for them. */
import { backends } from '../backends/index.ts';
import { stageLibrary } from './stage-library.ts';
import { serveStages } from './worker.ts';

serveStages(stageLibrary(backends.find(({ name }) => name === process.argv[2])));
