import { createRequire } from 'node:module';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../errors';
import { formatExactCount } from '../../text/counts';
import { RUNTIME_VERSION } from '../runtime';
import { areInstalled, CUDA_LIBRARIES, install, planInstall, remove } from './libraries';
import type { PlannedInstall } from './libraries';
import { ID, nugetFeed, PATHS } from './testing/nugetFeed';
import type { Feed } from './testing/nugetFeed';

const [SHARED, CUDA] = CUDA_LIBRARIES.files as [string, string];
/** A large one that does not compress, and one that does. */
const contents = { [SHARED]: Buffer.alloc(100_000, 'shared'), [CUDA]: randomBytes(3_000_000) };
const nupkg = packed(contents);

let folder: string;
let feed: Feed;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-runtime-'));
  await writeFile(join(folder, 'onnxruntime_binding.node'), 'binding');
});
afterEach(async () => {
  await feed.close();
  await rm(folder, { recursive: true });
});

/** As the package is laid out, with what is not for this platform. */
function packed(files: Record<string, Uint8Array>): Uint8Array {
  const entries = Object.entries(files).map(([name, bytes]) => [`${CUDA_LIBRARIES.folder}/${name}`, bytes] as const);
  return zipSync({
    'LICENSE.txt': Buffer.from('MIT'),
    ...Object.fromEntries(entries),
    'runtimes/linux-x64/native/libonnxruntime.so': Buffer.from('not asked for'),
  });
}

async function serve(...how: Parameters<typeof nugetFeed>): Promise<void> {
  feed = await nugetFeed(...how);
}

const plan = (version = '1.30.0'): Promise<PlannedInstall> =>
  planInstall(CUDA_LIBRARIES, { feed: feed.index, version, folder });

async function planAndInstall(signal?: AbortSignal): Promise<void> {
  await install(CUDA_LIBRARIES, await plan(), { signal });
}

async function failureOf(work: Promise<unknown>): Promise<UserError> {
  const fault: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (fault instanceof UserError) return fault;
  throw new Error(`not a UserError: ${String(fault)}`, { cause: fault });
}

/** Nothing but what was there before. */
async function expectUntouched(): Promise<void> {
  expect(await readdir(folder)).toEqual(['onnxruntime_binding.node']);
}

describe('CUDA_LIBRARIES', () => {
  it("match those of onnxruntime-node's own install step, without TensorRT", async () => {
    await serve(nupkg);
    const require = createRequire(__filename);
    const metadata = require('onnxruntime-node/script/install-metadata.js') as {
      manifests: Record<string, Record<string, { package: string; path: string }>>;
      packages: Record<string, { name: string; versions: { feed: string; version: string }[] }>;
    };
    const manifest = Object.values(metadata.manifests['linux/x64:cuda12']);
    const paths = manifest.map(({ path }) => path).filter((path) => !path.includes('tensorrt'));
    expect(CUDA_LIBRARIES.files.map((file) => `${CUDA_LIBRARIES.folder}/${file}`).sort()).toEqual(paths.sort());
    const { name, versions } = metadata.packages[manifest[0].package];
    expect(name).toBe(CUDA_LIBRARIES.package);
    expect(versions).toEqual([{ feed: 'nuget', version: RUNTIME_VERSION }]);
  });
});

