import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { writeSections } from './document';
import { measureGrowth } from './growth/measureGrowth';
import { CHILD, inChild, serveJob } from './job';
import { matrixProductRate } from './machine';
import { peerAnswers, peerKernels } from './peers';
import type { BenchResults } from './results';
import { BUSY } from './results';
import { readSettings } from './settings';
import type { BenchPart, BenchSettings } from './settings';
import { fixtureNames, shapeNames } from './subjects';
import { missedTargets } from './targets';
import { pictureRows, pictureTable } from './pictureTable';
import { answerRows, answerTable, kernelRows, kernelTable, profileRows } from './textTable';

const say = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

async function main(settings: BenchSettings): Promise<void> {
  const threads = settings.threads ?? availableParallelism();
  const machine = cpus()[0].model.trim();
  const [load] = loadavg();
  const rate = await matrixProductRate(threads);
  say(`${machine}, ${threads} threads; matrix products at ${rate.toFixed(0)} GFLOP/s on the CPU`);
  if (load > BUSY) {
    say(`Other work is running here (load ${load.toFixed(1)}): these ratios may be off several-fold.`);
  }
  const { provider } = settings;
  const results: BenchResults = {
    machine,
    threads,
    load,
    provider,
    kernels: [],
    answers: [],
    pictures: [],
    growth: [],
  };

  const timed = [...namesOf('kernels', settings), ...namesOf('shapes', settings)];
  if (timed.length > 0) {
    say('', 'Kernels over all samples, per vector: milliseconds (forward passes; forward passes at that rate)', '');
    say(kernelTable.header());
  }
  for (const name of timed) {
    const figures = await settled(inChild('kernels', { name, settings }));
    const outcome = { name, ...figures, peer: await peerKernels(name, settings) };
    results.kernels.push(outcome);
    say(...kernelRows(outcome));
  }
  if (settings.profile && timed.length > 0) {
    say('', 'Where the time of a Hessian product goes', '', ...results.kernels.flatMap(profileRows));
  }

  const answered = namesOf('answers', settings);
  if (answered.length > 0) {
    say('', 'Answers: time (forward passes)', '', answerTable.header());
  }
  for (const name of answered) {
    const figures = await settled(inChild('answers', { name, settings }));
    const outcome = { name, ...figures, peer: await peerAnswers(name, settings) };
    results.answers.push(outcome);
    say(...answerRows(outcome));
  }

  const drawn = namesOf('pictures', settings);
  if (drawn.length > 0) say('', 'Pictures: time, and how far an adaptive plane is off', '', pictureTable.header());
  for (const name of drawn) {
    const figures = await settled(inChild('pictures', { name, settings }));
    const outcome = { name, ...figures, peer: await peerKernels(name, settings) };
    results.pictures.push(outcome);
    say(...pictureRows(outcome));
  }

  if (settings.parts.includes('growth')) results.growth = await measureGrowth(say);
  const missed = missedTargets(results);
  if (missed.length > 0) say('', 'Targets missed in this run', '', ...missed);
  if (settings.json) await writeFile(settings.json, `${JSON.stringify(results, null, 1)}\n`);
  if (settings.write) say('', ...(await writeSections(results)));
}

/** All its weights are 0, so that no random direction can be normalized. */
const AT_ZERO = 'linear_saddle';

/** The networks to measure in a part: those named that belong to it, or all of them. Answers accept any name. */
function namesOf(part: BenchPart, { parts, models }: BenchSettings): string[] {
  const unknown = models.filter((name) => !fixtureNames().includes(name) && !shapeNames().includes(name));
  if (unknown.length > 0) {
    throw new Error(`No network ${unknown.join(', ')}. There are ${[...fixtureNames(), ...shapeNames()].join(', ')}.`);
  }
  if (!parts.includes(part)) return [];
  // Answers of large networks take hours on a CPU, so they are measured only for networks that are named.
  const all =
    part === 'shapes' ? shapeNames() : fixtureNames().filter((name) => part !== 'pictures' || name !== AT_ZERO);
  if (models.length === 0) return all;
  return models.filter((name) => all.includes(name) || part === 'answers');
}

async function settled<T>(work: Promise<T>): Promise<{ figures: T } | { fault: string }> {
  try {
    return { figures: await work };
  } catch (fault) {
    return { fault: (fault as Error).message };
  }
}

async function start(args: string[]): Promise<void> {
  try {
    await main(readSettings(args));
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = 2;
  }
}

if (process.argv[2] === CHILD) serveJob();
else void start(process.argv.slice(2));
