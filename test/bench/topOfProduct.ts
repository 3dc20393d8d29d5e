import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { onnxObjective, vectorsOf } from './kernels';

/** Shares of a Hessian product's time. */
export interface ProductProfile {
  operators: { name: string; share: number }[];
  nodes: { name: string; share: number }[];
}

const KEPT = 5;
const PRODUCTS = 3;

/** Where the time of Hessian products goes: the five longest operators and nodes of the model. */
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