describe('planInstall', () => {
  it('says what would be fetched, from where and to where, and fetches nothing', async () => {
    await serve(nupkg);
    expect(await plan()).toEqual({
      package: ID,
      version: '1.30.0',
      url: feed.url(PATHS.content),
      bytes: nupkg.length,
      sha512: expect.stringMatching(/^[\w+/]{86}==$/) as string,
      folder,
      files: [SHARED, CUDA],
    });
    expect(feed.asked).toEqual([PATHS.index, PATHS.registrations, PATHS.catalog]);
    await expectUntouched();
  });

  it('follows a paged list of versions', async () => {
    await serve(nupkg, { paged: true });
    expect((await plan()).url).toBe(feed.url(PATHS.content));
    expect(feed.asked).toContain(PATHS.page);
  });

  it('accepts only the version of the runtime', async () => {
    await serve(nupkg, { version: '1.30.1' });
    const { what, where } = await failureOf(plan());
    expect(what).toBe(`The feed has no version 1.30.0 of ${ID}.`);
    expect(where).toEqual([feed.url(PATHS.registrations)]);
  });

  it('treats a version with build metadata as the same', async () => {
    await serve(nupkg, { version: '1.30.0+a1b2c3' });
    expect((await plan()).bytes).toBe(nupkg.length);
  });

  it.each([
    [{ packageHashAlgorithm: 'MD5' }, 'The feed has a hash of another kind than SHA-512 (MD5).'],
    [{ packageHash: undefined }, 'The feed has no hash of the package.'],
  ])('refuses a package without a SHA-512: %j', async (listed, what) => {
    await serve(nupkg, { listed });
    expect((await failureOf(plan())).what).toBe(what);
  });

  it.each([PATHS.index, PATHS.registrations, PATHS.catalog])('names the address that is missing: %s', async (path) => {
    await serve(nupkg, { answers: { [path]: (_, response) => void response.writeHead(404).end() } });
    const { what, where } = await failureOf(plan());
    expect(what).toBe('The server answers 404 Not Found.');
    expect(where).toEqual([feed.url(path)]);
  });

  it('says when a web page answers instead of the feed, as behind a network login', async () => {
    const page: Parameters<typeof nugetFeed>[1] = {
      answers: { [PATHS.index]: (_, response) => void response.end('<html>') },
    };
    await serve(nupkg, page);
    expect((await failureOf(plan())).what).toBe('The server does not answer with a JSON object.');
  });

  it('says when no server answers', async () => {
    await serve(nupkg);
    await feed.close();
    const { what, action } = await failureOf(plan());
    expect(what).toMatch(/^The server cannot be reached, or the connection broke: connect ECONNREFUSED 127\.0\.0\.1/);
    expect(action).toContain('HTTPS_PROXY');
  });

  it('does not follow a link to another protocol than that of the feed', async () => {
    const resources = [{ '@id': 'https://feed.example/registration/', '@type': 'RegistrationsBaseUrl/3.6.0' }];
    await serve(nupkg, {
      answers: { [PATHS.index]: (_, response) => void response.end(JSON.stringify({ resources })) },
    });
    expect((await failureOf(plan())).what).toBe('The feed leads to another protocol.');
  });
});

