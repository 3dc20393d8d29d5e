import type { RuleTable } from '../rule';
import { elementwiseRules } from './elementwise';
import { productRules } from './products';
import { selectionRules } from './selection';
import { structureRules } from './structure';

/** The derivative of every core operator that has one. */
export const rules: RuleTable = { ...elementwiseRules, ...structureRules, ...productRules, ...selectionRules };
