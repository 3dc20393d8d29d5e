import { UserError } from '../errors';
import type { ArrayEntry, ArraySource } from './dataset';
import { readBytes, sha256 } from './files';
import { npyEntry } from './npy';
import type { ZipMember } from './zip';
import { unzipFirst, zipMembers } from './zip';

/** Arrays that one archive may hold; each takes a look into it. */
const MOST_ARRAYS = 4096;

export function isZip(bytes: Uint8Array): boolean {
  // "PK\3\4", or "PK\5\6" for an archive without members.
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * A numpy archive (`numpy.savez`, compressed or not). Arrays are unpacked when they are loaded, as far as the samples
 * asked for take them.
 * @throws UserError when it is no zip, damaged or without arrays
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
