import { KERNELS_WASM } from './kernels.wasm';
import type { Kernels } from './kernels';
import { scriptKernels } from './scriptKernels';

/** Vectors of one length, side by side in the memory of the kernels. */
export interface VectorMemory {
  kernels: Kernels;
  /** Where the inner products with four vectors lie. */
  sums: Float64Array;
  /** `ACCUMULATED` numbers. */
  total: Float64Array;
  /** Kernels work on a copy here of a vector that lies elsewhere. */
  visitor: Float32Array;
}

/** Room for pieces of vectors that lie elsewhere. */
interface Workbench extends VectorMemory {
  vectors: readonly Float32Array[];
}

/** Numbers that are copied or accumulated at a time. So many fit the cache. */
export const ACCUMULATED = 2048;

/** Sums and total come first, then the visitor, then the vectors. */
const TOTAL_AT = 64;
const VECTORS_AT = TOTAL_AT + 8 * ACCUMULATED;
const PAGE = 2 ** 16;
const MOST_PAGES = 2 ** 16;
/** Longer vectors have their own memory, so that each can be freed alone. For these, memory matters more than time. */
const LONGEST = 2 ** 22;

const memories = new WeakMap<ArrayBufferLike, VectorMemory>();
let compiled: WebAssembly.Module | null | undefined;
let bench: Workbench | undefined;

/**
 * `count` vectors of zeros, [dim] each, in a memory where products with several of them are four times as fast as
 * elsewhere. The memory is freed once none of them is in use. Returns none if they are too long or exceed the address space.
 */
export function sharedVectors(dim: number, count: number): Float32Array[] {
  const memory = dim <= LONGEST ? reserve(memoryBytes(dim, count)) : null;
  if (!memory) return [];
  const { vectors, ...rest } = laidOut(memory, dim, count);
  memories.set(memory.buffer, rest);
  return vectors;
}

/** Where a vector of `sharedVectors` lies; null for any other. */
export const memoryOf = (vector: Float32Array): VectorMemory | null => memories.get(vector.buffer) ?? null;

/** The vector in its own memory, so that it keeps no other vector alive. */
export const ownVector = (vector: Float32Array) => (memoryOf(vector) ? Float32Array.from(vector) : vector);

/** The length that a kernel reads of a column. Everything behind the column's end is zero and stays zero. */
export const paddedBytes = (length: number) => 16 * Math.ceil(length / 4);

/** Coefficients for four columns at a time. */
export function workbench(): Workbench {
  if (bench) return bench;
  const bytes = memoryBytes(ACCUMULATED, 4);
  bench = laidOut(reserve(bytes) ?? { buffer: new ArrayBuffer(bytes) }, ACCUMULATED, 4);
  return bench;
}

const memoryBytes = (dim: number, count: number) => VECTORS_AT + (count + 1) * paddedBytes(dim);

type Buffered = WebAssembly.Memory | { buffer: ArrayBuffer };

function laidOut(memory: Buffered, dim: number, count: number): Workbench & { vectors: Float32Array[] } {
  const { buffer } = memory;
  const vectorAt = (slot: number) => new Float32Array(buffer, VECTORS_AT + slot * paddedBytes(dim), dim);
  return {
    kernels: memory instanceof WebAssembly.Memory ? wasmKernels(memory) : scriptKernels(buffer),
    sums: new Float64Array(buffer, 0, 4),
    total: new Float64Array(buffer, TOTAL_AT, ACCUMULATED),
    visitor: vectorAt(0),
    vectors: Array.from({ length: count }, (_, i) => vectorAt(i + 1)),
  };
}

function wasmKernels(memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(kernelModule()!, { env: { memory } }).exports as unknown as Kernels;
}

/** Null on processors without vector instructions for WebAssembly. */
function kernelModule(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  const bytes = Buffer.from(KERNELS_WASM, 'base64');
  return (compiled = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null);
}

/** Pages that nobody writes to take no memory. Null without kernels, or if the memory exceeds the address space. */
function reserve(bytes: number): WebAssembly.Memory | null {
  const pages = Math.ceil(bytes / PAGE);
  if (!kernelModule() || pages > MOST_PAGES) return null;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (fault) {
    if (fault instanceof RangeError) return null;
    throw fault;
  }
}
