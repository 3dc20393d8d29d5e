import { parentPort, workerData } from 'node:worker_threads';
import { RUNTIME_VERSION } from '../runtime';
import { StoredGraphs } from '../storedGraphs';
import type { LaneSetup } from './messages';
import { serveLane } from './serveLane';

const { graphs, writesGraphs } = workerData as LaneSetup;
const stored = graphs === null ? null : StoredGraphs.open(graphs, RUNTIME_VERSION).catch(() => null);

serveLane(parentPort!, async () => {
  const store = await stored;
  return store && { session: (model, options, create) => store.session(model, options, create, writesGraphs) };
});
