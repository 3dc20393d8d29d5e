import { describe, expect, it } from 'vitest';
import { filled, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { runningStatistics } from './statistics';

const channel = (name: string) => weights(name, [4]);
const initializers = {
  scale: channel('scale'),
  shift: channel('shift'),
  anyName: channel('anyName'),
  other: filled([4], 1),
  unread: channel('unread'),
};

describe('running statistics', () => {
  it('are what the node reads as mean and variance, whatever their names', () => {
    const nodes = [node('BatchNormalization', 'x scale shift anyName other', 'y')];
    expect(runningStatistics(sourceGraph({ nodes, initializers }))).toEqual(['anyName', 'other']);
  });

  it('are found behind operators that rearrange them', () => {
    const nodes = [
      node('Identity', 'anyName', 'mean'),
      node('Cast', 'other', 'wide', { to: 1 }),
      node('Identity', 'wide', 'variance'),
      node('BatchNormalization', 'x scale shift mean variance', 'y'),
    ];
    expect(runningStatistics(sourceGraph({ nodes, initializers }))).toEqual(['anyName', 'other']);
  });

  it('count once where two nodes share them', () => {
    const nodes = [
      node('BatchNormalization', 'x scale shift anyName other', 'h'),
      node('BatchNormalization', 'h scale shift anyName other', 'y'),
    ];
    expect(runningStatistics(sourceGraph({ nodes, initializers }))).toEqual(['anyName', 'other']);
  });

  it('are none of a node that normalizes with the statistics of the batch, and of other normalizations', () => {
    const nodes = [
      node('BatchNormalization', 'x scale shift anyName other', 'h', { training_mode: 1 }),
      node('InstanceNormalization', 'h scale shift', 'y'),
    ];
    expect(runningStatistics(sourceGraph({ nodes, initializers }))).toEqual([]);
  });
});
