import type { LossValue, Objective } from '../../../objective/objective';
import { fingerprint, isIdle } from './fingerprint';
import type { Journal } from './journal';

/** Methods whose answer is one value that depends on nothing but the arguments. */
const KEPT_WHOLE = ['value', 'hvp', 'ggnvp', 'curvatures'];
/** Methods that give an objective over part of the data. */
const PARTIAL = ['preview'];
/** Whose answers are counted as products. */
const PRODUCTS = ['hvp', 'ggnvp'];

type Method = (...request: never[]) => unknown;

/**
 * The objective, with every answer kept in a journal and given from there while the journal has it. What this does not
 * know of an objective is passed on unkept: it is then measured in every run.
 * @param name tells the objectives of one journal apart
 */
export function journaled(objective: Objective, journal: Journal, name = ''): Objective {
  const kept = (method: string, measure: Method) => keptWhole(journal, [name, method], measure);
  const special: Record<string, unknown> = {
    gradient: (...request: Parameters<Objective['gradient']>) => gradient(objective, journal, name, ...request),
    plane: (...request: Parameters<Objective['plane']>) => plane(objective, journal, name, ...request),
  };
  return new Proxy(objective, {
    get(target, property) {
      const own: unknown = Reflect.get(target, property, target);
      if (typeof own !== 'function' || typeof property !== 'string') return own;
      const method = own.bind(target) as Method;
      if (property in special) return special[property];
      if (KEPT_WHOLE.includes(property)) return kept(property, method);
      if (PARTIAL.includes(property)) return partial(method, journal, `${name}${property} `);
      return method;
    },
  });
}

function keptWhole(journal: Journal, name: readonly string[], measure: Method) {
  return (...request: never[]): Promise<unknown> => {
    // Something that is told on the way would be missing when the answer comes from the journal.
    if (request.some((argument) => typeof argument === 'function')) return measure(...request) as Promise<unknown>;
    const asked = once(() => fingerprint([...name, ...essential(request)]));
    const products = PRODUCTS.includes(name.at(-1)!) ? (request[0] as unknown[]).length : 0;
    return journal.overlapping({
      async read() {
        throwIfAborted(request);
        const known = await journal.recall(asked);
        return known?.kind === 'answer' ? known : null;
      },
      measure: async () => measure(...request),
      keep: (answer) => journal.append('answer', asked, answer, products),
    });
  };
}

function partial(make: Method, journal: Journal, name: string) {
  return (...request: never[]) => {
    const part = make(...request) as Objective | null;
    return part && journaled(part, journal, `${name}${request.map(String).join(' ')}: `);
  };
}

/** Up to this length the gradients of single batches are kept: longer ones fill a disk faster than they are measured. */
const BATCH_GRADIENT_DIM = 2 ** 20;

/** The gradients of single batches, as many as there are batches, are kept too, unless they are long or pile up. */
function gradient(
  objective: Objective,
  journal: Journal,
  name: string,
  signal?: AbortSignal,
  onBatch?: (gradient: Float32Array, samples: number) => void,
): Promise<Float32Array> {
  return journal.inTurn(async () => {
    signal?.throwIfAborted();
    const asked = once(() => fingerprint([name, 'gradient', onBatch !== undefined]));
    const known = await journal.recall(asked, (part) => {
      const { gradient, samples } = part as { gradient: Float32Array; samples: number };
      onBatch?.(gradient, samples);
    });
    if (known?.kind === 'answer') return known.value as Float32Array;
    let keeps = !known && (!onBatch || objective.dim <= BATCH_GRADIENT_DIM);
    const answer = await objective.gradient(
      signal,
      onBatch &&
        ((gradient, samples) => {
          keeps &&= !journal.crowded;
          if (keeps) void journal.append('part', asked, { gradient, samples });
          onBatch(gradient, samples);
        }),
    );
    if (!known) await journal.append(keeps ? 'answer' : 'asked', asked, keeps ? answer : null);
    return answer;
  });
}

/** Each point is kept by itself: a plane that was stopped goes on where it was. */
function plane(
  objective: Objective,
  journal: Journal,
  name: string,
  ...[d1, d2, points, options = {}]: Parameters<Objective['plane']>
): Promise<LossValue[]> {
  const { signal, onPoint, piece = false } = options;
  return journal.inTurn(async () => {
    const axes = once(() => fingerprint([name, piece ? 'piece' : 'plane', d1, d2]));
    const askedAt = (index: number) => () => fingerprint([axes(), points[index]]);
    const values: LossValue[] = [];
    while (values.length < points.length) {
      signal?.throwIfAborted();
      const known = await journal.recall(askedAt(values.length));
      if (known?.kind !== 'answer') break;
      const index = values.push(known.value as LossValue) - 1;
      onPoint?.(index, values[index]!);
    }
    const first = values.length;
    if (first === points.length) return values;
    const rest = await objective.plane(d1, d2, points.slice(first), {
      ...options,
      onPoint(index, value) {
        void journal.append('answer', askedAt(first + index), value);
        onPoint?.(first + index, value);
      },
    });
    return [...values, ...rest];
  });
}

/** What is asked: with a signal or without, with an option left out or undefined, it is the same. */
function essential(request: readonly unknown[]): unknown[] {
  const asked = request.map((argument) => (isIdle(argument) ? undefined : argument));
  return asked.slice(0, asked.findLastIndex((argument) => argument !== undefined) + 1);
}

function throwIfAborted(request: readonly unknown[]): void {
  for (const argument of request) if (argument instanceof AbortSignal) argument.throwIfAborted();
}

/** A value worked out when first asked for. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
