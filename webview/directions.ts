import type { DirectionName } from '../src/report/report';

export interface DirectionText {
  /** Heading of a line's chart. */
  title: string;
  /** Names the direction in one or two words, for menus. */
  short: string;
  /** What α multiplies, for the axis. */
  unit: string;
}

/** Describes a direction in words. Gradient and eigenvectors have unit length; `parameters` is θ itself. */
export function describeDirection(name: DirectionName): DirectionText {
  const [kind, detail = ''] = splitOnce(name);
  switch (kind) {
    case 'gradient':
      return { title: 'Along the gradient', short: 'gradient', unit: 'unit gradient ∇L/‖∇L‖' };
    case 'parameters':
      return { title: 'Along the weights', short: 'weights', unit: 'the weights θ' };
    case 'random': {
      const scaling = normalization(detail);
      return { title: `Random direction, ${scaling}`, short: 'random', unit: `random direction, ${scaling}` };
    }
    case 'top':
      return {
        title: `Eigenvector of the ${ordinal(detail)}largest λ`,
        short: `top ${detail}`,
        unit: `unit eigenvector of the ${ordinal(detail)}largest λ`,
      };
    case 'bottom':
      return {
        title: `Eigenvector of the ${ordinal(detail)}smallest λ`,
        short: `bottom ${detail}`,
        unit: `unit eigenvector of the ${ordinal(detail)}smallest λ`,
      };
    case 'to':
      return {
        title: `Towards ${baseName(detail)}`,
        short: baseName(detail),
        unit: `(θ′ − θ), 1 is ${baseName(detail)}`,
      };
    case 'sharpest':
      return { title: 'Sharpest direction', short: 'sharpest', unit: 'the sharpest direction' };
    case 'pca':
      return {
        title: `Along principal axis ${detail} of the path`,
        short: `principal axis ${detail}`,
        unit: `unit vector of principal axis ${detail} of the path`,
      };
    default:
      return { title: name, short: name, unit: name };
  }
}

/** `layer/biases` → "normalized by layer, biases included" */
function normalization(detail: string): string {
  const parts = detail.split('/');
  const biases = parts.includes('biases') ? ', biases included' : parts.includes('no-biases') ? ', without biases' : '';
  if (parts.includes('none')) return `not normalized${biases}`;
  if (parts.includes('layer')) return `normalized by layer${biases}`;
  if (parts.includes('weight')) return `scaled by each weight${biases}`;
  return `filter-normalized${biases}`;
}

/** Returns "", "2nd ", "3rd " and so on. The first rank needs no number. */
function ordinal(rank: string): string {
  const index = Number(rank || '1');
  if (index === 1) return '';
  const suffix = index % 100 >= 11 && index % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][index % 10] ?? 'th');
  return `${index}${suffix} `;
}

function splitOnce(name: string): [string, string | undefined] {
  const at = name.indexOf('/');
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

/** Returns the last part of a path. Splits at both kinds of slash, since a report may come from Windows. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
