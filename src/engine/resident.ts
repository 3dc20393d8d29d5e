import * as ort from 'onnxruntime-node';
import type { DType, Tensor, TensorData } from '../graph/tensor';
import { arrayType } from '../graph/tensor';

/** Element types that WebGPU computes with. The others its runtime hands to the CPU, where they had better stay. */
const ON_DEVICE: ReadonlySet<DType> = new Set<DType>(['float32', 'int32', 'bool']);

/** Whether a tensor of this type is better kept on the device than on the host. */
export const livesOnDevice = (dtype: DType) => ON_DEVICE.has(dtype);

/**
 * A tensor that stays where programs run and is fed to them as it is: in the device's memory, or on the host where that is
 * the CPU. Memory of a device is given back by `dispose` alone, nothing collects it, and it ends with the program that
 * wrote it: the runtime aborts the process when it is touched after that.
 */
export class Resident {
  private constructor(
    private tensor: ort.Tensor | null,
    /** Bytes taken for it; 0 for what its maker holds anyway. */
    readonly bytes: number,
    private readonly onDispose: () => void,
  ) {}

  /** What a run left. */
  static result(tensor: ort.Tensor, onDispose: () => void): Resident {
    return new Resident(tensor, byteLength(tensor), onDispose);
  }

  /** A tensor of the host as it is, without a copy. */
  static of({ dtype, data, shape }: Tensor): Resident {
    return new Resident(new ort.Tensor(dtype, data as never, shape), 0, () => undefined);
  }

  /** What a session is fed. @throws Error when there is nothing any more: our own fault */
  get fed(): ort.Tensor {
    if (!this.tensor) throw new Error('A tensor is read after it was disposed of.');
    return this.tensor;
  }

  /** The tensor itself where it lies on the host, else null. */
  get host(): Tensor | null {
    const { location, type, dims } = this.fed;
    return location === 'cpu' ? { dtype: type as DType, shape: dims, data: this.fed.data as TensorData } : null;
  }

  get disposed(): boolean {
    return this.tensor === null;
  }

  dispose(): void {
    if (this.tensor?.location === 'gpu-buffer') this.tensor.dispose();
    if (this.tensor) this.onDispose();
    this.tensor = null;
  }
}

/** From type and shape: the data of a device's tensor are not at hand. */
function byteLength({ size, type }: ort.Tensor): number {
  return size * arrayType(type as DType).BYTES_PER_ELEMENT;
}

/** Disposes of all, whatever names they have. */
export function disposeOf(residents: Readonly<Record<string, Resident>>): void {
  for (const resident of Object.values(residents)) resident.dispose();
}
