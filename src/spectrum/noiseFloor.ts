import type { SymmetricOperator } from './operator';

export interface NoiseFloor {
  /** Absolute, in units of λ: an eigenvalue nearer to zero than this has no certain sign. */
  value: number;
  /** A sentence that says what was measured. */
  explanation: string;
  products: number;
}

export interface NoiseFloorOptions {
  /** Largest |λ|. */
  maxAbs: number;
  seed: number;
  /** `Extremes.asymmetry`, where a Lanczos run has measured it already. */
  asymmetry?: number;
  pairs?: number;
  signal?: AbortSignal;
}

export declare function noiseFloor(op: SymmetricOperator, options: NoiseFloorOptions): Promise<NoiseFloor>;