describe('install', () => {
  it('puts exactly the libraries beside the runtime, byte for byte', async () => {
    await serve(nupkg);
    expect(areInstalled(CUDA_LIBRARIES, folder)).toBe(false);
    const told: { stage: string; detail?: string; fraction: number }[] = [];
    await install(CUDA_LIBRARIES, await plan(), { onProgress: (progress) => told.push(progress) });
    expect((await readdir(folder)).sort()).toEqual([CUDA, SHARED, 'onnxruntime_binding.node'].sort());
    for (const [name, bytes] of Object.entries(contents)) {
      expect((await readFile(join(folder, name))).equals(bytes)).toBe(true);
    }
    expect(areInstalled(CUDA_LIBRARIES, folder)).toBe(true);
    const fractions = told.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(told.find(({ stage }) => stage === 'Downloading')!.detail).toMatch(/^[\d.]+ [KM]iB of [\d.]+ MiB$/);
  });

  it('replaces the files of an older installation', async () => {
    await serve(nupkg);
    await writeFile(join(folder, CUDA), 'half a library');
    await planAndInstall();
    expect((await readFile(join(folder, CUDA))).equals(contents[CUDA])).toBe(true);
  });

  it('keeps nothing if the hash differs, and says so', async () => {
    const other = Buffer.from(nupkg);
    other[nupkg.length >> 1] ^= 1;
    await serve(nupkg, { answers: { [PATHS.content]: (_, response) => void response.end(other) } });
    const { what, where } = await failureOf(planAndInstall());
    expect(what).toContain('its hash (SHA-512) differs');
    expect(where[0]).toBe(feed.url(PATHS.content));
    expect(new Set(where.slice(1).map((line) => line.split(': ')[1])).size).toBe(2);
    await expectUntouched();
  });

  it.each([
    [
      'closes the connection',
      { 'content-length': String(nupkg.length) },
      /^The server cannot be reached, or the connection broke: /,
    ],
    [
      'ends the answer as if that were all',
      {},
      `The download ended after 1,000,000 of ${formatExactCount(nupkg.length)} bytes.`,
    ],
  ])('keeps nothing if the server %s midway', async (_, headers, what) => {
    await serve(nupkg, {
      answers: {
        [PATHS.content]: (_request, response) => {
          response.writeHead(200, headers as Record<string, string>);
          const sent = nupkg.subarray(0, 1_000_000);
          if ('content-length' in headers) response.write(sent, () => setTimeout(() => response.destroy(), 50));
          else response.end(sent);
        },
      },
    });
    expect((await failureOf(planAndInstall())).what).toMatch(what);
    await expectUntouched();
  });

  it('stops reading if the server sends more than the feed states', async () => {
    const endless: Parameters<typeof nugetFeed>[1] = {
      answers: {
        [PATHS.content]: (_, response) => {
          const more = (): void => void (response.destroyed || response.write(nupkg, () => setImmediate(more)));
          more();
        },
      },
    };
    await serve(nupkg, endless);
    expect((await failureOf(planAndInstall())).what).toMatch(/^The server sends more than the [\d,]+ bytes/);
    await expectUntouched();
  });

  it('says when the package is missing', async () => {
    await serve(nupkg, { answers: { [PATHS.content]: (_, response) => void response.writeHead(404).end() } });
    expect((await failureOf(planAndInstall())).what).toBe('The server answers 404 Not Found.');
    await expectUntouched();
  });

  it('keeps nothing if the package lacks a library', async () => {
    await serve(packed({ [SHARED]: contents[SHARED] }));
    const { what } = await failureOf(planAndInstall());
    expect(what).toBe(`The package does not contain runtimes/linux-x64/native/${CUDA}.`);
    await expectUntouched();
  });

  it.each(['Downloading', 'Unpacking'])('leaves nothing behind when cancelled while %s', async (stage) => {
    await serve(nupkg);
    const controller = new AbortController();
    const running = install(CUDA_LIBRARIES, await plan(), {
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.stage === stage) controller.abort();
      },
    });
    await expect(running).rejects.toThrow(/abort/i);
    await expectUntouched();
  });

  it('leaves nothing behind when cancelled while the server is silent', async () => {
    const controller = new AbortController();
    const silent: Parameters<typeof nugetFeed>[1] = {
      answers: { [PATHS.content]: () => void setTimeout(() => controller.abort(), 50) },
    };
    await serve(nupkg, silent);
    await expect(planAndInstall(controller.signal)).rejects.toThrow(/abort/i);
    await expectUntouched();
  });

  it('removes what a killed process left, but not what a running one uses', async () => {
    await serve(nupkg);
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    await mkdir(join(folder, `.ridgeline-install-${dead}-Ab12cd`));
    await writeFile(join(folder, `.ridgeline-install-${dead}-Ab12cd/package.nupkg`), 'half');
    await mkdir(join(folder, `.ridgeline-install-${process.ppid}-Ab12cd`));
    await plan();
    expect((await readdir(folder)).sort()).toEqual([
      `.ridgeline-install-${process.ppid}-Ab12cd`,
      'onnxruntime_binding.node',
    ]);
  });

  // Root may write everywhere, so the test becomes somebody else; only root can.
  it.runIf(process.geteuid?.() === 0)(
    'says so, before anything is fetched, where the folder belongs to others',
    async () => {
      await serve(nupkg);
      process.seteuid!(65534);
      try {
        // What mkdtemp made is readable for nobody else.
        const system = '/usr/lib';
        const running = planInstall(CUDA_LIBRARIES, { feed: feed.index, version: '1.30.0', folder: system });
        const { what, where } = await failureOf(running);
        expect(what).toBe('The folder of ONNX Runtime cannot be written.');
        expect(where).toEqual([system]);
        expect(feed.asked).toEqual([]);
      } finally {
        process.seteuid!(0);
      }
    },
  );
});

describe('remove', () => {
  it('removes the installed libraries and nothing else', async () => {
    await serve(nupkg);
    await planAndInstall();
    expect(await remove(CUDA_LIBRARIES, folder)).toEqual([SHARED, CUDA]);
    await expectUntouched();
    expect(await remove(CUDA_LIBRARIES, folder)).toEqual([]);
  });
});
