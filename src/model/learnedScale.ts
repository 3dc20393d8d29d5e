import type { DataFlow } from './dataFlow';
import type { SourceGraph } from '../graph/source';
import type { SourceIndex, Use } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf } from '../graph/tensor';

/** A module's attribute as PyTorch and Paddle name it: `blocks.0.lab.scale`, `learnable_affine_block_3.w_0`. */
const ATTRIBUTE = /^[a-z_]\w*(\.\w+)*\.[a-z_]\w*$/i;
/** Last words of common names of learned factors and shifts, in any notation. */
const LEARNED = /(^|[._/])(weight|scale|gamma|alpha|beta|bias|slope|shift|rezero|layer_?scale)(:0)?$/i;
/** Attributes that hold plain numbers, and names that exporters invent. */
const PLAIN = /(eps|epsilon|mean|std|var|variance|momentum|constant(_?\d+)?)(_output_0)?(:0)?$/i;
/** So few distinct numbers may all be constants of the code. */
const LEAST_DIFFERENT = 4;

const AFFINE = new Set(['Mul', 'Div', 'Add', 'Sub']);

/**
 * Finds learned factors and shifts of length 1, such as the affine blocks of PP-OCR, among the plain numbers that exporters
 * write for code: clip bounds, epsilons, √d of attention. The name of a module's attribute reveals them. So does a file whose
 * factors of length 1 all differ, because numbers of code repeat from layer to layer.
 */
export class LearnedScales {
  private readonly different: boolean;

  /** @param written names of constants in the model's code */
  constructor(
    { initializers }: SourceGraph,
    { uses }: SourceIndex,
    private readonly flow: DataFlow,
    private readonly written: ReadonlySet<string>,
  ) {
    const factors = [...initializers].filter(
      ([name, tensor]) =>
        isFloat(tensor.dtype) && !written.has(name) && this.isAffine(uses.get(name) ?? [], tensor, ['Mul']),
    );
    const values = new Set(factors.map(([, { data }]) => Number(data[0])));
    this.different = values.size >= LEAST_DIFFERENT && 2 * values.size > factors.length;
  }

  /** @param uses the nodes that compute with the tensor */
  includes(name: string, tensor: Tensor, uses: readonly Use[]): boolean {
    if (this.written.has(name) || PLAIN.test(name)) return false;
    // A number without axes is a factor of the code, unless it has the name of a module's attribute.
    if (tensor.shape.length === 0 && !(ATTRIBUTE.test(name) && LEARNED.test(name))) return false;
    if (!this.meetsData(uses)) return false;
    return (
      ATTRIBUTE.test(name) || LEARNED.test(name) || (this.different && this.isAffine(uses, tensor, ['Mul', 'Add']))
    );
  }

  private isAffine(uses: readonly Use[], { shape }: Tensor, operators: readonly string[]): boolean {
    const single = shape.length > 0 && sizeOf(shape) === 1;
    return single && this.meetsData(uses) && uses.every(({ node }) => operators.includes(node.op));
  }

  private meetsData(uses: readonly Use[]): boolean {
    return uses.length > 0 && uses.every(({ node }) => AFFINE.has(node.op) && !this.flow.isConstant(node));
  }
}
