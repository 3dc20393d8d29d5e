import { GraphBuilder } from '../graph/builder';
import type { Tensor } from '../graph/tensor';
import type { Program, ProgramRequest } from './program';
import type { Resident } from './resident';
import { HeldTensor, livesOnDevice } from './resident';

/**
 * Brings tensors into the memory of a device. The runtime has no call for this, so it runs a graph that returns its input:
 * one graph for each type and shape, kept for the next tensor of that shape.
 */
export class Uploads {
  private readonly programs = new Map<string, Promise<Program<Resident>>>();

  constructor(private readonly compile: (g: GraphBuilder, request: ProgramRequest) => Promise<Program<Resident>>) {}

  /** Types that the device leaves to the CPU stay on the host, and so do tensors without elements. */
  async of(tensor: Tensor, lane: number): Promise<Resident> {
    if (!livesOnDevice(tensor.dtype) || tensor.data.length === 0) return HeldTensor.of(tensor);
    const { y } = await (await this.programFor(tensor)).run({ x: tensor }, lane);
    return y;
  }

  private programFor({ dtype, shape }: Tensor): Promise<Program<Resident>> {
    const key = `${dtype} ${shape.join(',')}`;
    const known = this.programs.get(key);
    if (known) return known;
    const g = new GraphBuilder();
    const x = g.input('x', dtype, shape);
    const program = this.compile(g, { inputs: { x }, outputs: { y: x }, constants: new Map() });
    this.programs.set(key, program);
    return program;
  }
}
