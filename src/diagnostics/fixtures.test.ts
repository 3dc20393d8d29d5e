import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LossName } from '../options/options';
import { SCHEMA_VERSION } from '../report/report';
import type { Report, Verdict } from '../report/report';
import { judge } from './judge';

/** What the float64 reference of a fixture holds. */
interface Reference {
  loss_function: LossName;
  samples: number;
  parameters: number;
  loss: number;
  gradient_norm: number;
  theta_norm: number;
  gradient_norm_by_tensor: Record<string, number>;
  gHg: number;
  eigenvalues_top: number[];
  eigenvalues_bottom: number[];
  eigenvalues_all?: number[];
  trace: number;
  trace_stderr?: number;
  mean_squared_sample_gradient_norm_first_200: number;
}

interface Case {
  /** Loss of the best answer that ignores the input. */
  chance: number;
  /** Shapes of the tensors whose element count does not follow from their name. */
  shapes: (name: string) => number[];
  verdicts: Record<string, Verdict>;
}

const CLASSES = 10;
const digits = { chance: Math.log(CLASSES) };
const mlp = (name: string) =>
  ({ 'net.0.weight': [24, 64], 'net.2.weight': [16, 24], 'net.4.weight': [10, 16] })[name] ?? [
    { 'net.0.bias': 24, 'net.2.bias': 16, 'net.4.bias': 10 }[name]!,
  ];
const sigmoids = (name: string) => {
  const outputs = name.startsWith('net.16.') ? 10 : 16;
  return name.endsWith('weight') ? [outputs, name.startsWith('net.0.') ? 64 : 16] : [outputs];
};
const lenet = (name: string) =>
  ({
    'c1.weight': [6, 1, 5, 5],
    'c2.weight': [16, 6, 5, 5],
    'f1.weight': [120, 400],
    'f2.weight': [84, 120],
    'f3.weight': [10, 84],
  })[name] ?? [{ 'c1.bias': 6, 'c2.bias': 16, 'f1.bias': 120, 'f2.bias': 84, 'f3.bias': 10 }[name]!];
/** Residual and plain network: 8, 8, 8, 16, 16, 32, 32 channels. */
const convolutions = (name: string) => {
  const block = Number(/^body\.(\d)/.exec(name)?.[1] ?? -1);
  const width = [8, 8, 16, 16, 32, 32];
  const outputs = name.startsWith('fc') ? 10 : block < 0 ? 8 : width[block];
  if (name.endsWith('bias')) return [outputs];
  if (name.startsWith('fc')) return [10, 32];
  if (block < 0) return [8, 1, 3, 3];
  const inputs = name.includes('.c2.') ? outputs : block === 0 ? 8 : width[block - 1];
  return [outputs, inputs, ...(name.includes('.sc.') ? [1, 1] : [3, 3])];
};
const lstm = (name: string) =>
  ({ 'r.weight_ih_l0': [128, 28], 'r.weight_hh_l0': [128, 32], 'fc.weight': [10, 32], 'fc.bias': [10] })[name] ?? [128];
const transformer = (name: string) => {
  const matrix = { pos: [1, 17, 32], cls: [1, 1, 32], 'patch.weight': [32, 1, 7, 7], 'fc.weight': [10, 32] }[name];
  if (matrix) return matrix;
  if (/\.(qkv|u|v|o)\.weight$/.test(name))
    return name.includes('qkv') ? [32, 96] : /\.[uv]\./.test(name) ? [32, 128] : [32, 32];
  return [name.includes('qkv') ? 96 : name.includes('.u.') ? 128 : name.startsWith('fc') ? 10 : 32];
};

const descending = { 'critical-point': 'absent', saddle: 'absent', minimum: 'absent', maximum: 'absent' } as const;
/** Trained, and tested on other data: the loss still falls along the gradient, far below chance. */
const trained = {
  ...descending,
  'flat-region': 'absent',
  // The references hold no norms of the weights, which the gradients are weighed with.
  'vanishing-gradient': 'inconclusive',
  'ill-conditioning': 'present',
  sharpness: 'present',
} as const;

/** The same where ‖g‖ is 1 to 1.4 times its standard error: chance explains half of ‖g‖² and more. */
const noisy = { ...trained, 'critical-point': 'inconclusive', saddle: 'inconclusive' } as const;

const CASES: Record<string, Case> = {
  linear_saddle: {
    chance: 4.589615,
    shapes: (name) => (name === 'a.weight' ? [3, 2] : [2, 3]),
    verdicts: {
      'critical-point': 'present',
      saddle: 'present',
      minimum: 'absent',
      maximum: 'absent',
      // Flat to first order only: the negative curvature is as strong as the positive.
      'flat-region': 'absent',
      'vanishing-gradient': 'inconclusive',
      'ill-conditioning': 'absent',
      sharpness: 'present',
    },
  },
  linear_illconditioned: {
    chance: 101.31967,
    shapes: (name) => (name === 'weight' ? [1, 8] : [1]),
    // A single layer: nothing lies between it and the input.
    verdicts: { ...trained, 'vanishing-gradient': 'absent' },
  },
  // Separable digits: the loss falls towards zero at infinity, ever more slowly, inside the sampling error of its
  // gradient; a few eigenvalues are slightly negative, as after any training.
  mlp_digits: {
    ...digits,
    shapes: mlp,
    verdicts: { ...trained, 'critical-point': 'inconclusive', saddle: 'inconclusive', minimum: 'absent' },
  },
  // At chance, but the gradient is healthy and leads below it.
  mlp_digits_untrained: { ...digits, shapes: mlp, verdicts: trained },
  sigmoid_plateau: {
    ...digits,
    shapes: sigmoids,
    verdicts: { ...trained, 'flat-region': 'present', 'vanishing-gradient': 'inconclusive' },
  },
  lenet_fashion: { ...digits, shapes: lenet, verdicts: trained },
  resnet_fashion: { ...digits, shapes: convolutions, verdicts: noisy },
  plain_fashion: { ...digits, shapes: convolutions, verdicts: noisy },
  vit_fashion: { ...digits, shapes: transformer, verdicts: trained },
  lstm_fashion: { ...digits, shapes: lstm, verdicts: trained },
};

