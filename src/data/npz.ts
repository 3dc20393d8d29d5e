import { UserError } from '../errors';
import type { ArrayEntry, ArraySource } from './dataset';
import { readBytes, sha256 } from './files';
import { npyEntry } from './npy';
import type { ZipMember } from './zip';
import { unzipFirst, zipMembers } from './zip';

/** Largest number of arrays in an archive. Opening an archive reads the header of each. */
const MOST_ARRAYS = 4096;

export function isZip(bytes: Uint8Array): boolean {
  // An archive starts with "PK\3\4", or with "PK\5\6" if it has no members.
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * Opens a numpy archive (`numpy.savez`, compressed or not). `load()` unpacks an array only as far as the requested
 * samples need.
 * @throws UserError if the file is not a zip archive, is damaged or contains no arrays
 */
export async function openNpz(
  path: string,
  { read, samples }: { read?: Uint8Array<ArrayBuffer>; samples?: number } = {},
): Promise<ArraySource> {
  const bytes = read ?? (await readBytes(path));
  if (!isZip(bytes)) {
    throw new UserError({
      what: 'This is not an .npz archive: it does not begin like a zip file.',
      where: [path],
      action: 'Save the arrays with numpy.savez(path, input=…, target=…).',
    });
  }
  const members = orDamaged(path, () => zipMembers(bytes, MOST_ARRAYS)).filter(({ name }) => name.endsWith('.npy'));
  const entries = members.map((member) => memberEntry(member, path, samples));
  if (entries.length === 0) {
    throw new UserError({
      what: 'The archive holds no arrays.',
      where: [path],
      action: 'Save the arrays with numpy.savez(path, input=…, target=…).',
    });
  }
  return { kind: 'npz', entries, sha256: sha256([bytes]), notes: [] };
}

function memberEntry(member: ZipMember, path: string, samples: number | undefined): ArrayEntry {
  const { name, size } = member;
  const first = (count: number) => orDamaged(path, () => unzipFirst(member, count));
  return npyEntry({ size, first }, name.slice(0, -'.npy'.length), `${path} (${name})`, samples);
}

function orDamaged<T>(path: string, unpack: () => T): T {
  try {
    return unpack();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      {
        what: `The .npz archive is damaged: ${reason}.`,
        where: [path],
        action: 'Copy or save the file again with numpy.savez.',
      },
      { cause },
    );
  }
}
