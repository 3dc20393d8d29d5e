import type { SourceGraph, SourceNode } from '../../graph/source';
import { operatorKey } from '../parameterRoles';
import { indexOf } from '../../graph/sourceIndex';
import type { Tensor } from '../../graph/tensor';
import { isFloat, numbers, scalar, sizeOf } from '../../graph/tensor';
import { dequantized, unpacked, unpackedTable } from './dequantize';
import { plainLayer } from './layers';
import { isQuantizedForm, withQuantizers } from './operators';

/** What was quantized in a model. */
export interface QuantizationNotes {
  /** Tensors of integers that became floating weights. */
  weights: number;
  /** Operators that quantize activations, through which gradients pass straight. */
  quantizers: number;
}

const QUANTIZERS = new Set(['QuantizeLinear', 'DynamicQuantizeLinear']);

/**
 * A quantized model in floating point. Its weights become the numbers that their integers represent, and its operators on
 * quantized tensors become plain ones between quantizers. Constants must already be initializers.
 */
export function floatingModel(source: SourceGraph): { source: SourceGraph; found: QuantizationNotes } {
  const model = new Dequantizer(source);
  const result = model.run();
  const quantizers = result.nodes.filter(({ op }) => QUANTIZERS.has(op)).length;
  return { source: result, found: { weights: model.weights, quantizers } };
}

