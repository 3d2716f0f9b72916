// node weights.mjs SIZE FOLDER: the initial weights of a yardstick model as a folder that peer.py reads.
import { yardstick } from '../dist/bench/yardstick.js';
import { initParameters, saveModelFolder } from '../dist/model/index.js';

const [size, folder] = process.argv.slice(2);
const model = yardstick(size);
await saveModelFolder(folder, { model, parameters: initParameters(model, 0) });
