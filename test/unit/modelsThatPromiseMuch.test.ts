import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../src/objective/open/inspectModel';
import { resolveOptions } from '../../src/options/presets';

/** Files of a few hundred bytes that ask for a billion steps, nodes or numbers. */

const inspect = (path: string) =>
  inspectModel(join(__dirname, '../fixtures/cases', path), resolveOptions({ data: 'generated' }));

describe('a model that asks for more than can be computed is refused, the node named', () => {
  it.each([
    ['hostile-onnx-hang/lrn.onnx', /LRN is too large[\s\S]*at LRN "/],
    ['hostile-onnx-hang/gridsample.onnx', /GridSample[\s\S]*at GridSample "/],
    ['hostile-bombs/concat_double.onnx', /Concat is too large[\s\S]*at Concat "Concat_39"/],
    ['hostile-bombs/onehot_huge.onnx', /OneHot is too large: a table of 8589934592 numbers[\s\S]*at OneHot "/],
    ['hostile-bombs/rnn_long.onnx', /LSTM is too large: 1000000 steps[\s\S]*at LSTM "/],
    ['hostile-bombs/fn_bomb_2e39.onnx', /more than 262144 nodes when its functions are written out/],
  ])('%s', async (path, message) => {
    await expect(inspect(path)).rejects.toThrow(message);
  });

  it('while one whose sizes double to what still can be computed is inspected', async () => {
    const { cost } = await inspect('hostile-bombs/concat_double25.onnx');
    expect(cost.nodes).toBeLessThan(100);
  });
});
