import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp, splatOf } from '../graph/graph';
import { affineOf, isNear } from './affine';
import { clipOf } from './clips';
import { clipGuard, guarded, guardedLog } from './guards';
import { moveOf } from './moves';
import type { Prediction } from './prediction';
import { bernoulli, categorical, NUMBERS } from './prediction';
import { sharesOf, unshifted, writtenLogSigmoid, writtenLogSoftmax, writtenSigmoid } from './written';

/** Finds what an output of the model is, from the graph alone. */
export function predictionOf(g: GraphBuilder, output: Value): Prediction {
  return new PredictionReader(g).read(output) ?? NUMBERS;
}

/** Largest number of operators between an output and its softmax. No model has more, and endless chains must end. */
const DEEPEST = 64;

/** Searches down from an output for the operator that computes probabilities, and carries its logits up in the output's layout. */
class PredictionReader {
  private readonly known = new Map<Value, Prediction | null>();
  private readonly logs = new Map<Value, Value | null>();
  private depth = 0;

  constructor(private readonly g: GraphBuilder) {}

  read(value: Value): Prediction | null {
    const found = this.known.get(value);
    if (found !== undefined) return found;
    if (!value.node || this.depth >= DEEPEST) return null;
    this.depth++;
    const made =
      this.made(value) ??
      this.moved(value) ??
      this.joined(value) ??
      this.guarded(value) ??
      this.written(value) ??
      this.rescaled(value);
    this.depth--;
    this.known.set(value, made);
    return made;
  }

  /** The prediction that one operator implies. */
  private made(value: Value): Prediction | null {
    const { g } = this;
    const { inputs, attributes } = value.node as Node;
    const [x] = inputs;
    if (isOp(value, 'Softmax')) return categorical('Softmax', x, (attributes as Node<'Softmax'>['attributes']).axis);
    if (isOp(value, 'LogSoftmax')) {
      return categorical('LogSoftmax', x, (attributes as Node<'Softmax'>['attributes']).axis, 'logProbabilities');
    }
    if (isOp(value, 'Sigmoid')) return bernoulli('Sigmoid', x);
    const below = isOp(value, 'Log') || isOp(value, 'Exp') ? this.read(x) : null;
    if (isOp(value, 'Log') && below?.kind === 'probabilities') return { ...below, kind: 'logProbabilities' };
    if (isOp(value, 'Exp') && below?.kind === 'logProbabilities') return { ...below, kind: 'probabilities' };
    const z = writtenSigmoid(g, value);
    if (z) return bernoulli('Sigmoid', z);
    const logged = writtenLogSigmoid(g, value);
    return logged && bernoulli('Sigmoid', logged, 'logProbabilities');
  }

  /** Probabilities in another place, shape or order. */
  private moved(value: Value): Prediction | null {
    const move = moveOf(this.g, value);
    const made = move && this.read(move.from);
    if (!move || !made) return null;
    const logits = made.logits && move.again(made.logits);
    if (made.classAxis === null) return { ...made, logits };
    const classAxis = move.axis(made.classAxis);
    return classAxis === null ? this.oneOfTwo(value, made) : { ...made, logits, classAxis };
  }

  /** The probability of one of two classes: σ(z₁ − z₀) for the second. */
  private oneOfTwo(value: Value, { kind, classAxis, logits, guards, form }: Prediction): Prediction | null {
    const { g } = this;
    const { inputs, attributes } = value.node as Node;
    const [from] = inputs;
    if (!logits || guards.length > 0 || classAxis === null || from.shape[classAxis] !== 2) return null;
    const chosen = isOp(value, 'Gather') ? splatOf(inputs[1]) : null;
    const start = isOp(value, 'Slice') ? (attributes as Node<'Slice'>['attributes']).starts[classAxis] : chosen;
    if (start === null || (isOp(value, 'Gather') && (attributes as Node<'Gather'>['attributes']).axis !== classAxis))
      return null;
    const other = g.sub(logits, g.sliceAxis(logits, classAxis, 1, -1, -1));
    return bernoulli(form, g.apply(value.node!.op, [other, ...inputs.slice(1)], attributes), kind);
  }

