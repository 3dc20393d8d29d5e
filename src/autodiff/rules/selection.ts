import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { elementPlaces, gatherFlat, scatterFlat } from '../../graph/places';
import type { Rule, RuleTable } from '../rule';

/** Softmax, and operators that pick elements by their size. */
export const selectionRules: RuleTable = {
  /** y = softmax x:  J = diag y − y·yᵀ, symmetric, so both modes are y⊙(d − ⟨y, d⟩). */
  Softmax: symmetric(({ g, y, attributes: { axis } }, d) => g.mul(y, g.sub(d, g.sum(g.mul(y, d), [axis], true)))),
  /** y = x − log Σ eˣ:  ẏ = ẋ − ⟨softmax x, ẋ⟩,  x̄ = ȳ − softmax x · Σ ȳ. Softmax is e^y. */
  LogSoftmax: {
    jvp({ g, y, attributes: { axis } }, [xDot]) {
      return [xDot && g.sub(xDot, g.sum(g.mul(g.exp(y), xDot), [axis], true))];
    },
    vjp({ g, y, attributes: { axis } }, [yBar]) {
      return [yBar && g.sub(yBar, g.mul(g.exp(y), g.sum(yBar, [axis], true)))];
    },
  },
  ReduceMax: extremum(),
  ReduceMin: extremum(),
  /** Each output copies one input. Its tangent is gathered from the place of the maximum, and its cotangent is added back there. */
  MaxPool: {
    jvp({ g, outputs: [, indices] }, [xDot]) {
      return [xDot && gatherFlat(g, xDot, indices), null];
    },
    vjp({ g, x, outputs: [, indices] }, [yBar]) {
      if (!yBar) return [null];
      return [scatterFlat(g, yBar, indices, x.shape)];
    },
  },
  /** As for MaxPool, elements are gathered from their places along the axis and added back there. */
  TopK: {
    jvp({ g, x, outputs: [, indices], attributes: { axis } }, [xDot]) {
      return [xDot && gatherFlat(g, xDot, elementPlaces(g, indices, x.shape, axis)), null];
    },
    vjp({ g, x, outputs: [, indices], attributes: { axis } }, [yBar]) {
      if (!yBar) return [null];
      const places = elementPlaces(g, indices, x.shape, axis);
      return [scatterFlat(g, yBar, places, x.shape)];
    },
  },
};

function symmetric<O extends Op>(product: (context: Parameters<Rule<O>['jvp']>[0], d: Value) => Value): Rule<O> {
  return {
    jvp: (context, [xDot]) => [xDot && product(context, xDot)],
    vjp: (context, [yBar]) => [yBar && product(context, yBar)],
  };
}

/** y = max of x over axes; several equal maxima share evenly, as in PyTorch. */
function extremum<O extends 'ReduceMax' | 'ReduceMin'>(): Rule<O> {
  return {
    jvp({ g, x, y, attributes: { axes, keepdims } }, [xDot]) {
      return [xDot && g.sum(g.mul(shares(g, x, y, axes, keepdims), xDot), axes, keepdims)];
    },
    vjp({ g, x, y, attributes: { axes, keepdims } }, [yBar]) {
      if (!yBar) return [null];
      return [g.mul(shares(g, x, y, axes, keepdims), keepdims ? yBar : g.unsqueeze(yBar, axes))];
    },
  };
}

/** 1/n at each of the n places where x attains y, else 0. */
function shares(g: GraphBuilder, x: Value, y: Value, axes: readonly number[], keepdims: boolean): Value {
  const attained = g.cast(g.equal(x, keepdims ? y : g.unsqueeze(y, axes)), x.dtype);
  return g.div(attained, g.sum(attained, axes, true));
}
