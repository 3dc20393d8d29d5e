import type { Plane } from '../../src/report/report';
import { formatMeasured, formatNumber } from '../../src/text/numbers';
import { baseName } from '../directions';
import type { PlaneMark } from './planePoints';

/** The minima of a plane that last beyond the threshold and their error, and the barriers that part them from lower ones. */
export function topologyPoints({ topology }: Plane): PlaneMark[] {
  if (!topology) return [];
  const lasting = topology.minima.filter(({ persistence, error = 0 }) => persistence - error > topology.threshold);
  return lasting.flatMap(({ x, y, loss, persistence, error = 0, barrier, onEdge }) => {
    const height = Number.isFinite(persistence)
      ? `barrier ${formatMeasured(persistence, error)} above it`
      : 'the lowest of its region';
    const minimum: PlaneMark = {
      x,
      y,
      kind: 'minimum',
      label: formatNumber(loss, 3),
      text: [`minimum, loss ${formatNumber(loss, 4)}`, height, ...(onEdge ? ['on the edge of the plane'] : [])],
    };
    if (!barrier) return [minimum];
    const pass: PlaneMark = {
      x: barrier.x,
      y: barrier.y,
      kind: 'barrier',
      label: formatNumber(barrier.loss, 3),
      text: [
        `barrier, loss ${formatNumber(barrier.loss, 4)}`,
        `${formatMeasured(persistence, error)} above the minimum`,
      ],
    };
    return [minimum, pass];
  });
}

/** The model itself at the centre, and the models that the axes lead to. */
export function modelPoints({ x, y, loss }: Plane): PlaneMark[] {
  const here = loss[y.values.indexOf(0)]?.[x.values.indexOf(0)];
  const inside = (axis: Plane['x'], value: number): boolean => axis.values[0] <= value && axis.values.at(-1)! >= value;
  const other = (axis: Plane['x'], place: [number, number]): PlaneMark[] => {
    const path = axis.direction.match(/^to\/(.*)$/)?.[1];
    if (path === undefined) return [];
    return [{ x: place[0], y: place[1], kind: 'model', label: baseName(path), text: [path] }];
  };
  const centre: PlaneMark = {
    x: 0,
    y: 0,
    kind: 'centre',
    text: ['the model itself', ...(here === undefined ? [] : [`loss ${formatNumber(here)}`])],
  };
  return [centre, ...other(x, [1, 0]), ...other(y, [0, 1])].filter((point) => inside(x, point.x) && inside(y, point.y));
}
