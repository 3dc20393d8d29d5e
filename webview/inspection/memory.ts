import type { FormMemory } from './configureSection';
import type { Grouping, ParameterColumn } from './parameterRows';

/** The settings of a model's page that survive tab switches and reloads. */
export interface ModelPageMemory extends FormMemory {
  scroll: number;
  parameters: {
    grouping: Grouping;
    column: ParameterColumn;
    direction: 'ascending' | 'descending';
    filter: string;
  };
}

const INITIAL: ModelPageMemory = {
  scroll: 0,
  form: null,
  parameters: { grouping: 'layer', column: 'order', direction: 'ascending', filter: '' },
};

/** Reads the saved settings, and adds the defaults of those that an older version of the page did not save. */
export function restoreModelMemory(saved: unknown): ModelPageMemory {
  const known = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<ModelPageMemory>;
  return {
    scroll: typeof known.scroll === 'number' ? known.scroll : INITIAL.scroll,
    form: typeof known.form === 'object' ? known.form : null,
    parameters: { ...INITIAL.parameters, ...known.parameters },
  };
}
