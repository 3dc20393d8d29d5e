import type { Tensor as OrtTensor } from 'onnxruntime-node';
import type { DType, Tensor, TensorData } from '../graph/tensor';
import { arrayType } from '../graph/tensor';
import { ort } from './ort';

/** Element types that WebGPU computes with. The others its runtime hands to the CPU, where they had better stay. */
const ON_DEVICE: ReadonlySet<DType> = new Set<DType>(['float32', 'int32', 'bool']);

/** Whether a tensor of this type is better kept on the device than on the host. */
export const livesOnDevice = (dtype: DType) => ON_DEVICE.has(dtype);

/**
 * A tensor that stays where programs run and is fed to them as it is: on the host, in the device's memory, or in a lane.
 * What is not on the host is given back by `dispose` alone, nothing collects it, and it ends with the program that wrote it.
 */
export interface Resident {
  /** Bytes taken for it; 0 for what its maker holds anyway. */
  readonly bytes: number;
  readonly disposed: boolean;
  /** Its numbers, copied where they are not at hand. */
  read(): Promise<Tensor>;
  dispose(): void;
}

/** Where the runtime has it, in this thread. It aborts the process when a device's tensor is touched after its end. */
export class HeldTensor implements Resident {
  private constructor(
    private tensor: OrtTensor | null,
    readonly bytes: number,
    private readonly onDispose: () => void,
  ) {}

  /** What a run left. */
  static result(tensor: OrtTensor, onDispose: () => void): HeldTensor {
    return new HeldTensor(tensor, byteLength(tensor), onDispose);
  }

  /** A tensor of the host as it is, without a copy. */
  static of({ dtype, data, shape }: Tensor): HeldTensor {
    return new HeldTensor(new ort.Tensor(dtype, data as never, shape), 0, () => undefined);
  }

  /** What a session is fed. @throws Error when there is nothing any more: our own fault */
  get fed(): OrtTensor {
    if (!this.tensor) throw new Error('A tensor is read after it was disposed of.');
    return this.tensor;
  }

  /** The tensor itself where it lies on the host, else null. */
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

/** From type and shape: the data of a device's tensor are not at hand. */
function byteLength({ size, type }: OrtTensor): number {
  return size * arrayType(type as DType).BYTES_PER_ELEMENT;
}

/** Disposes of all, whatever names they have. */
export function disposeOf(residents: Readonly<Record<string, Resident>>): void {
  for (const resident of Object.values(residents)) resident.dispose();
}
