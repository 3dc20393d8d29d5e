import type { ParameterTensor } from '../objective/objective';

export type Normalization = 'filter' | 'layer' | 'none';

export declare function normalizeDirection(
  direction: Float32Array,
  theta: Float32Array,
  parameters: readonly ParameterTensor[],
  normalization: Normalization,
): { vector: Float32Array; heldStill: string[]; zeroFilters: number };
