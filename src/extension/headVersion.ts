import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { UserError } from '../errors';
import { t } from './translate';

/** How many versions stay on the disk. */
const KEPT = 5;

/** The first line of a file that Git LFS put in the place of the real one. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/**
 * Writes a model as the last commit of its repository has it, with the files that hold its weights, if there are any.
 * @param folder in which each version gets a folder of its own
 * @param git the command
 * @returns the path of the written model, named after the commit
 * @throws UserError where there is no such version, or only a pointer of Git LFS
 */
export async function headVersion(model: string, folder: string, git = 'git'): Promise<string> {
  const beside = dirname(model);
  const commit = await text(git, beside, ['rev-parse', '--short', 'HEAD']).catch((error: unknown) => {
    throw notUnderGit(model, error);
  });
  const blob = await text(git, beside, ['rev-parse', '--verify', `HEAD:./${basename(model)}`]).catch(() => {
    throw new UserError({
      what: t('The last commit does not have this model, so there is nothing to compare with.'),
      where: [model],
      action: t('Commit the model first, or compare it with another file.'),
    });
  });
  const target = join(folder, blob, `${basename(model, extname(model))}@${commit}.onnx`);
  await mkdir(dirname(target), { recursive: true });
  await write(git, beside, basename(model), target);
  for (const location of await externalFiles(target)) {
    const inside = normalize(location);
    if (inside.startsWith('..') || inside.startsWith('/') || /^[A-Za-z]:/.test(inside)) {
      throw missingWeights(model, location, t('it lies outside the folder of the model'));
    }
    const place = join(dirname(target), inside);
    await mkdir(dirname(place), { recursive: true });
    await write(git, beside, location, place);
  }
  await removeOld(folder, blob);
  return target;
}

/** Writes a file of the last commit. @throws UserError where the commit does not have it, or only a pointer */
async function write(git: string, cwd: string, name: string, target: string): Promise<void> {
  const file = await open(target, 'w');
  try {
    await run(git, cwd, ['cat-file', 'blob', `HEAD:./${name.replaceAll('\\', '/')}`], (chunk) => file.write(chunk));
  } catch (error) {
    throw missingWeights(join(cwd, name), name, (error as Error).message);
  } finally {
    await file.close();
  }
  if (!(await startsWith(target, LFS_POINTER))) return;
  await rm(target, { force: true });
  throw new UserError({
    what: t('The last commit holds a pointer of Git LFS in the place of this file, and Ridgeline downloads nothing.'),
    where: [join(cwd, name)],
    action: t(
      'Write the old version to a file (git show HEAD:./{0} | git lfs smudge > old.onnx), select both files and choose “Compare Landscapes”.',
      name,
    ),
  });
}

/**
 * Finds the files in which a model keeps its weights. In ONNX's wire format they are entries of a tensor's external
 * data: the key "location" (field 1), followed by the name (field 2).
 */
export async function externalFiles(model: string): Promise<string[]> {
  const key = Buffer.from('\x0a\x08location\x12', 'latin1');
  const names = new Set<string>();
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(model, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, from)) {
      from = at + key.length;
      const length = bytes[from];
      // The rest of the name is in the next chunk, which begins at the key again.
      if (length === undefined || from + 1 + length > bytes.length) {
        from = at;
        break;
      }
      if (length < 128) names.add(bytes.subarray(from + 1, from + 1 + length).toString('utf8'));
    }
    rest = bytes.subarray(Math.max(from, bytes.length - LONGEST));
  }
  return [...names];
}

/** Bytes of the longest entry that is read. */
const LONGEST = 256;

async function removeOld(folder: string, current: string): Promise<void> {
  const versions = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = versions.filter(({ name }) => name !== current).sort((a, b) => b.used - a.used);
  for (const { name } of old.slice(KEPT - 1)) await rm(join(folder, name), { recursive: true, force: true });
}

async function startsWith(path: string, start: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(start.length), 0, start.length, 0);
    return buffer.subarray(0, bytesRead).toString('latin1') === start;
  } finally {
    await file.close();
  }
}

async function text(git: string, cwd: string, args: readonly string[]): Promise<string> {
  let out = '';
  await run(git, cwd, args, (chunk) => (out += chunk.toString('utf8')));
  return out.trim();
}

/** Runs a command of git that only reads. @throws Error with the last line that git wrote */
async function run(
  git: string,
  cwd: string,
  args: readonly string[],
  onChunk: (chunk: Buffer) => unknown,
): Promise<void> {
  const child = spawn(git, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString('utf8')).slice(-2000)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // A command that cannot be started has no output to wait for.
  const read = (async () => {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) await onChunk(chunk);
  })();
  const [code] = await Promise.all([ended, read]);
  if (code !== 0) throw new Error(complaint.trim().split('\n').at(-1) ?? `git ended with ${code}`);
}

function notUnderGit(model: string, cause: unknown): UserError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return new UserError(
      {
        what: t('Git was not found.'),
        where: [model],
        action: t('Install git, or set its path in the setting git.path.'),
      },
      { cause },
    );
  }
  return new UserError(
    {
      what: t('This model has no last commit to compare with: {0}.', message),
      where: [model],
      action: t('Choose a model in a git repository, or select two files and choose “Compare Landscapes”.'),
    },
    { cause },
  );
}

function missingWeights(model: string, name: string, reason: string): UserError {
  return new UserError({
    what: t('The last commit does not have all files of this model: {0} ({1}).', name, reason),
    where: [model],
    action: t('Commit the file with the weights as well, or compare the model with another file.'),
  });
}