const FLOAT32 = 2 ** -23;

/** The report that an exact analysis of the fixture would give, with the errors of float32 and of converged Lanczos. */
function reportOf(name: string): Report {
  const { chance, shapes } = CASES[name]!;
  const reference = JSON.parse(readFileSync(`test/fixtures/${name}/reference.json`, 'utf8')) as Reference;
  const byParameter = Object.entries(reference.gradient_norm_by_tensor).map(([tensor, norm]) => ({
    name: tensor,
    norm,
  }));
  const parameters = byParameter.map((tensor) => {
    const shape = shapes(tensor.name);
    return { name: tensor.name, shape, count: shape.reduce((a, b) => a * b) };
  });
  const all = reference.eigenvalues_all;
  const exact = all !== undefined && all.length <= 256;
  const scale = Math.max(reference.eigenvalues_top[0], -reference.eigenvalues_bottom[0]);
  const residual = exact ? 0 : 1e-4 * scale;
  const eigenvalue = (value: number) => ({ value, residual, converged: true });
  return {
    schemaVersion: SCHEMA_VERSION,
    complete: true,
    model: {
      path: 'model.onnx',
      sha256: '',
      opset: 17,
      producer: '',
      parameterCount: reference.parameters,
      parameters,
    },
    objective: {
      function: reference.loss_function,
      loss: reference.loss,
      samples: reference.samples,
      batchSize: reference.samples,
      weightDecay: 0,
      standardError: 0,
      chanceLoss: chance,
      classes: reference.loss_function === 'cross_entropy' ? CLASSES : undefined,
    },
    gradient: {
      norm: reference.gradient_norm,
      byParameter,
      curvature: reference.gHg,
      noiseFloor: FLOAT32 * reference.gradient_norm,
      samplingError: Math.sqrt(reference.mean_squared_sample_gradient_norm_first_200 / reference.samples),
    },
    parameters: { norm: reference.theta_norm },
    spectrum: {
      hessian: {
        top: reference.eigenvalues_top.slice(0, 5).map(eigenvalue),
        bottom: reference.eigenvalues_bottom.slice(0, 3).map(eigenvalue),
        trace: { value: reference.trace, standardError: reference.trace_stderr ?? 0, probes: 0 },
        ritz: all && !exact ? [{ nodes: all, weights: all.map(() => 1 / all.length) }] : undefined,
        products: 0,
        noiseFloor: FLOAT32 * scale,
        exact,
        all: exact ? all : undefined,
      },
    },
    lines: [],
    planes: [],
    diagnostics: [],
    warnings: [],
    timings: {},
    provenance: { version: '', seed: 0, options: {}, data: '', started: '', machine: '' },
  };
}

describe('verdicts on the reference models', () => {
  it.each(Object.keys(CASES))('%s', (name) => {
    const report = reportOf(name);
    expect(report.model.parameters.reduce((sum, { count }) => sum + count, 0)).toBe(report.model.parameterCount);
    const verdicts = Object.fromEntries(judge(report).map(({ id, verdict }) => [id, verdict]));
    expect(verdicts).toEqual(CASES[name].verdicts);
  });

  const finding = (name: string, id: string) => judge(reportOf(name)).find((found) => found.id === id)!;
  const evidence = (name: string, id: string, figure: string) =>
    finding(name, id).evidence.find((item) => item.name === figure)!.value;

  it('counts the negative directions of the linear saddle', () => {
    expect(finding('linear_saddle', 'saddle').summary).toContain('of index 6:');
    expect(evidence('linear_saddle', 'saddle', 'negative eigenvalues')).toBe(6);
    expect(finding('linear_saddle', 'critical-point').summary).toContain('exactly zero');
  });

  it('gives the condition number of the ill-conditioned regression within 1 %', () => {
    const kappa = evidence('linear_illconditioned', 'ill-conditioning', 'condition number');
    expect(kappa / (216.5515720267174 / 0.00020017239587535562)).toBeCloseTo(1, 2);
    expect(finding('linear_illconditioned', 'ill-conditioning').severity).toBe('high');
  });

  it('reports the negative curvature of the untrained network as evidence', () => {
    expect(evidence('mlp_digits_untrained', 'critical-point', 'λ_min')).toBeCloseTo(-0.28788, 4);
    expect(finding('mlp_digits_untrained', 'critical-point').summary).toContain('curves down in at least 3 directions');
  });

  it('names layers and loss of the sigmoid plateau', () => {
    const { summary, severity } = finding('sigmoid_plateau', 'flat-region');
    expect(summary).toMatch(/Plateau: the loss, 2\.38, is 104 % .* 68.8 % of the weights/);
    expect(severity).toBe('high');
  });

  it('bounds the learning rate of the residual network by 2/λ_max', () => {
    expect(evidence('resnet_fashion', 'sharpness', 'largest stable step 2/λ_max')).toBeCloseTo(2 / 60.826, 4);
  });
});
