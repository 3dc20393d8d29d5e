import type { ParameterTensor } from '../../objective/objective';
import type { PartCurvature } from '../../report/curvature';
import type { ParameterPart } from '../../spectrum/partMoments';

export type NamedPart = ParameterPart & Pick<PartCurvature, 'level' | 'count'>;

/**
 * The parts of a model whose curvature is reported: every tensor; layers, which are tensors with the same name up to the
 * last dot or slash (`features.0.weight`, `features.0.bias`); and blocks, which are layers with the same beginning
 * (`features`). A layer of one tensor and a block of one layer, or of everything, would say nothing new.
 */
export function partsOf(parameters: readonly ParameterTensor[]): NamedPart[] {
  const tensors = parameters.map((parameter) => part(parameter.name, 'tensor', [parameter]));
  const byLayer = groups(parameters, ({ name }) => parentOf(name));
  const layers = [...byLayer].filter(([, members]) => members.length > 1);
  const byBlock = groups([...byLayer.keys()], (layer) => parentOf(layer));
  const blocks = [...byBlock].filter(([, members]) => members.length > 1);
  return [
    ...tensors,
    ...(layers.length > 1 ? layers.map(([name, members]) => part(name, 'layer', members)) : []),
    ...(blocks.length > 1
      ? blocks.map(([name, members]) =>
          part(
            name,
            'block',
            members.flatMap((layer) => byLayer.get(layer)!),
          ),
        )
      : []),
  ];
}

function part(name: string, level: NamedPart['level'], members: readonly ParameterTensor[]): NamedPart {
  const ranges = members.map(({ offset, count }) => ({ offset, count }));
  return { name, level, count: ranges.reduce((sum, { count }) => sum + count, 0), ranges };
}

/** `a.b.c` → `a.b`; null for a name without parts, and for the colons of exporters' own names (`onnx::MatMul_12`). */
function parentOf(name: string): string | null {
  const end = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'));
  return end > 0 ? name.slice(0, end) : null;
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string | null): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null) found.set(key, [...(found.get(key) ?? []), item]);
  }
  return found;
}
