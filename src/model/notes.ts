import type { SourceGraph, SourceNode } from '../graph/source';
import { allNodes } from '../graph/sourceIndex';
import { elementOfCode, isNarrowFloat } from '../onnx/elementType';
import type { OnnxModel } from '../onnx/model';
import type { FoldedCopy } from './foldedCopies';
import { spelledCopy } from './foldedCopies';
import type { GatheredTable } from './gatheredTables';
import type { QuantizationNotes } from './quantized/shadow';
import type { Tie } from './ties';
import { mixesSamples } from './trainingMode';

/*
 * Findings while the model was made ready, as sentences for the report.
 */

/** How constants of the file became parameters, or were joined or split. */
interface FoundParameters {
  /** Parameters that the exporter had stored once. */
  split: readonly string[];
  ties: readonly Tie[];
  copies: readonly FoldedCopy[];
  tables: readonly GatheredTable[];
}

export function parameterNotes(
  { split, ties, copies, tables }: FoundParameters,
  trained: ReadonlySet<string>,
): string[] {
  const notes: string[] = [];
  const separated = split.filter((name) => trained.has(name));
  if (separated.length > 0) {
    notes.push(
      `The exporter stored equal tensors once (${some(separated)}); Ridgeline treats each use as a separate parameter.`,
    );
  }
  const twins = ties.filter(({ name }) => trained.has(name));
  if (twins.length > 0) {
    const pairs = twins.map(({ name, copy, transposed }) => `${copy} is ${name}${transposed ? ' transposed' : ''}`);
    notes.push(`Tensors with equal bits count as one parameter: ${some(pairs)}.`);
  }
  if (copies.length > 0) {
    const found = copies.map((folded) => `${folded.copy} is ${spelledCopy(folded)}`);
    notes.push(
      `The exporter computed constants from parameters (${some(found)}); the constants follow their parameters.`,
    );
  }
  if (tables.length > 0) {
    const found = tables.map(({ name, shape }) => `${name} from [${shape.join(', ')}]`);
    notes.push(
      `The exporter expanded tables into constants with repeated entries (${some(found)}); the tables are the parameters.`,
    );
  }
  return notes;
}

export function inputNotes({ inputs }: SourceGraph, { inputs: written }: SourceGraph): string[] {
  return inputs.flatMap(({ name, shape, sampleAxis, zeroByDefault }, i) => [
    ...(sampleAxis
      ? [
          `The input «${name}» [${written[i].shape.map((dim) => dim ?? '?').join(', ')}] counts samples on axis ${sampleAxis}; in the data its shape is [${['samples', ...shape.slice(1).map((dim) => dim ?? '?')].join(', ')}].`,
        ]
      : []),
    ...(zeroByDefault ? [`The initial state «${name}» is zero unless the data contain it.`] : []),
  ]);
}

export function precisionNotes({ graph }: OnnxModel, { weights, quantizers }: QuantizationNotes): string[] {
  const narrow = [...graph.initializers.values()].find(({ element }) => isNarrowFloat(element))?.element;
  const notes: string[] = [];
  if (narrow) notes.push(`The weights are stored in ${narrow}; the model is analysed in float32.`);
  else if (castsToNarrow(graph.nodes)) {
    notes.push(
      'The model computes with floats narrower than float32. It is analysed in float32 without that rounding.',
    );
  }
  if (weights > 0) {
    notes.push(
      `The weights of ${weights} quantized tensor${weights > 1 ? 's' : ''} are analysed as the real numbers that their integers represent.`,
    );
  }
  if (quantizers > 0) {
    notes.push('Quantizers of activations still clip but do not round, so gradients pass straight through them.');
  }
  return notes;
}

function castsToNarrow(nodes: readonly SourceNode[]): boolean {
  return allNodes(nodes).some(({ op, attributes: { to } }) => {
    const element = op === 'Cast' && to?.kind === 'int' ? elementOfCode(to.value) : null;
    return element !== null && isNarrowFloat(element);
  });
}

export function trainingNotes(source: SourceGraph, dropped: number): string[] {
  const notes: string[] = [];
  if (dropped > 0) {
    notes.push(
      `The model was exported in training mode. Its ${dropped} Dropout node${dropped > 1 ? 's draw' : ' draws'} at random, and a loss with random masks is not a function of the weights. Ridgeline takes Dropout as the identity, as in evaluation mode, and measures the landscape of the deterministic network.`,
    );
  }
  if (mixesSamples(source)) {
    notes.push(
      'BatchNormalization is in training mode. It normalizes each batch by the mean and variance of its own samples, so the loss depends on the batch size given here.',
    );
  }
  return notes;
}

const SHOWN = 6;

function some(items: readonly string[]): string {
  return items.length > SHOWN
    ? `${items.slice(0, SHOWN).join(', ')} and ${items.length - SHOWN} more`
    : items.join(', ');
}
