import { fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * The stream of this process that a path leads to: /dev/stdout, /proc/self/fd/2, or the very file that the shell lets a
 * stream write. Opening such a file once more would start again at its beginning, and the two would overwrite each
 * other.
 * @returns null where it leads elsewhere
 */
export async function streamAt(path: string): Promise<NodeJS.WriteStream | null> {
  const there = await stat(path).catch(() => null);
  if (!there) return null;
  const leadsTo = ({ fd }: { fd: number }) => {
    try {
      const { dev, ino } = fstatSync(fd);
      return dev === there.dev && ino === there.ino;
    } catch {
      // The stream is closed.
      return false;
    }
  };
  return [process.stdout, process.stderr].find(leadsTo) ?? null;
}

/** Writes all text and waits until the stream has taken it, so that the process can then end. */
export function writeAll(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
