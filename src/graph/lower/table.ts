import type { Lowering, LoweringTable } from './context';
import { elementwiseLowerings } from './elementwise';
import { normalizationLowerings } from './normalization';
import { poolingLowerings } from './pooling';
import { productLowerings } from './products';
import { recurrentLowerings } from './recurrent';
import { reductionLowerings } from './reduction';
import { shapeLowerings } from './shape';
import type { SourceNode } from './source';

const standard: LoweringTable = {
  ...elementwiseLowerings,
  ...productLowerings,
  ...shapeLowerings,
  ...reductionLowerings,
  ...poolingLowerings,
  ...normalizationLowerings,
  ...recurrentLowerings,
};

/** How an operator becomes core operators; undefined for those that are only run, not understood. */
export function loweringOf({ op, domain }: Pick<SourceNode, 'op' | 'domain'>): Lowering | undefined {
  return domain === '' || domain === 'ai.onnx' ? standard[op] : undefined;
}
