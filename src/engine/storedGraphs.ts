import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { debuglog } from 'node:util';
import type { InferenceSession } from 'onnxruntime-node';
import type { WrittenModel } from '../onnx/write';
import { writeWhole } from '../writeWhole';
import { processor } from './processor';
import { readRegularFile } from '../regularFile';

type SessionOptions = InferenceSession.SessionOptions;
type Create = (bytes: Uint8Array, options: SessionOptions) => Promise<InferenceSession>;

/** A source of sessions. */
export interface GraphSource {
  session(model: WrittenModel, options: SessionOptions, create: Create): Promise<InferenceSession>;
}

export interface StoreLimits {
  /** Limit for all graphs together. */
  bytes: number;
  /** Limit for one graph including its weights. Reading and hashing a larger one takes as long as preparing it again. */
  graphBytes: number;
}

export const STORE_LIMITS: StoreLimits = { bytes: 2 ** 29, graphBytes: 2 ** 24 };

/** Graphs with fewer bytes without their weights, about a hundred nodes, take only twenty milliseconds to prepare. */
const WORTH_STORING = 2 ** 15;
/**
 * The runtime may fold a graph into constants much larger than it, such as zeros to scatter into. Preparing takes a
 * millisecond for each kilobyte of a graph, reading and hashing two for each megabyte.
 */
const MOST_GROWTH = 128;
/** A write takes seconds. A file that still has this name after so long belongs to a process that died. */
const UNFINISHED_MS = 3_600_000;
const SUFFIX = '.graph';
const HASH_BYTES = 32;

const log = debuglog('ridgeline');

/**
 * A folder of graphs that the runtime has prepared for the CPU: constants folded, operators fused, layouts chosen. This
 * preparation takes two thirds of the time to create a session. The name of an entry is the hash of everything that
 * decides it: graph, weights, options of the session, runtime and processor. An entry consists of the hash of its contents
 * and the contents, which are empty for a graph that is not worth storing. Everything in the folder can be deleted at any
 * time. Unreadable or damaged entries are deleted and prepared again; `NODE_DEBUG=ridgeline` logs this.
 */
export class StoredGraphs implements GraphSource {
  private readonly machine = processor();

  private constructor(
    readonly folder: string,
    private readonly runtime: string,
    private readonly limits: StoreLimits,
    private bytes: number,
  ) {}

  /**
   * @param runtime its version
   * @throws Error of the file system if the folder cannot be created
   */
  static async open(folder: string, runtime: string, limits = STORE_LIMITS): Promise<StoredGraphs> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const store = new StoredGraphs(folder, runtime, limits, 0);
    await store.evict();
    return store;
  }

  /**
   * Creates a session, from the prepared graph if there is one.
   * @param writes whether to store a missing one
   */
  async session(
    model: WrittenModel,
    options: SessionOptions,
    create: Create,
    writes = true,
  ): Promise<InferenceSession> {
    const weights = model.external.reduce((sum, { data }) => sum + data.length, 0);
    const plainly = () => create(model.bytes, given(model, options));
    if (model.bytes.length < WORTH_STORING || model.bytes.length + weights > this.limits.graphBytes) return plainly();
    const path = join(this.folder, `${this.keyOf(model, options)}${SUFFIX}`);
    const known = await this.read(path);
    if (known?.length === 0) return plainly();
    if (known) {
      try {
        return await create(known, { ...options, graphOptimizationLevel: 'disabled' });
      } catch (fault) {
        await this.discard(path, (fault as Error).message);
      }
    }
    return writes ? this.make(path, model, options, create) : plainly();
  }

  /** Creates a session from the original graph and stores the graph that the runtime prepared, if possible. */
  private async make(
    path: string,
    model: WrittenModel,
    options: SessionOptions,
    create: Create,
  ): Promise<InferenceSession> {
    const prepared = `${path}.${process.pid}.prepared.new`;
    let session: InferenceSession;
    try {
      session = await create(model.bytes, { ...given(model, options), optimizedModelFilePath: prepared });
    } catch (fault) {
      // The cause may be that writing failed.
      log('%s is not stored: %s', path, (fault as Error).message);
      await rm(prepared, { force: true }).catch(() => undefined);
      return create(model.bytes, given(model, options));
    }
    try {
      const graph = await readFile(prepared);
      const most = Math.min(this.limits.graphBytes, MOST_GROWTH * model.bytes.length);
      await this.store(path, graph.length <= most ? graph : new Uint8Array());
    } catch (fault) {
      log('%s is not stored: %s', path, (fault as Error).message);
    }
    await rm(prepared, { force: true }).catch(() => undefined);
    return session;
  }

  /** Null if there is no intact entry; empty if the graph is not worth storing. */
  private async read(path: string): Promise<Uint8Array | null> {
    const file = await readRegularFile(path, HASH_BYTES + this.limits.graphBytes).catch(() => null);
    if (!file) return null;
    const contents = file.subarray(HASH_BYTES);
    if (!sha256(contents).equals(file.subarray(0, HASH_BYTES))) {
      await this.discard(path, 'it is not what was written');
      return null;
    }
    // The most recently used entries are kept longest.
    await utimes(path, new Date(), new Date()).catch(() => undefined);
    return contents;
  }

  private async store(path: string, contents: Uint8Array): Promise<void> {
    await writeWhole(path, Buffer.concat([sha256(contents), contents]), { flush: false });
    this.bytes += contents.length;
    if (this.bytes > this.limits.bytes) await this.evict();
  }

  private async discard(path: string, reason: string): Promise<void> {
    log('%s is discarded: %s', path, reason);
    await rm(path, { force: true }).catch(() => undefined);
  }

  /** Deletes the least recently used entries until the limit holds. */
  private async evict(): Promise<void> {
    const found = (await readdir(this.folder)).map(async (name) => {
      const path = join(this.folder, name);
      // Another process may have deleted it meanwhile.
      const stats = await stat(path).catch(() => null);
      return stats?.isFile() ? [{ path, size: stats.size, used: stats.mtimeMs }] : [];
    });
    const files = (await Promise.all(found)).flat().sort((a, b) => b.used - a.used);
    this.bytes = 0;
    for (const { path, size, used } of files) {
      const unfinished = path.endsWith('.new');
      if (unfinished && Date.now() - used < UNFINISHED_MS) continue;
      if (!unfinished) this.bytes += size;
      if (!unfinished && this.bytes <= this.limits.bytes) continue;
      await rm(path, { force: true }).catch(() => undefined);
      if (!unfinished) this.bytes -= size;
    }
  }

  private keyOf({ bytes, external }: WrittenModel, options: SessionOptions): string {
    const hash = createHash('sha256');
    hash.update(JSON.stringify([this.runtime, this.machine, options, bytes.length])).update(bytes);
    for (const { path, data } of external) hash.update(`${path} ${data.length};`).update(data);
    return hash.digest('hex');
  }
}

/** Including the data beside the model. */
export function given({ external }: WrittenModel, options: SessionOptions): SessionOptions {
  return external.length > 0 ? { ...options, externalData: external } : options;
}

const sha256 = (contents: Uint8Array) => createHash('sha256').update(contents).digest();
