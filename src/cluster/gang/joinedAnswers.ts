import type { ClassedAnswers, ConfidenceBins, SampleAnswers } from '../../objective/objective';
import { joinedNumbers } from './joinedNumbers';

/** The answers of consecutive shards as those of all their samples. */
export function joinedAnswers(shards: readonly SampleAnswers[]): SampleAnswers {
  const classes = shards.map((answers) => answers.classes);
  return {
    losses: joinedNumbers(shards.map(({ losses }) => losses)),
    shares: joinedNumbers(shards.map(({ shares }) => shares)),
    classes: classes.every((each) => each !== null) ? joinedClasses(classes) : null,
  };
}

function joinedClasses(shards: readonly ClassedAnswers[]): ClassedAnswers {
  const summed = (name: keyof ConfidenceBins) =>
    shards.reduce(
      (sum, { bins }) => sum.map((value, i) => value + bins[name][i]),
      new Float64Array(shards[0].bins[name].length),
    );
  return {
    errors: joinedNumbers(shards.map(({ errors }) => errors)),
    confidence: joinedNumbers(shards.map(({ confidence }) => confidence)),
    bins: {
      counts: summed('counts'),
      weights: summed('weights'),
      confidence: summed('confidence'),
      right: summed('right'),
      squares: summed('squares'),
    },
  };
}
