import { mkdtempSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { EmittedGraph } from '../backend/emit';
import type { Profile, SessionTime } from './profile';
import { kernelEvents, ProfileTotals } from './profile';

/** Operators of one session that are written to its profile, about: some 50 MB of text. */
const PROFILED_OPERATORS = 50_000;

/** Collects what the runtime's profiler writes for each session of an engine, in a folder of its own. */
export class Profiler {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ridgeline-profile-'));
  private readonly totals = new ProfileTotals();
  private readonly open = new Set<SessionProfile>();
  private count = 0;

  /** A profile for a session that is about to be created. */
  session(graph: EmittedGraph): SessionProfile {
    const session: SessionProfile = new SessionProfile(
      this.folder,
      `session${this.count++}_`,
      graph,
      (events, time) => {
        this.totals.add(events, session.origins, time);
        this.open.delete(session);
      },
    );
    this.open.add(session);
    return session;
  }

  /** The time of all sessions so far. It ends the profile of open sessions, which then continue without. */
  async profile(): Promise<Profile> {
    for (const session of [...this.open]) await session.close();
    return this.totals.profile;
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Profiles the first runs of a session and times all of them. */
export class SessionProfile {
  /** Names of values → nodes of the user's model. */
  readonly origins: ReadonlyMap<string, string>;
  private readonly time: SessionTime = { seconds: 0, runs: 0, profiledSeconds: 0, profiledRuns: 0 };
  private readonly profiledRuns: number;
  private writing = true;
  private closed = false;
  private session: Pick<InferenceSession, 'endProfiling'> | null = null;

  constructor(
    private readonly folder: string,
    private readonly prefix: string,
    { nodes }: EmittedGraph,
    private readonly onClose: (events: ReturnType<typeof kernelEvents>, time: SessionTime) => void,
  ) {
    this.origins = new Map(
      nodes.flatMap(({ name, outputs }) => outputs.map((output) => [output, name.replace(/#\d+$/, '')] as const)),
    );
    this.profiledRuns = Math.max(1, Math.floor(PROFILED_OPERATORS / Math.max(1, nodes.length)));
  }

  /** Options that the session must be created with. */
  get options(): InferenceSession.SessionOptions {
    return { enableProfiling: true, profileFilePrefix: join(this.folder, this.prefix) };
  }

  attach(session: InferenceSession): void {
    this.session = session;
  }

  /** Times a run. After enough runs, the profile ends. */
  async timed<T>(run: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await run();
    const seconds = (performance.now() - start) / 1000;
    this.time.seconds += seconds;
    this.time.runs++;
    if (this.writing) {
      this.time.profiledSeconds += seconds;
      this.time.profiledRuns++;
      if (this.time.profiledRuns >= this.profiledRuns) this.stop();
    }
    return result;
  }

  /** Reads the written profile and hands it over, once; the session itself may continue. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.stop();
    const files = (await readdir(this.folder)).filter((name) => name.startsWith(this.prefix));
    const events: ReturnType<typeof kernelEvents> = [];
    for (const file of files) {
      const path = join(this.folder, file);
      events.push(...kernelEvents(await readFile(path, 'utf8')));
      await rm(path);
    }
    this.onClose(events, this.time);
  }

  private stop(): void {
    if (this.writing) this.session?.endProfiling();
    this.writing = false;
  }
}
