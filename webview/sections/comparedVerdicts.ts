import type { ComparedModel } from '../../src/report/sections/comparison';

/** The verdicts of all models on one question. */
export interface ComparedVerdict {
  id: string;
  title: string;
  /** One per model; undefined where the question was not judged. */
  verdicts: (ComparedModel['verdicts'][number] | undefined)[];
  differs: boolean;
}

/** Puts the verdicts of the models side by side, those that differ first. */
export function comparedVerdicts(models: readonly Pick<ComparedModel, 'verdicts'>[]): ComparedVerdict[] {
  const titles = new Map(models.flatMap(({ verdicts }) => verdicts.map(({ id, title }) => [id, title] as const)));
  const rows = [...titles].map(([id, title]) => {
    const verdicts = models.map((model) => model.verdicts.find((verdict) => verdict.id === id));
    return { id, title, verdicts, differs: new Set(verdicts.map((verdict) => verdict?.verdict)).size > 1 };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}
