import type { ParameterTensor } from '../../objective/objective';
import type { PartCurvature } from '../../report/curvature';
import type { ParameterPart } from '../../spectrum/partMoments';

export type NamedPart = ParameterPart & Pick<PartCurvature, 'level' | 'count'>;

/**
 * Lists the parts of a model whose curvature is reported. Every tensor is a part. A layer is a group of tensors with
 * the same name up to the last dot or slash (`features.0.weight`, `features.0.bias`). A block is a group of layers with
 * the same parent name (`features`). Layers of one tensor, blocks of one layer and groups that cover the whole model
 * are left out because they repeat other entries.
 */
export function partsOf(parameters: readonly ParameterTensor[]): NamedPart[] {
  const tensors = parameters.map((parameter) => part(parameter.name, 'tensor', [parameter]));
  const byLayer = groups(parameters, ({ name, label = name }) => parentOf(label));
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

/**
 * Returns the parent of a dotted name: `a.b.c` → `a.b`. Returns null for names without a dot or slash, such as the
 * names that exporters generate (`onnx::MatMul_12`) where no layer that reads the tensor has one.
 */
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
