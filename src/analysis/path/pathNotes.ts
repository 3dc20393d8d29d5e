import type { CheckpointFile } from './checkpointFiles';

const NAMED = 3;

/** Names a few files: "a, b, c and 4 more". */
function listedFiles(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => `«${name}»`);
  if (names.length > NAMED) return `${shown.join(', ')} and ${names.length - NAMED} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}

/** Checkpoints with their steps, and what is to be said about these. */
export interface SteppedFiles {
  files: (CheckpointFile & { step: number })[];
  fromNames: boolean;
  notes: string[];
}

/**
 * Gives every checkpoint a step: the last number in its name. Where only some names have numbers, the other files are
 * left out, since their place in the path is not known (`best.onnx`); where at most one has, steps are places.
 */
export function withSteps(files: readonly CheckpointFile[]): SteppedFiles {
  const numbered = files.flatMap((file) => (file.step === null ? [] : [{ ...file, step: file.step }]));
  if (numbered.length < 2 && files.length > 1) {
    const note = 'The names of the checkpoints have no numbers, so steps are places in alphabetical order.';
    return { files: files.map((file, step) => ({ ...file, step })), fromNames: false, notes: [note] };
  }
  if (numbered.length === 0)
    return { files: files.map((file, step) => ({ ...file, step })), fromNames: false, notes: [] };
  const others = files.filter(({ step }) => step === null).map(({ name }) => name);
  const notes: string[] = [];
  if (others.length > 0) {
    const [is, its] =
      others.length === 1
        ? ['is left out: its name has', 'its place']
        : ['are left out: their names have', 'their places'];
    notes.push(
      `${listedFiles(others)} ${is} no number, so ${its} in the path ${others.length === 1 ? 'is' : 'are'} not known.`,
    );
  }
  const back = numbered.filter(({ step }, i) => i > 0 && step < numbered[i - 1].step);
  if (back.length > 0)
    notes.push(
      `The last numbers in the names do not rise with their order: ${listedFiles(back.map(({ name }) => name))} ${back.length === 1 ? 'has' : 'have'} a smaller one than the checkpoint before.`,
    );
  return { files: numbered, fromNames: true, notes };
}

/** Says which checkpoints hold the same weights. @param same whether points i and j are equal */
export function equalCheckpoints(names: readonly string[], same: (i: number, j: number) => boolean): string[] {
  const notes: string[] = [];
  const seen = new Set<number>();
  for (let i = 0; i < names.length; i++) {
    if (seen.has(i)) continue;
    const equal = names.flatMap((_, j) => (j > i && same(i, j) ? [j] : []));
    equal.forEach((j) => seen.add(j));
    if (equal.length > 0)
      notes.push(
        `${listedFiles([i, ...equal].map((k) => names[k]))} hold the same weights, so the path stands still there.`,
      );
  }
  return notes;
}
