import type { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { lower } from '../../src/lower/lower';
import { sizeOf, tensor } from '../../src/graph/tensor';
import { chooseClassAxis } from '../../src/loss/classAxis';
import type { LossHead } from '../../src/loss/head';
import { lossHead } from '../../src/loss/head';
import { layerEnd } from '../../src/loss/layerEnd';
import type { Prediction } from '../../src/loss/prediction';
import { NUMBERS } from '../../src/loss/prediction';
import { predictionOf } from '../../src/loss/predictionOf';
import type { LossGraph } from '../../src/objective/run/lossGraph';
import {
  gaussNewtonProduct,
  gradient,
  hessianProduct,
  lossSums,
  TARGET,
  WEIGHTS,
} from '../../src/objective/run/lossGraph';
import type { LossName } from '../../src/options/options';
import { node, sourceGraph, weights } from './sourceGraph';
import type { Below, Spelling } from './spellings';

const SAMPLES = 5;
const FEATURES = 4;
const SHAPES: Record<Below, number[]> = { rows: [SAMPLES, 3], tokens: [SAMPLES, 2, 3], one: [SAMPLES, 1] };

/** A lowered linear model whose prediction is written in one spelling. */
export interface SpelledModel {
  g: GraphBuilder;
  x: Value;
  theta: Value;
  /** The model's output. */
  output: Value;
  /** Logits of the same function. */
  plain: Value;
  prediction: Prediction;
}

export async function spelledModel(spelling: Spelling, engine: Engine): Promise<SpelledModel> {
  const { below, nodes, constants = {}, opset = 17, plain = [] } = spelling;
  const shape = SHAPES[below];
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [...shape.slice(0, -1), FEATURES]);
  const theta = g.input('W', 'float32', [FEATURES, shape[shape.length - 1]]);
  const parts = { nodes: [node('MatMul', 'x W', 'z'), ...nodes, ...plain], initializers: constants };
  const source = sourceGraph({ ...parts, opsets: { '': opset } });
  const { values } = await lower(g, source, new Map([['x', x], ['W', theta]]), engine); // prettier-ignore
  const value = (name: string) => values.get(name)!;
  const output = value('o');
  return { g, x, theta, output, plain: value(plain.length > 0 ? 'l' : 'z'), prediction: predictionOf(g, output) };
}

/** Two heads: one that reads the output as it is recognised, and one that reads the logits, as PyTorch would. */
export function bothHeads({ g, output, plain, prediction }: SpelledModel, loss: LossName) {
  const ofClasses = loss === 'cross_entropy' || loss === 'nll';
  const request = { loss, outputName: 'o', precision: 'float64' } as const;
  const read = { output, prediction };
  const axisOf = (value: Value, targets: readonly number[], known: Prediction) =>
    chooseClassAxis({
      outputShape: [null, ...value.shape.slice(1)],
      prediction: known,
      end: layerEnd(g, value),
      targetShape: targets,
      wanted: null,
    }).axis;
  const onePerRow = plain.shape.slice(0, -1);
  const oneNumber = plain.shape[plain.shape.length - 1] === 1;
  const target = ofClasses ? g.input(TARGET, 'int64', onePerRow) : g.input(TARGET, 'float32', plain.shape);
  if (!ofClasses) {
    const heads = [
      lossHead(g, { ...request, ...read, target: g.reshape(target, output.shape), classAxis: 1 }),
      lossHead(g, { ...request, loss: 'bce_with_logits', output: plain, prediction: NUMBERS, target, classAxis: 1 }),
    ];
    return { target, heads };
  }
  const classAxis = axisOf(output, onePerRow, prediction);
  const understood = lossHead(g, { ...request, ...read, target, classAxis });
  const other = { output: plain, prediction: NUMBERS, classAxis: plain.shape.length - 1 };
  const yes = oneNumber ? g.reshape(g.cast(target, 'float32'), plain.shape) : target;
  const reference = lossHead(g, {
    ...request,
    ...other,
    loss: oneNumber ? 'bce_with_logits' : 'cross_entropy',
    target: yes,
  });
  return { target, heads: [understood, reference] };
}

export interface SpelledFigures {
  loss: number;
  gradient: number[];
  hessian: number[];
  gaussNewton: number[];
}

/**
 * Computes loss, gradient, H·v and G·v of each head at weights of the given scales.
 * @param scales 1 gives probabilities of all sizes; 60 rounds most of them to 0 or 1
 */
export async function figuresOf(
  { g, x, theta, plain }: Pick<SpelledModel, 'g' | 'x' | 'theta' | 'plain'>,
  { target, heads }: { target: Value; heads: readonly LossHead[] },
  scales: readonly number[],
  engine: Engine,
): Promise<SpelledFigures[][]> {
  const dim = sizeOf(theta.shape);
  const v = g.input('v', 'float32', [dim]);
  const w = g.input(WEIGHTS, 'float64', [SAMPLES]);
  const outputs = heads.flatMap((head, i): [string, Value][] => {
    const parameters = [{ name: 'W', value: theta, tensor: weights('W', theta.shape) }];
    const graph: LossGraph = { g, data: {}, weights: w, parameters, head, batchSize: SAMPLES, dim };
    return [
      [`loss${i}`, lossSums(graph).loss],
      [`gradient${i}`, gradient(graph)],
      [`hessian${i}`, hessianProduct(graph, v)],
      [`gaussNewton${i}`, gaussNewtonProduct(graph, v)],
    ];
  });
  const inputs = { x, W: theta, v, [TARGET]: target, [WEIGHTS]: w };
  const program = await engine.compile(g, { inputs, outputs: Object.fromEntries(outputs), constants: new Map() });
  const labels = labelsOf(plain, sizeOf(target.shape));
  const found: SpelledFigures[][] = [];
  for (const scale of scales) {
    const results = await program.run({
      x: weights('x', x.shape),
      W: weights('W', theta.shape, scale),
      v: weights('v', [dim]),
      [TARGET]: tensor(target.dtype, target.shape, target.dtype === 'int64' ? labels : labels.map((c) => c % 2)),
      [WEIGHTS]: tensor('float64', [SAMPLES], Array<number>(SAMPLES).fill(1 / SAMPLES)),
    });
    const list = (name: string) => Array.from(results[name].data as Float64Array, Number);
    found.push(
      heads.map((_, i) => ({
        loss: list(`loss${i}`)[0],
        gradient: list(`gradient${i}`),
        hessian: list(`hessian${i}`),
        gaussNewton: list(`gaussNewton${i}`),
      })),
    );
  }
  await program.release();
  return found;
}

function labelsOf(plain: Value, count: number): number[] {
  const classes = plain.shape[plain.shape.length - 1];
  return Array.from({ length: count }, (_, i) => (7 * i) % Math.max(2, classes));
}

/** The data behind the figures as plain numbers: z of each row for given weights, and the labels of a row. */
export function spelledData({ x, theta, plain }: SpelledModel) {
  const [rows, columns] = [sizeOf(x.shape) / FEATURES, theta.shape[1]];
  const values = Array.from(weights('x', x.shape).data as Float32Array);
  return {
    w: Array.from(weights('W', theta.shape).data as Float32Array),
    rows: (w: readonly number[]) =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, c) =>
          values
            .slice(row * FEATURES, (row + 1) * FEATURES)
            .reduce((sum, each, f) => sum + each * w[f * columns + c], 0),
        ),
      ),
    classOf: (row: number) => [labelsOf(plain, rows)[row]],
    yesOf: (row: number) =>
      labelsOf(plain, rows * columns)
        .slice(row * columns, (row + 1) * columns)
        .map((c) => c % 2),
  };
}