  /** Pieces side by side. [1 − p, p] is two classes; other pieces keep their own kind. */
  private joined(value: Value): Prediction | null {
    if (!isOp(value, 'Concat')) return null;
    const { g } = this;
    const { inputs, attributes } = value.node as Node<'Concat'>;
    const { axis } = attributes;
    const parts = inputs.map((input) => this.read(input));
    const [first] = parts;
    if (!first || !parts.every((part) => part?.family === first.family && part.kind === first.kind)) return null;
    const logits = parts.flatMap((part) => part?.logits ?? []);
    const all = logits.length === parts.length ? g.concat(logits, axis) : null;
    if (first.family === 'bernoulli') {
      const [no, yes] = logits;
      const pair = logits.length === 2 && inputs.every(({ shape }) => shape[axis] === 1) && opposite(g, no, yes);
      // The softmax of [0, z] is [1 − σ(z), σ(z)]; z belongs to the spelling without a minus.
      if (!pair) return { ...first, logits: all, weak: parts.some((part) => part?.weak) };
      const zero = g.expand(g.like(yes, 0), yes.shape);
      const both = withoutNeg(g, yes) ? [no, zero] : [zero, yes];
      return categorical('two probabilities', g.concat(both, axis), axis, first.kind);
    }
    const guards = JSON.stringify(first.guards);
    const alike = parts.every((part) => part?.classAxis === first.classAxis && JSON.stringify(part?.guards) === guards);
    return alike && first.classAxis !== axis ? { ...first, logits: all } : null;
  }

  /** Behind a clip to [ε, 1 − ε], or with ε added. */
  private guarded(value: Value): Prediction | null {
    const { g } = this;
    const clip = clipOf(value);
    if (clip) {
      const made = this.read(clip.x);
      if (!made) return cutNumbers(clip.low, clip.high);
      const [low, high] =
        made.kind === 'probabilities' ? [clip.low, clip.high] : [Math.exp(clip.low), Math.exp(clip.high)];
      return low < high && low < 1 && high > 0 ? guarded(g, made, clipGuard(low, high)) : null;
    }
    if (!isOp(value, 'Add') && !isOp(value, 'Sub')) return null;
    const { x, scale, shift } = affineOf(value);
    const made = scale === 1 && shift !== 0 ? this.read(x) : null;
    return made?.kind === 'probabilities' ? guarded(g, made, { kind: 'add', amount: shift }) : null;
  }

  /** Softmax and log-softmax written out, and anything else that cannot be negative over its sum. */
  private written(value: Value): Prediction | null {
    const shares = sharesOf(value);
    if (shares) {
      const { x, axis } = shares;
      const below = this.read(x);
      if (below?.kind === 'probabilities' && below.classAxis === axis && below.guards.length === 0) return below;
      const logits = this.logOf(x);
      if (logits) {
        const form = isOp(x, 'Exp') ? 'Softmax' : SHARES;
        return categorical(form, unshifted(logits, axis), axis);
      }
      return this.isPositive(x) ? categorical(SHARES, null, axis) : null;
    }
    const found = writtenLogSoftmax(value, (x) => this.logOf(x));
    return found && categorical('LogSoftmax', found.logits, found.axis, 'logProbabilities');
  }

  /** 1 − p, and other rescalings that leave probabilities within [0, 1]. */
  private rescaled(value: Value): Prediction | null {
    const { x, scale, shift } = affineOf(value);
    if (x === value) return null;
    const clip = clipOf(x);
    if (clip) {
      const ends = [scale * clip.low + shift, scale * clip.high + shift];
      const made = cutNumbers(Math.min(...ends), Math.max(...ends));
      if (made) return made;
    }
    const made = this.read(x);
    if (made?.family !== 'bernoulli' || made.kind !== 'probabilities') return null;
    if (scale === -1 && shift === 1) return { ...made, logits: made.logits && this.g.neg(made.logits) };
    const within = Math.min(shift, scale + shift) >= 0 && Math.max(shift, scale + shift) <= 1;
    return within ? { ...made, logits: null } : null;
  }

