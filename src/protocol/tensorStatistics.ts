/** Figures of the numbers of one tensor. Those that are not finite are counted and left out of the others. */
export interface TensorStatistics {
  name: string;
  /** Null where no number is finite. */
  mean: number | null;
  /** Standard deviation over the numbers of the tensor. */
  std: number | null;
  min: number | null;
  max: number | null;
  /** How many numbers are 0. */
  zeros: number;
  nan: number;
  infinite: number;
}
