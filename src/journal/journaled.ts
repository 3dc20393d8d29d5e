import { layer } from '../objective/layers/layer';
import type { Displacement, LossValue, Objective, Questions } from '../objective/objective';
import { fingerprint } from './fingerprint';
import type { Journal } from './journal';

/** Largest dimension for which gradients of single batches are kept. Longer gradients would fill the disk too fast. */
const BATCH_GRADIENT_DIM = 2 ** 20;

/**
 * Wraps an objective so that it keeps every answer in a journal, and reads answers from there while the journal has
 * them.
 * @param name distinguishes the objectives of one journal
 */
export function journaled(objective: Objective, journal: Journal, name = ''): Objective {
  return layer(objective, {
    value: (asked = {}) =>
      keptWhole(journal, {
        request: [name, 'value', ...placeOf(asked.at)],
        signal: asked.signal,
        measure: () => objective.value(asked),
      }),
    gradient: (asked) => gradient(objective, journal, name, asked),
    products: (kind, vectors, asked = {}) =>
      keptWhole(journal, {
        request: [name, kind, vectors, asked.nudge ?? null, ...placeOf(asked.at)],
        signal: asked.signal,
        measure: () => objective.products(kind, vectors, asked),
        products: vectors.length,
      }),
    curvatures: (kind, vectors, asked = {}) =>
      keptWhole(journal, {
        request: [name, 'curvatures', kind, vectors, ...placeOf(asked.at)],
        signal: asked.signal,
        measure: () => objective.curvatures(kind, vectors, asked),
      }),
    perSample: (asked = {}) =>
      keptWhole(journal, {
        request: [name, 'perSample', ...placeOf(asked.at)],
        signal: asked.signal,
        measure: () => objective.perSample(asked),
      }),
    deviations: (mean, most, signal) =>
      keptWhole(journal, {
        request: [name, 'deviations', mean, most],
        signal,
        measure: () => objective.deviations(mean, most, signal),
      }),
    inside: (asked = {}) =>
      keptWhole(journal, {
        request: [name, 'inside'],
        signal: asked.signal,
        measure: () => objective.inside(asked),
      }),
    plane: (...question) => plane(objective, journal, name, ...question),
    preview(batches) {
      const preview = objective.preview(batches);
      return preview && journaled(preview, journal, `${name}preview ${batches}: `);
    },
  });
}

interface WholeAnswer<T> {
  /** Everything that the answer depends on. */
  request: readonly unknown[];
  signal?: AbortSignal;
  measure: () => Promise<T>;
  /** The number of products in the answer. */
  products?: number;
}

function keptWhole<T>(journal: Journal, { request, signal, measure, products = 0 }: WholeAnswer<T>): Promise<T> {
  const asked = once(() => fingerprint(request));
  return journal.overlapping({
    async read() {
      signal?.throwIfAborted();
      const known = await journal.recall(asked);
      // The fingerprint of the request vouches for the type of the answer.
      return known?.kind === 'answer' ? { value: known.value as T } : null;
    },
    measure,
    keep: (answer) => journal.append('answer', asked, answer, products),
  });
}

/** Answers with the gradient. Also keeps the gradient of each batch, unless they are long or writing falls behind. */
function gradient(
  objective: Objective,
  journal: Journal,
  name: string,
  asked: Parameters<Questions['gradient']>[0] = {},
): Promise<Float32Array> {
  const { signal, at, onBatch } = asked;
  return journal.inTurn(async () => {
    signal?.throwIfAborted();
    const request = once(() => fingerprint([name, 'gradient', onBatch !== undefined, ...placeOf(at)]));
    const known = await journal.recall(request, (part) => {
      const { gradient, samples } = part as { gradient: Float32Array; samples: number };
      onBatch?.(gradient, samples);
    });
    if (known?.kind === 'answer') return known.value as Float32Array;
    let keeps = !known && (!onBatch || objective.dim <= BATCH_GRADIENT_DIM);
    const answer = await objective.gradient({
      ...asked,
      onBatch:
        onBatch &&
        ((gradient, samples) => {
          keeps &&= !journal.crowded;
          if (keeps) void journal.append('part', request, { gradient, samples });
          onBatch(gradient, samples);
        }),
    });
    if (!known) await journal.append(keeps ? 'answer' : 'asked', request, keeps ? answer : null);
    return answer;
  });
}

/** Answers with the values on a plane. Each point is kept separately, so a stopped plane continues where it stopped. */
function plane(
  objective: Objective,
  journal: Journal,
  name: string,
  ...[d1, d2, points, asked = {}]: Parameters<Questions['plane']>
): Promise<LossValue[]> {
  const { signal, onPoint, piece = false } = asked;
  return journal.inTurn(async () => {
    const axes = once(() => fingerprint([name, piece ? 'piece' : 'plane', d1, d2]));
    const askedAt = (index: number) => () => fingerprint([axes(), points[index]]);
    const values: LossValue[] = [];
    while (values.length < points.length) {
      signal?.throwIfAborted();
      const known = await journal.recall(askedAt(values.length));
      if (known?.kind !== 'answer') break;
      const value = known.value as LossValue;
      const index = values.push(value) - 1;
      onPoint?.(index, value);
    }
    const first = values.length;
    if (first === points.length) return values;
    const rest = await objective.plane(d1, d2, points.slice(first), {
      ...asked,
      onPoint(index, value) {
        void journal.append('answer', askedAt(first + index), value);
        onPoint?.(first + index, value);
      },
    });
    return [...values, ...rest];
  });
}

/** Returns the part of a request that describes the point. It is empty at θ. */
export function placeOf(at?: Displacement): unknown[] {
  return at ? [at.d1, at.d2, at.alpha, at.beta] : [];
}

/** Computes a value when it is first needed and remembers it. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
