import { describe, expect, it } from 'vitest';
import type { Report } from '../report/report';
import { packState, unpackState } from './pageState';
import type { PageState } from './pageState';

const report: Report = {
  schemaVersion: 1,
  complete: false,
  model: { path: 'm.onnx', sha256: '', opset: 17, producer: '', parameterCount: 1, parameters: [] },
  lines: [{ direction: 'random', alpha: [-1, 0, 1], loss: [NaN, 1, Infinity] }],
  planes: [],
  diagnostics: [],
  warnings: [],
  timings: {},
  provenance: { version: '0', seed: 0, options: {}, data: '', started: '2026-01-01T00:00:00Z', machine: '' },
};
const states: PageState[] = [
  { kind: 'empty' },
  { kind: 'waiting', title: 'm', text: 'Waiting for the choice of data.' },
  { kind: 'running', title: 'm', progress: { stage: 'Loss', fraction: 0.5 } },
  { kind: 'running', title: 'm', progress: { stage: 'Loss', fraction: 0.5 }, report },
  { kind: 'failed', failure: { kind: 'user', what: 'No.', where: [] }, report },
  { kind: 'report', report },
  { kind: 'report', report, stopped: { why: 'cancelled', fraction: 0.25 } },
];

describe('packState', () => {
  it.each(states)('survives a JSON channel: $kind', (state) => {
    expect(unpackState(JSON.parse(JSON.stringify(packState(state))))).toEqual(state);
  });
});
