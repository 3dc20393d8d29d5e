import { fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Finds the stream of this process to which a path leads: /dev/stdout, /proc/self/fd/2, or the file to which the shell
 * redirected a stream. If such a file were opened again, writing would start at its beginning, and the two writers
 * would overwrite each other.
 * @returns null if the path leads elsewhere
 */
export async function streamAt(path: string): Promise<NodeJS.WriteStream | null> {
  const there = await stat(path).catch(() => null);
  if (!there) return null;
  const leadsTo = ({ fd }: { fd: number }) => {
    try {
      const { dev, ino } = fstatSync(fd);
      return dev === there.dev && ino === there.ino;
    } catch {
      // A closed stream has no file.
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
