import type { DirectionName } from '../src/report/report';

export interface DirectionText {
  /** Heading of a line's chart. */
  title: string;
  /** What α multiplies, for the axis. */
  unit: string;
}

/** Directions of CONTRACT.md in words. Gradient and eigenvectors have unit length; `parameters` is θ itself. */
export function describeDirection(name: DirectionName): DirectionText {
  const [kind, detail = ''] = splitOnce(name);
  switch (kind) {
    case 'gradient':
      return { title: 'Along the gradient', unit: '∇L/‖∇L‖' };
    case 'parameters':
      return { title: 'Along the weights (scaling)', unit: 'θ' };
    case 'random':
      return { title: `Random direction${randomDetail(detail)}`, unit: `random direction d${randomDetail(detail)}` };
    case 'top':
      return {
        title: `Along eigenvector ${detail || '1'} from the top`,
        unit: `unit eigenvector of ${rank(detail, 'largest')} λ`,
      };
    case 'bottom':
      return {
        title: `Along eigenvector ${detail || '1'} from the bottom`,
        unit: `unit eigenvector of ${rank(detail, 'smallest')} λ`,
      };
    case 'to':
      return { title: `Towards ${baseName(detail)}`, unit: `θ′ − θ (1 is ${baseName(detail)})` };
    default:
      return { title: name, unit: name };
  }
}

function randomDetail(detail: string): string {
  if (detail === 'none') return ', not normalized';
  if (detail === 'layer') return ', normalized by layer';
  return ', filter-normalized';
}

function rank(detail: string, end: string): string {
  const index = Number(detail || '1');
  if (index === 1) return end;
  const suffix = index === 2 ? 'nd' : index === 3 ? 'rd' : 'th';
  return `${index}${suffix} ${end}`;
}

function splitOnce(name: string): [string, string | undefined] {
  const at = name.indexOf('/');
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

/** Works for both kinds of slashes: a report made on Windows may be read elsewhere. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
