/** The file a worker process starts with: the real stages, served. */
import { stageLibrary } from './stage-library.ts';
import { serveStages } from './worker.ts';

serveStages(stageLibrary());
