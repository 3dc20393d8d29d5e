import { AGREEMENT } from './agreement';
import { inLosses } from './cells';
import { fasterLine, fasterPlane } from './pictureTable';
import type { AnswerOutcome, BenchResults, KernelOutcome, PictureOutcome } from './results';

/**
 * Networks without convolutions. Their products may take as long as the peer's, those of others one and a half times.
 */
const WITHOUT_CONVOLUTION = ['mlp', 'vit', 'lstm'];

/** Lists the targets of this project that a run misses, one sentence each. */
export function missedTargets({ kernels, answers, pictures }: BenchResults): string[] {
  return [
    ...kernels.flatMap(missedByKernels),
    ...answers.flatMap(missedByAnswers),
    ...pictures.flatMap(missedByPictures),
  ];
}

function missedByKernels({ name, peer, ...outcome }: KernelOutcome): string[] {
  if ('fault' in outcome) return [`${name}: ${outcome.fault}`];
  const { figures } = outcome;
  const { times, build, disagreement } = figures;
  const missed: string[] = [];
  const limit = (what: string, value: number, most: number, unit: string) => {
    if (!(value <= most)) missed.push(`${name}: ${what} is ${value.toPrecision(3)}${unit}; at most ${most} wanted.`);
  };
  limit('a Hessian product', inLosses(figures, 'hvp'), 8, ' forward passes');
  limit('a Hessian product within K = 8', inLosses(figures, 'hvp8'), 6, ' forward passes');
  limit('building the Hessian product', build / 1000, 5, ' s');
  if (disagreement !== null) limit('the difference from the CPU', disagreement, AGREEMENT, '');
  if (peer) {
    const free = WITHOUT_CONVOLUTION.some((part) => name.startsWith(part));
    limit('a Hessian product within K = 8', times.hvp8 / peer.hvp, free ? 1 : 1.5, ' of the peer’s');
  }
  return missed;
}

/** The model whose first verdict has a target, and the seconds it may take. */
const FIRST_VERDICT = { name: 'lenet_fashion', seconds: 3 };

function missedByAnswers({ name, peer, ...outcome }: AnswerOutcome): string[] {
  if ('fault' in outcome) return [`${name}: ${outcome.fault}`];
  const { top5, plane, slq, quick } = outcome.figures;
  const missed: string[] = [];
  const faster = (what: string, ours: number | undefined, theirs: number | undefined, least: number) => {
    if (ours === undefined || theirs === undefined || theirs / ours >= least) return;
    missed.push(`${name}: ${what} is ${(theirs / ours).toFixed(2)} times as fast as the peer; ${least} wanted.`);
  };
  faster('top 5', top5.seconds, peer?.top5, 5);
  faster('SLQ', slq?.seconds, peer?.slq, 2);
  faster('the plane', plane?.seconds, peer?.plane, 2.5);
  if (name === FIRST_VERDICT.name && quick.firstVerdict > FIRST_VERDICT.seconds) {
    missed.push(
      `${name}: the first verdict takes ${quick.firstVerdict.toFixed(1)} s; ${FIRST_VERDICT.seconds} wanted.`,
    );
  }
  return missed;
}

/** Share of the points of a plane that are measured at most, and how many times faster than the peer's pictures are. */
const PICTURES = { share: 0.35, plane: 2.5, line: 1.5 };

function missedByPictures({ name, peer, ...outcome }: PictureOutcome): string[] {
  if ('fault' in outcome) return [`${name}: ${outcome.fault}`];
  const { plane } = outcome.figures;
  const missed: string[] = [];
  if (plane.share > PICTURES.share) {
    missed.push(`${name}: the plane measures ${plane.share.toFixed(2)} of its points; ${PICTURES.share} wanted.`);
  }
  if (plane.off > plane.stated) {
    missed.push(`${name}: the plane is off by ${plane.off.toPrecision(3)}, and states ${plane.stated.toPrecision(3)}.`);
  }
  const slow = (what: string, ratio: number | null, least: number) => {
    if (ratio !== null && ratio < least) {
      missed.push(`${name}: ${what} is ${ratio.toFixed(2)} times as fast as the peer; ${least} wanted.`);
    }
  };
  slow('the plane', fasterPlane(outcome.figures, peer), PICTURES.plane);
  slow('the line between two models', fasterLine(outcome.figures, peer), PICTURES.line);
  return missed;
}
