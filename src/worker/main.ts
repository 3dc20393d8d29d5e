import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { analyze } from '../analysis/analyze';
import { clusterSettings, runOnCluster } from '../analysis/cluster/runOnCluster';
import { compareModels } from '../analysis/compare/compareModels';
import { expectTime } from '../analysis/expectedTime';
import { findData } from '../analysis/findData';
import { inspect } from '../analysis/inspect';
import { checkpointFiles } from '../analysis/path/checkpointFiles';
import { followPath } from '../analysis/path/followPath';
import { measurePoint } from '../analysis/point/measurePoint';
import { prepare } from '../analysis/prepare';
import { cudaState, installCuda, removeCuda } from '../analysis/providerLibraries';
import { previewData } from '../analysis/previewData';
import { providers } from '../analysis/providers';
import { ask } from '../analysis/questions/ask';
import { verify } from '../analysis/verify';
import { weightStatistics } from '../analysis/weightStatistics';
import { serve } from './serve';

// The worker ends when the extension host is gone, since nobody is left to answer.
process.on('disconnect', () => process.exit());

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
serve(connection, {
  prepare,
  analyze: (model, options, hooks) =>
    options.cluster
      ? runOnCluster({ command: 'analyze', places: [model], options }, clusterSettings(options), hooks)
      : analyze(model, options, hooks),
  ask,
  compare: compareModels,
  follow: followPath,
  measurePoint,
  findCheckpoints: checkpointFiles,
  inspect,
  describeWeights: weightStatistics,
  findData,
  previewData,
  expectTime,
  verify,
  providers,
  cudaState,
  installCuda,
  removeCuda,
});
