import { constantOf } from '../../graph/graph';
import type { AxisRules } from './axes';
import { resized } from './axes';
import type { Entry } from './choice';
import { at, chosen, isSame, MOST_ENTRIES, stacked } from './choice';
import type { UnitAxis } from './factor';
import { fix, joined, leaves, merge, newAxis } from './factor';

/**
 * Rules that keep apart what operators put together and take out again: queries, keys and values of one projection, both
 * directions of a recurrent layer, the channels of branches that are joined. Each part keeps an order of its own.
 */
export const APART: AxisRules = {
  Slice({ outputs: [{ shape }], attributes: { starts, ends, steps } }, [x]) {
    const entries: Entry[] = [];
    const axes = x.map((axis, i) => {
      const found = steps[i] === 1 ? chosen(axis, starts[i], ends[i]) : null;
      if (!found) return resized(axis, shape[i]);
      entries.push(...found.entries);
      return found.axis;
    });
    return axes.map((axis) => at(axis, entries));
  },
  Gather({ inputs: [, read], attributes: { axis } }, [x, indices]) {
    const index = constantOf(read)?.data;
    const found = index?.length === 1 ? chosen(x[axis], Number(index[0]), Number(index[0]) + 1) : null;
    if (!found) fix(x[axis]);
    const rest = (axes: readonly UnitAxis[]) => axes.map((each) => at(each, found?.entries ?? []));
    return [...rest(x.slice(0, axis)), ...indices, ...rest(x.slice(axis + 1))];
  },
  Concat({ attributes: { axis: along }, inputs: operands, outputs: [{ shape }] }, inputs) {
    const isStack = operands.length <= MOST_ENTRIES && operands.every((operand) => operand.shape[along] === 1);
    const [counter] = isStack ? newAxis(operands.length, true) : [];
    return shape.map((_, i) => {
      const [first, ...others] = inputs.map((axes) => axes[i]);
      if (i === along) return counter ? [counter] : joined([first, ...others]);
      const isOne = others.every((other) => isSame(first, other) || leaves(other).every(({ fixed }) => fixed));
      if (counter && !isOne) return stacked([first, ...others], counter);
      for (const other of others) merge(first, other);
      return first;
    });
  },
};