  /** log x of a nonnegative value, with a slope wherever x is not 0; null if unknown. */
  private logOf(x: Value): Value | null {
    const found = this.logs.get(x);
    if (found !== undefined) return found;
    if (!x.node || this.depth >= DEEPEST) return null;
    this.depth++;
    const log = this.logarithm(x, x.node);
    this.depth--;
    this.logs.set(x, log);
    return log;
  }

  private logarithm(x: Value, { inputs, attributes }: Node): Value | null {
    const { g } = this;
    const [a, b] = inputs;
    if (isOp(x, 'Exp')) return a;
    const made = this.read(x);
    if (made?.kind === 'probabilities' && made.logits) return this.logProbabilities(made);
    if (isOp(x, 'Concat')) {
      const logs = inputs.flatMap((input) => this.logOf(input) ?? []);
      return logs.length === inputs.length ? g.concat(logs, (attributes as { axis: number }).axis) : null;
    }
    if (isOp(x, 'Mul')) {
      const [left, right] = [this.logOf(a), this.logOf(b)];
      return left && right && g.add(left, right);
    }
    const move = moveOf(g, x);
    const moved = move && this.logOf(move.from);
    if (move && moved) return move.again(moved);
    const { x: part, scale, shift } = affineOf(x);
    if (part === x || scale <= 0) return null;
    if (shift > 0) return this.isPositive(part) ? g.log(x) : null;
    const scaled = shift === 0 ? this.logOf(part) : null;
    return scaled && g.shift(scaled, Math.log(scale));
  }

  /** log p of probabilities whose logits are known. */
  private logProbabilities({ family, logits, classAxis, guards }: Prediction): Value | null {
    const { g } = this;
    if (!logits) return null;
    if (family === 'bernoulli') return g.neg(g.unary('Softplus', g.neg(logits)));
    return classAxis === null ? null : guardedLog(g, g.apply('LogSoftmax', [logits], { axis: classAxis }), guards);
  }

  /** Never negative. */
  private isPositive(x: Value): boolean {
    if (isOp(x, 'Relu') || isOp(x, 'Softplus') || isOp(x, 'Abs') || isOp(x, 'Exp') || isOp(x, 'Sqrt')) return true;
    if (isOp(x, 'Mul') && x.node.inputs[0] === x.node.inputs[1]) return true;
    return this.read(x)?.kind === 'probabilities';
  }
}

const SHARES = 'division by a sum';

/** A bound this close to 0 or 1 keeps logarithms finite, which only probabilities need. */
const NARROW = 1e-3;

/** What a clip implies for numbers of otherwise unknown kind. */
function cutNumbers(low: number, high: number): Prediction | null {
  if (isNear(low, 0) && isNear(high, 1) && !(low > 0 && high < 1)) {
    return { ...bernoulli('a cut to [0, 1]', null), weak: true };
  }
  const guards = low > 0 && low <= NARROW && high < 1 && high >= 1 - NARROW;
  return guards ? bernoulli('a cut to [ε, 1 − ε]', null) : null;
}

/** Whether one is the negative of the other. The minus may lie below a move. */
function opposite(g: GraphBuilder, a: Value, b: Value): boolean {
  return withoutNeg(g, a) === b || withoutNeg(g, b) === a;
}

/** z of −z; null if there is no minus. */
function withoutNeg(g: GraphBuilder, value: Value): Value | null {
  if (isOp(value, 'Neg')) return value.node.inputs[0];
  const move = moveOf(g, value);
  const below = move && withoutNeg(g, move.from);
  return below && move.again(below);
}
