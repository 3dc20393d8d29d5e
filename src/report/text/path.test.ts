import { describe, expect, it } from 'vitest';
import type { TrainingPath } from '../sections/path';
import { checkpointNames, extentOfPath, planeOfPathText } from './path';

const pathOf = (files: readonly string[], pca?: Partial<NonNullable<TrainingPath['pca']>>): TrainingPath => ({
  checkpoints: files.map((file, i) => ({ file, step: 1000 * i, loss: 1, distance: 0 })),
  stepsFromNames: true,
  centre: files.length - 1,
  ...(pca && {
    pca: {
      explained: [0.9, 0.08, 0.02],
      distanceShare: [0.93, 0.05],
      coordinates: files.map(() => [0, 0]),
      offPlane: files.map((_, i) => i / 10),
      lossOnPlane: files.map(() => 1),
      ...pca,
    },
  }),
});

describe('the sentences on a path', () => {
  it('name its extent', () => {
    expect(extentOfPath(pathOf(['a', 'b', 'c']))).toBe('3 checkpoints, steps 0 to 2000');
    expect(extentOfPath({ ...pathOf(['a', 'b']), stepsFromNames: false })).toBe('2 checkpoints');
    expect(extentOfPath(pathOf(['a']))).toBe('1 checkpoint');
  });

  it('say what the plane holds, and where its loss is not that of the checkpoint', () => {
    const text = planeOfPathText(pathOf(['a', 'b', 'c', 'd'], { lossOnPlane: [1.001, 0.7, NaN, 1] }));
    expect(text[0]).toMatch(/Two axes hold 98 % of the variance.*\(90 % and 8 %\), and 98 % of the squared distances/);
    expect(text[1]).toMatch(/at step 1000 it has 0\.7, the checkpoint 1, at a distance of 0\.1/);
    expect(planeOfPathText(pathOf(['a', 'b'], { lossOnPlane: [1.001, 1] }))).toHaveLength(1);
    expect(planeOfPathText(pathOf(['a', 'b'], { explained: [1] }))[0]).toMatch(/straight/);
    expect(planeOfPathText(pathOf(['a']))).toEqual([]);
  });

  it('name files by as many folders as tell them apart', () => {
    expect(checkpointNames(pathOf(['run/ckpt_1.onnx', 'run/ckpt_2.onnx']))).toEqual(['ckpt_1.onnx', 'ckpt_2.onnx']);
    expect(checkpointNames(pathOf(['run/1/model.onnx', 'run/2/model.onnx']))).toEqual(['1/model.onnx', '2/model.onnx']);
  });
});
