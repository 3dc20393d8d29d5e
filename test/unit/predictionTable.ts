import type { Engine } from '../../src/engine/engine';
import type { Prediction } from '../../src/loss/prediction';
import { bothHeads, spelledModel } from './spelledModel';
import type { Spelling } from './spellings';
import { BINARY, CATEGORICAL, KEPT, NUMBERS_ALONE } from './spellings';

/** Writes the tables of docs/losses.md: how each spelling is recognised, and what a loss then reads. */
export async function predictionTable(engine: Engine): Promise<string> {
  const lines = ['| The model ends in | It is | The loss reads |', '| --- | --- | --- |'];
  const add = async (spellings: readonly Spelling[], loss: 'cross_entropy' | 'bce') => {
    for (const spelling of spellings) {
      const model = await spelledModel(spelling, engine);
      const { kind } = model.prediction;
      const { heads } = bothHeads(model, kind === 'logProbabilities' ? 'nll' : loss);
      lines.push(`| ${spelling.name} | ${words(model.prediction)} | ${heads[0].reads.replace(' of «o»', '')} |`);
    }
  };
  await add(CATEGORICAL, 'cross_entropy');
  await add(BINARY, 'bce');
  for (const spelling of KEPT) await add([spelling], spelling.loss);
  await add(NUMBERS_ALONE.filter(({ below }) => below === 'rows'), 'cross_entropy'); // prettier-ignore
  return lines.join('\n');
}

function words({ kind, family, weak }: Prediction): string {
  if (kind === 'numbers') return 'numbers';
  const whose = family === 'categorical' ? 'of classes' : 'of yes or no';
  if (weak) return 'perhaps probabilities of yes or no';
  return `${kind === 'probabilities' ? 'probabilities' : 'log-probabilities'} ${whose}`;
}