/** Operators that rearrange their first operand or pick from it. */
const MOVING = new Set(['Gather', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Slice', 'Flatten', 'Identity']);

class Dequantizer {
  weights = 0;
  private readonly initializers: Map<string, Tensor>;
  /** Operands of quantized operators. Only products of these are scales of biases. */
  private readonly scales: ReadonlySet<string>;

  constructor(private readonly source: SourceGraph) {
    this.initializers = new Map(source.initializers);
    this.scales = new Set(source.nodes.flatMap((node) => (isQuantizedForm(node) ? node.inputs : [])));
  }

  run(): SourceGraph {
    const expanded = this.source.nodes.flatMap((node) => this.expand(node));
    const folded = this.fold(this.lookups(expanded));
    const nodes = this.integerProducts(folded);
    return { ...this.source, nodes, initializers: this.initializers };
  }

  /** Operators that quantize or dequantize inside become plain ones with quantizers around them. */
  private expand(node: SourceNode): SourceNode[] {
    if (isQuantizedForm(node)) return withQuantizers(node);
    const layer = plainLayer(node);
    if (layer) return layer;
    switch (operatorKey(node)) {
      case 'com.microsoft.QuantizeLinear':
      case 'com.microsoft.DequantizeLinear':
        return [{ ...node, domain: '' }];
      case 'com.microsoft.MatMulNBits':
        return this.expandPacked(node);
      case 'com.microsoft.GatherBlockQuantized':
        return this.expandLookup(node);
      case 'com.microsoft.DynamicQuantizeMatMul': {
        const [a, b, scale, zero = '', bias = ''] = node.inputs;
        return dequantizedProduct(node, a, [b, scale, zero], bias);
      }
      case 'com.microsoft.MatMulIntegerToFloat': {
        const [a, b, aScale, bScale, aZero = '', bZero = '', bias = ''] = node.inputs;
        const left = `${node.name}/left`;
        return [dequantizer(left, [a, aScale, aZero], -2), ...dequantizedProduct(node, left, [b, bScale, bZero], bias)];
      }
      default:
        return [node];
    }
  }

  private expandPacked(node: SourceNode): SourceNode[] {
    const [a, b, scaleName, zeroName = '', order = '', bias = ''] = node.inputs;
    const [packed, scales] = [b, scaleName].map((name) => this.initializers.get(name));
    const zeroPoints = this.initializers.get(zeroName) ?? null;
    const number = (name: string, fallback: number) => Number(node.attributes[name]?.value ?? fallback);
    // Weights in another order, of bits that do not divide a byte, or computed by nodes are kept, because the runtime can run
    // them.
    const readable = [2, 4, 8].includes(number('bits', 4)) && order === '';
    if (!readable || !packed || !scales || (zeroName !== '' && !zeroPoints)) return [node];
    const weights = unpacked({
      packed,
      scales,
      zeroPoints,
      rows: number('K', 0),
      columns: number('N', 0),
      bits: number('bits', 4),
      block: number('block_size', 32),
    });
    return withBias(node, a, this.addWeights(b, weights), bias);
  }

  /** Rows that are looked up and dequantized, as a lookup in the dequantized table. */
  private expandLookup(node: SourceNode): SourceNode[] {
    const [name, indices, scaleName, zeroName = ''] = node.inputs;
    const [table, scale] = [name, scaleName].map((each) => this.initializers.get(each));
    const zeroPoint = this.initializers.get(zeroName) ?? null;
    if (!table || !scale || (zeroName !== '' && !zeroPoint)) return [node];
    const number = (key: string, fallback: number) => Number(node.attributes[key]?.value ?? fallback);
    const layout = { axis: number('quantize_axis', 1), block: number('block_size', 128), bits: number('bits', 4) };
    const weights = dequantized(...unpackedTable(table, { scale, zeroPoint, ...layout }));
    const attributes = { axis: { kind: 'int' as const, value: number('gather_axis', 0) } };
    return [{ ...node, op: 'Gather', domain: '', inputs: [this.addWeights(name, weights), indices], attributes }];
  }

  /** Moves picking and rearranging of integers behind their dequantization. */
  private lookups(nodes: readonly SourceNode[]): SourceNode[] {
    const { producers } = indexOf({ nodes });
    return nodes.flatMap((node) => {
      const [start, ...quantization] = node.inputs;
      const chain = node.op === 'DequantizeLinear' ? this.rearranging(producers, start) : [];
      const scale = this.initializers.get(quantization[0]);
      if (chain.length === 0 || !scale || sizeOf(scale.shape) !== 1) return [node];
      const own = (name: string) => `${node.name || node.outputs[0]}/${name}`;
      const inputs = [chain[0].inputs[0], ...quantization];
      const table: SourceNode = { ...node, name: own('table'), inputs, outputs: [own('table')] };
      const steps = chain.map((step, i): SourceNode => ({
        ...step,
        inputs: [own(i === 0 ? 'table' : `step ${i}`), ...step.inputs.slice(1)],
        outputs: i === chain.length - 1 ? node.outputs : [own(`step ${i + 1}`)],
      }));
      return [table, ...steps];
    });
  }

  /** The nodes that compute a tensor from a constant of integers by only moving its elements, in order. */
  private rearranging(producers: ReadonlyMap<string, SourceNode>, name: string): SourceNode[] {
    const node = producers.get(name);
    if (!node || !MOVING.has(node.op)) return [];
    const [moved] = node.inputs;
    if (this.initializers.has(moved)) return [node];
    const before = this.rearranging(producers, moved);
    return before.length > 0 ? [...before, node] : [];
  }

  /** DequantizeLinear of constants becomes a constant: the weights. */
  private fold(nodes: readonly SourceNode[]): SourceNode[] {
    const renamed = new Map<string, string>();
    const made = new Map<string, string>();
    const kept: SourceNode[] = [];
    for (const node of nodes) {
      const inputs = node.inputs.map((name) => renamed.get(name) ?? name);
      const product = node.op === 'Mul' ? this.constantProduct(inputs) : null;
      if (product) this.initializers.set(node.outputs[0], product);
      const q = node.op === 'DequantizeLinear' ? this.initializers.get(inputs[0]) : undefined;
      const scale = this.initializers.get(inputs[1]);
      const zeroPoint = inputs[2] ? this.initializers.get(inputs[2]) : null;
      if (q && scale && zeroPoint !== undefined && !isFloat(q.dtype)) {
        const axis = Number(node.attributes.axis?.value ?? 1);
        const block = Number(node.attributes.block_size?.value ?? 0);
        // If several nodes dequantize a constant in the same way, the result is one tensor.
        const key = JSON.stringify([inputs, axis, block]);
        const name = made.get(key) ?? this.addWeights(inputs[0], dequantized(q, { scale, zeroPoint, axis, block }));
        made.set(key, name);
        renamed.set(node.outputs[0], name);
      } else if (!product) {
        kept.push({ ...node, inputs });
      }
    }
    return kept;
  }

  /** Whether two scales are a single number, and one per output or a single number. */
  private constantProduct(inputs: readonly string[]): Tensor | null {
    const [a, b] = inputs.map((name) => this.initializers.get(name));
    if (!a || !b || !inputs.every((name) => this.scales.has(name))) return null;
    const [one, many] = sizeOf(a.shape) === 1 ? [a, b] : [b, a];
    if (sizeOf(one.shape) !== 1) return null;
    const factor = numbers(one)[0];
    return { dtype: 'float32', shape: many.shape, data: Float32Array.from(numbers(many), (v) => v * factor) };
  }

  /**
   * MatMulInteger(x, W) → Cast → Mul(x's scale · W's scale), the form of dynamic quantization. W's scale moves into the
   * weights, so that these are the numbers before quantization.
   */
  private integerProducts(nodes: readonly SourceNode[]): SourceNode[] {
    const index = indexOf({ nodes });
    const replaced = new Map<SourceNode, SourceNode>();
    for (const node of nodes) {
      if (node.op !== 'MatMulInteger' && node.op !== 'ConvInteger') continue;
      const [x, w, xZero = '', wZero = ''] = node.inputs;
      const q = this.initializers.get(w);
      const zeroPoint = wZero === '' ? null : this.initializers.get(wZero);
      if (!q || zeroPoint === undefined) continue;
      const product = this.scaleProduct(index, node);
      const scale = product ? this.initializers.get(product.inputs[product.weight])! : scalar('float32', 1);
      const axis = node.op === 'ConvInteger' ? 0 : -1;
      const name = this.addWeights(w, dequantized(q, { scale, zeroPoint, axis, block: 0 }));
      replaced.set(node, { ...node, inputs: [x, name, ...(xZero ? [xZero] : [])] });
      if (!product) continue;
      const unit = `${name}/scale`;
      this.initializers.set(unit, scalar('float32', 1));
      const inputs = product.inputs.map((input, i) => (i === product.weight ? unit : input));
      replaced.set(product.node, { ...product.node, inputs });
    }
    return nodes.map((node) => replaced.get(node) ?? node);
  }

  /** The Mul of the two scales that multiplies a product of integers, and the operand that belongs to the weights. */
  private scaleProduct(
    { uses, producers }: ReturnType<typeof indexOf>,
    { outputs }: SourceNode,
  ): { node: SourceNode; inputs: readonly string[]; weight: number } | null {
    const only = (name: string) => (uses.get(name)?.length === 1 ? uses.get(name)![0] : null);
    const cast = only(outputs[0]);
    const scaled = cast?.node.op === 'Cast' ? only(cast.node.outputs[0]) : null;
    if (scaled?.node.op !== 'Mul') return null;
    const node = producers.get(scaled.node.inputs[1 - scaled.input]);
    if (node?.op !== 'Mul' || uses.get(node.outputs[0])?.length !== 1) return null;
    const weight = node.inputs.findIndex((name) => this.initializers.has(name));
    return weight < 0 ? null : { node, inputs: node.inputs, weight };
  }

  /** A new initializer with the name of the integers, without the suffixes of quantizers. */
  private addWeights(quantized: string, weights: Tensor): string {
    let name = quantized.replace(/_(quantized|q4|Q4|Q8|DequantizeLinear.*)$/, '');
    while (this.initializers.has(name)) name += '_float';
    this.initializers.set(name, weights);
    if (weights.shape.length > 0) this.weights++;
    return name;
  }
}

function dequantizer(output: string, inputs: readonly string[], axis: number): SourceNode {
  const attributes: SourceNode['attributes'] = { axis: { kind: 'int', value: axis } };
  return { name: output, op: 'DequantizeLinear', domain: '', inputs, outputs: [output], attributes };
}

/** a · DequantizeLinear(b) + bias */
function dequantizedProduct(node: SourceNode, a: string, b: readonly string[], bias: string): SourceNode[] {
  const right = `${node.name}/right`;
  return [dequantizer(right, b, -1), ...withBias(node, a, right, bias)];
}

function withBias(node: SourceNode, a: string, b: string, bias: string): SourceNode[] {
  const [y] = node.outputs;
  const product = bias === '' ? y : `${node.name}/product`;
  const plain = { domain: '', attributes: {} };
  const matmul: SourceNode = { ...plain, name: node.name, op: 'MatMul', inputs: [a, b], outputs: [product] };
  if (bias === '') return [matmul];
  return [matmul, { ...plain, name: `${node.name}/bias`, op: 'Add', inputs: [product, bias], outputs: [y] }];
}
