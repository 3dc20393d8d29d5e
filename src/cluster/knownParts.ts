import type { RunFolder } from './runFolder';
import { readPart } from './partFile';
import type { PartEntry, PartFacts } from './partFile';

export interface KnownParts {
  /** The answers of all parts that are whole, by request. */
  answers: Map<string, PartEntry>;
  facts: Map<number, PartFacts>;
  /** Parts that are not there, or whose files were cut off or damaged and are deleted. */
  missing: Set<number>;
}

/** Reads parts from end to end. A damaged file is deleted, so that its part is measured again. */
export async function knownParts(folder: RunFolder, wanted: readonly number[]): Promise<KnownParts> {
  const there = await folder.partsThere();
  const known: KnownParts = { answers: new Map(), facts: new Map(), missing: new Set() };
  for (const part of wanted) {
    const read = there.has(part) ? await readPart(folder.partPath(part)) : null;
    if (!read) {
      if (there.has(part)) await folder.removePart(part);
      known.missing.add(part);
      continue;
    }
    known.facts.set(part, read.facts);
    for (const [request, entry] of read.entries) known.answers.set(request, entry);
  }
  return known;
}
