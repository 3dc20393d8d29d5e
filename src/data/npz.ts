import { unzipSync } from 'fflate';
import { UserError } from '../errors';
import type { ArraySource } from './dataset';
import { readBytes, sha256 } from './files';
import { npyEntry } from './npy';

export function isZip(bytes: Uint8Array): boolean {
  // "PK\3\4", or "PK\5\6" for an archive without members.
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** A numpy archive (`numpy.savez`, compressed or not). @throws UserError when it is no zip, damaged or without arrays */
export async function openNpz(path: string, read?: Uint8Array<ArrayBuffer>): Promise<ArraySource> {
  const bytes = read ?? (await readBytes(path));
  if (!isZip(bytes)) {
    throw new UserError({
      what: 'This is not an .npz archive: it does not begin like a zip file.',
      where: [path],
      action: 'Save the arrays with numpy.savez(path, input=…, target=…).',
    });
  }
  const members = unzip(bytes, path);
  const entries = Object.entries(members).map(([name, member]) =>
    npyEntry(member, name.slice(0, -'.npy'.length), `${path} (${name})`),
  );
  if (entries.length === 0) {
    throw new UserError({
      what: 'The archive holds no arrays.',
      where: [path],
      action: 'Save the arrays with numpy.savez(path, input=…, target=…).',
    });
  }
  return { kind: 'npz', entries, sha256: sha256([bytes]), notes: [] };
}

function unzip(bytes: Uint8Array, path: string): Record<string, Uint8Array<ArrayBuffer>> {
  try {
    return unzipSync(bytes, { filter: ({ name }) => name.endsWith('.npy') });
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
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
