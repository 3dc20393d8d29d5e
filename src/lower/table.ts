import { byName } from '../graph/byName';
import type { Lowering, LoweringTable } from './context';
import { contribLowerings, runtimeLowerings } from './contrib';
import { contribAttentionLowerings } from './contribAttention';
import { unrollings } from './controlFlow';
import { determinantLowerings } from './determinant';
import { attentionLowerings } from './attention';
import { einsumLowerings } from './einsum';
import { elementwiseLowerings } from './elementwise';
import { imageLowerings } from './image';
import { indexingLowerings } from './indexing';
import { linearAttentionLowerings } from './linearAttention';
import { lossLowerings } from './losses';
import { classicalLowerings } from './classical';
import { normalizationLowerings } from './normalization';
import { poolingLowerings } from './pooling';
import { productLowerings } from './products';
import { recurrentLowerings } from './recurrent';
import { paddingLowerings } from './padding';
import { quantizerLowerings } from './quantizers';
import { reductionLowerings } from './reduction';
import { regionLowerings } from './regions';
import { resizeLowerings } from './resize';
import { rotaryLowerings } from './rotary';
import { samplingLowerings } from './sampling';
import { shapeLowerings } from './shape';
import { signalLowerings } from './signal';
import type { SourceNode } from '../graph/source';
import type { Unrolling } from './unrolling';

const standard: LoweringTable = byName({
  ...elementwiseLowerings,
  ...productLowerings,
  ...shapeLowerings,
  ...reductionLowerings,
  ...poolingLowerings,
  ...normalizationLowerings,
  ...recurrentLowerings,
  ...indexingLowerings,
  ...paddingLowerings,
  ...imageLowerings,
  ...resizeLowerings,
  ...samplingLowerings,
  ...einsumLowerings,
  ...lossLowerings,
  ...rotaryLowerings,
  ...signalLowerings,
  ...attentionLowerings,
  ...runtimeLowerings,
  ...quantizerLowerings,
  ...regionLowerings,
  ...determinantLowerings,
  ...linearAttentionLowerings,
});

/** By domain; '' is the standard. */
const domains: Readonly<Record<string, LoweringTable>> = byName({
  '': standard,
  'ai.onnx': standard,
  'ai.onnx.ml': byName(classicalLowerings),
  'com.microsoft': byName({ ...contribLowerings, ...contribAttentionLowerings }),
});

/** Names of the supported operators, with their domain outside the standard. */
export const loweredOperators: readonly string[] = [
  ...[...Object.keys(standard), ...Object.keys(unrollings)].sort(),
  ...Object.entries(domains)
    .filter(([, table]) => table !== standard)
    .flatMap(([domain, table]) => Object.keys(table).map((op) => `${domain}.${op}`))
    .sort(),
];

/** The lowering of an operator; undefined for operators that only run. */
export function loweringOf({ op, domain }: Pick<SourceNode, 'op' | 'domain'>): Lowering | undefined {
  return domains[domain]?.[op];
}

/** The lowering of control flow; undefined for everything else. */
export function unrollingOf({ op, domain }: Pick<SourceNode, 'op' | 'domain'>): Unrolling | undefined {
  return domain === '' || domain === 'ai.onnx' ? unrollings[op] : undefined;
}
