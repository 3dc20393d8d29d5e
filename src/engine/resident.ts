import type { Tensor as OrtTensor } from 'onnxruntime-node';
import type { DType, Tensor, TensorData } from '../graph/tensor';
import { arrayType } from '../graph/tensor';
import { ort } from './ort';

/** Element types that WebGPU computes with. The runtime hands the others to the CPU, so they stay there. */
const ON_DEVICE: ReadonlySet<DType> = new Set<DType>(['float32', 'int32', 'bool']);

/** Whether a tensor of this type should be kept on the device instead of the host. */
export const livesOnDevice = (dtype: DType) => ON_DEVICE.has(dtype);

/**
 * A tensor that stays where programs run and is fed to them directly: on the host, in the device's memory, or in a lane.
 * If it is not on the host, only `dispose` frees it, because nothing collects it. It ends with the program that wrote it.
 */
export interface Resident {
  /** Bytes that it occupies; 0 if its creator holds them anyway. */
  readonly bytes: number;
  readonly disposed: boolean;
  /** Its numbers, copied to the host if necessary. */
  read(): Promise<Tensor>;
  dispose(): void;
}

/** The runtime's tensor in this thread. The runtime aborts the process if a device's tensor is used after its end. */
export class HeldTensor implements Resident {
  private constructor(
    private tensor: OrtTensor | null,
    readonly bytes: number,
    private readonly onDispose: () => void,
  ) {}

  /** An output that a run left on the device. */
  static result(tensor: OrtTensor, onDispose: () => void): HeldTensor {
    return new HeldTensor(tensor, byteLength(tensor), onDispose);
  }

  /** Wraps a tensor of the host, without a copy. */
  static of({ dtype, data, shape }: Tensor): HeldTensor {
    return new HeldTensor(new ort.Tensor(dtype, data as never, shape), 0, () => undefined);
  }

  /** The input of a session. @throws Error if the tensor was disposed of, which is our fault */
  get fed(): OrtTensor {
    if (!this.tensor) throw new Error('A tensor is read after it was disposed of.');
    return this.tensor;
  }

  /** The tensor itself if it is on the host, else null. */
  get host(): Tensor | null {
    return this.fed.location === 'cpu' ? this.withData(this.fed.data) : null;
  }

  async read(): Promise<Tensor> {
    return this.withData(await this.fed.getData());
  }

  get disposed(): boolean {
    return this.tensor === null;
  }

  dispose(): void {
    if (this.tensor?.location === 'gpu-buffer') this.tensor.dispose();
    if (this.tensor) this.onDispose();
    this.tensor = null;
  }

  private withData(data: OrtTensor['data']): Tensor {
    const { type, dims } = this.fed;
    return { dtype: type as DType, shape: dims, data: data as TensorData };
  }
}

/** Computed from type and shape, because the data of a device's tensor are not accessible. */
function byteLength({ size, type }: OrtTensor): number {
  return size * arrayType(type as DType).BYTES_PER_ELEMENT;
}

/** Disposes of all tensors of a record. */
export function disposeOf(residents: Readonly<Record<string, Resident>>): void {
  for (const resident of Object.values(residents)) resident.dispose();
}
