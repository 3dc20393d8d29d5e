import { npzFile } from '../../src/data/testing/npyFile';
import { SAMPLES } from '../../src/extension/samples';
import { writeModel } from '../../src/onnx/write';
import { sourceGraph } from '../unit/sourceGraph';
import * as criticalPoints from './criticalPoints';
import * as depth from './depth';
import type { SampleParts } from './parts';
import * as recurrent from './recurrent';
import * as regressions from './regressions';
import * as units from './units';

/** How each sample is made. */
const MAKERS: Readonly<Record<string, () => SampleParts>> = {
  'strict-minimum': criticalPoints.strictMinimum,
  saddle: criticalPoints.saddle,
  'degenerate-saddle': criticalPoints.degenerateSaddle,
  maximum: criticalPoints.maximum,
  plateau: depth.plateau,
  'ill-conditioned': regressions.illConditioned,
  'flat-minimum': criticalPoints.flatMinimum,
  'sharp-minimum': criticalPoints.sharpMinimum,
  'edge-of-stability': regressions.edgeOfStability,
  'vanishing-gradient': depth.vanishingGradient,
  'exploding-gradient': depth.explodingGradient,
  'rnn-vanishing': recurrent.rnnVanishing,
  'rnn-exploding': recurrent.rnnExploding,
  cliff: recurrent.cliff,
  'gradient-noise': regressions.gradientNoise,
  symmetry: units.symmetry,
  rescaling: units.rescaling,
  'dead-units': units.deadUnits,
  saturation: units.saturation,
  initialization: depth.initialization,
  'local-global': criticalPoints.localGlobal,
  'numerical-trouble': criticalPoints.numericalTrouble,
  surrogate: regressions.surrogate,
  overfitting: regressions.overfitting,
};

/** The files of every sample by their paths below `media/samples`. The same bytes each time. */
export function sampleFiles(): Map<string, Uint8Array> {
  return new Map(SAMPLES.flatMap(({ name, about }) => filesOf(name, about.join(' '), MAKERS[name]())));
}

function filesOf(name: string, about: string, { graph, data, test, options }: SampleParts): [string, Uint8Array][] {
  const source = sourceGraph(graph);
  const { bytes } = writeModel({
    graph: { ...source, outputs: source.outputs.map((output) => ({ name: output, dtype: null, shape: null })) },
    opset: source.opsets[''],
    opsets: source.opsets,
    externalFrom: Infinity,
  });
  const testName = `${name}-test.npz`;
  const sidecar = { about, data: `${name}.npz`, ...(test ? { testData: testName } : {}), ...options };
  return [
    [`${name}/${name}.onnx`, bytes],
    [`${name}/${name}.npz`, npzFile(data)],
    ...(test ? [[`${name}/${testName}`, npzFile(test)] satisfies [string, Uint8Array]] : []),
    [`${name}/${name}.landscape.json`, new TextEncoder().encode(`${JSON.stringify(sidecar, null, 2)}\n`)],
  ];
}
