import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dot } from '../../src/numerics/vectors';
import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';

/** Loss, gradient norm and trace of H that float64 autograd gives for the logits below the probabilities. */
const CASES: [name: string, options: AnalysisOptions, reads: string, loss: number, norm?: number, trace?: number][] = [
  ['softmax_sequence', {}, 'logits below the final Softmax of «p»', 0.150862],
  ['softmax-then-reshape', {}, 'logits below the final Softmax of «o»', 1.857768, 0.83114, 2.31968],
  ['softmax-then-transpose', {}, 'logits below the final Softmax of «o»', 1.875848, 0.464391, 13.3109],
  ['sigmoid-then-squeeze-saturated', {}, 'logits below the final Sigmoid of «o»', 5.17162, 0.653456, 0.992675],
  // The file has float32 bounds, in which 1 − 1e-7 becomes 1 − 1.19e-7.
  ['sigmoid-then-clip-guess', {}, 'logits below the final Sigmoid of «o»', 2.679951],
  ['hardsigmoid-bce-selfcheck-nan', { loss: 'bce' }, 'probabilities of «o»', NaN, undefined, 0.735341],
  ['nll-fisher-zero', {}, 'logits below the final LogSoftmax of «q»', 1.940435, undefined, 1.608724],
  ['tokens-length-equals-classes', {}, 'logits below the final Softmax of «o»', 3.387248, 0.63318, 2.09064],
];

describe.each(CASES)('%s', (name, options, reads, loss, norm, trace) => {
  it('has the figures of the logits below the probabilities', async () => {
    const folder = resolve(__dirname, '../fixtures/cases', name);
    const resolved = resolveOptions({ data: `${folder}/data.npz`, provider: 'cpu', threads: 1, ...options });
    const opened = await openObjective(`${folder}/model.onnx`, resolved);
    const { objective } = opened;
    try {
      expect(opened.reads).toBe(reads);
      if (!Number.isNaN(loss)) expect((await objective.value()).loss).toBeCloseTo(loss, 5);
      const gradient = await objective.gradient();
      expect(gradient.every(Number.isFinite)).toBe(true);
      if (norm !== undefined) expect(Math.sqrt(dot(gradient, gradient))).toBeCloseTo(norm, 5);
      if (trace === undefined) return;
      const units = Array.from({ length: objective.dim }, (_, i) =>
        Float32Array.from({ length: objective.dim }, (_, j) => Number(i === j)),
      );
      const sum = (products: readonly ArrayLike<number>[]) => products.reduce((total, each, i) => total + each[i], 0);
      expect(sum(await objective.products('hessian', units)) / trace).toBeCloseTo(1, 4);
      // Slopes and curvatures of samples use forward mode, where 0 · ∞ would give NaN.
      const [along] = await objective.curvatures('hessian', [gradient]);
      expect([...along.slopes, ...along.curvatures].every(Number.isFinite)).toBe(true);
    } finally {
      await objective.dispose();
    }
  });
});
