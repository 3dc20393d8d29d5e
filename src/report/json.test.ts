import { describe, expect, it } from 'vitest';
import { UserError } from '../errors';
import { reportFromJson, reportToJson } from './json';
import { SCHEMA_VERSION } from './report';
import type { Report } from './report';

const minimal: Report = {
  schemaVersion: SCHEMA_VERSION,
  complete: false,
  model: { path: 'm.onnx', sha256: 'ab', opset: 17, producer: 'pytorch 2.4', parameterCount: 0, parameters: [] },
  lines: [],
  planes: [],
  diagnostics: [],
  warnings: [],
  timings: {},
  provenance: { version: '0.1.0', seed: 0, options: {}, data: '', started: '2025-01-01T00:00:00Z', machine: 'x64' },
};

const full: Report = {
  ...minimal,
  complete: true,
  // A tensor may have the name "NaN", so only values of number fields become numbers again.
  model: { ...minimal.model, parameterCount: 2, parameters: [{ name: 'NaN', shape: [2], count: 2 }] },
  objective: {
    function: 'cross_entropy',
    loss: 0.1 + 0.2,
    accuracy: NaN,
    samples: 10,
    batchSize: 5,
    weightDecay: 0,
    standardError: 1e-300,
    classes: 10,
    chanceLoss: Math.log(10),
  },
  provider: {
    requested: 'auto',
    used: 'cpu',
    device: 'CPU, 2 threads',
    fallbacks: [{ node: 'n', operator: 'Conv', reason: 'r' }],
  },
  gradient: { norm: 1, byParameter: [{ name: 'NaN', norm: Infinity }], curvature: -0.5, noiseFloor: 1e-9 },
  parameters: { norm: 2, curvature: 3, hessianProductNorm: 4, byParameter: [{ name: 'NaN', norm: 2 }] },
  spectrum: {
    hessian: {
      top: [{ value: 3, residual: 1e-6, converged: true, dataError: 0.1 }],
      bottom: [{ value: -1, residual: 1e-6, converged: false }],
      trace: { value: 2, standardError: 0, probes: 0 },
      density: { lambda: [-1, 3], density: [0.5, 0.5], sigma: 0.1 },
      ritz: [{ nodes: [-1, 3], weights: [0.5, 0.5] }],
      products: 2,
      noiseFloor: 1e-7,
      exact: true,
      all: [-1, 3],
      certifiedNegative: 1,
    },
    ggn: { top: [], products: 0, noiseFloor: 0 },
  },
  lines: [
    { direction: 'random', alpha: [-1, 0, 1], loss: [Infinity, 0.3, NaN], accuracy: [0, 1, NaN], directionNorm: 2 },
  ],
  planes: [
    {
      x: { direction: 'random', values: [0] },
      y: { direction: 'top/1', values: [0, 1] },
      loss: [[1], [-Infinity]],
      cosine: 0,
    },
  ],
  diagnostics: [
    {
      id: 'saddle',
      title: 'Saddle point',
      verdict: 'present',
      severity: 'high',
      summary: 's',
      evidence: [{ name: 'λ_min', value: -1, error: Infinity }],
      advice: ['a'],
      shownIn: 'spectrum',
      source: 'arXiv:1406.2572',
    },
  ],
  warnings: ['w'],
  timings: { total: 3, hvp: { count: 2, seconds: 1 } },
  profile: {
    seconds: 2,
    runs: 3,
    operators: [{ name: 'Conv', seconds: 1.5, calls: 6 }],
    nodes: [{ name: 'NaN', seconds: 1.5, calls: 6 }],
  },
};

describe('report JSON', () => {
  it('is read back unchanged, with non-finite numbers', () => {
    expect(reportFromJson(reportToJson(minimal))).toEqual(minimal);
    expect(reportFromJson(reportToJson(full))).toEqual(full);
  });

  it('spells non-finite numbers out', () => {
    const saved = JSON.parse(reportToJson(full)) as { lines: { loss: unknown[] }[]; planes: { loss: unknown[][] }[] };
    expect(saved.lines[0].loss).toEqual(['Infinity', 0.3, 'NaN']);
    expect(saved.planes[0].loss[1]).toEqual(['-Infinity']);
  });

  it('writes typed arrays as lists', () => {
    const alpha = Float64Array.of(0, NaN, 1) as unknown as number[];
    const text = reportToJson({ ...minimal, lines: [{ direction: 'random', alpha, loss: [1, 2, 3] }] });
    expect(reportFromJson(text).lines[0].alpha).toEqual([0, NaN, 1]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('reads a timing called %s like any other', (name) => {
    const text = reportToJson(minimal)
      .replace(/"timings":\s*\{/, `$&"${name}":1,`)
      .replace(/,(\s*\})/g, '$1');
    expect(Object.entries(reportFromJson(text).timings)).toContainEqual([name, 1]);
  });

  it('keeps fields that a later version added', () => {
    const text = JSON.stringify({ ...minimal, model: { ...minimal.model, architecture: 'mlp' } });
    expect(reportFromJson(text).model).toMatchObject({ architecture: 'mlp' });
  });

  it.each([
    ['text that is no JSON', '{"schemaVersion": 1,', /not valid JSON/],
    ['JSON that is no report', '[1, 2]', /the document should be an object/],
    ['a newer schema', JSON.stringify({ ...minimal, schemaVersion: SCHEMA_VERSION + 1 }), /schema version 2/],
    [
      'a missing field',
      JSON.stringify({ ...minimal, warnings: undefined }),
      /"warnings" should be a list, but is missing/,
    ],
    [
      'a wrong number',
      reportToJson(full).replace('"sigma": 0.1', '"sigma": "thin"'),
      /"spectrum.hessian.density.sigma" should be a number, but is "thin"/,
    ],
    [
      'a wrong number deep inside lists',
      reportToJson(full).replace('"-Infinity"', 'null'),
      /"planes\[0\].loss\[1\]\[0\]" should be a number, but is null/,
    ],
    [
      'an unknown verdict',
      reportToJson(full).replace('"present"', '"maybe"'),
      /"diagnostics\[0\].verdict" should be one of present/,
    ],
  ])('refuses %s with one message', (_what, text, message) => {
    expect(() => reportFromJson(text)).toThrow(message);
    expect(() => reportFromJson(text)).toThrow(UserError);
  });
});
