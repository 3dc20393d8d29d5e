import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { onnxObjective, vectorsOf } from './kernels';

/** How the time of a Hessian product divides among operators and nodes. */
export interface ProductProfile {
  operators: { name: string; share: number }[];
  nodes: { name: string; share: number }[];
}

const KEPT = 5;
const PRODUCTS = 3;

/** Profiles Hessian products and returns the five operators and the five nodes of the model that take longest. */
export async function topOfProduct(path: string, asked: AnalysisOptions): Promise<ProductProfile> {
  const { objective: opened, profile } = await openObjective(path, resolveOptions({ ...asked, profile: true }));
  const objective = onnxObjective(opened);
  try {
    for (let i = 0; i < PRODUCTS; i++) await objective.products('hessian', vectorsOf(objective, 1));
    const { seconds, operators, nodes } = (await profile())!;
    const top = (entries: typeof nodes) =>
      entries.slice(0, KEPT).map(({ name, seconds: spent }) => ({ name, share: spent / seconds }));
    return { operators: top(operators), nodes: top(nodes) };
  } finally {
    await objective.dispose();
  }
}
