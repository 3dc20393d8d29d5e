/** Time that the runtime's own profiler saw, by operator kind and by node of the user's model. */
export interface Profile {
  /** Time of all runs of all graphs, including copies in and out. */
  seconds: number;
  runs: number;
  /** Longest first. */
  operators: OperatorTime[];
  nodes: OperatorTime[];
}

export interface OperatorTime {
  name: string;
  seconds: number;
  /** Operators run. */
  calls: number;
}

/** One operator in one run, as the profiler wrote it. */
interface KernelEvent {
  /** Name of the node in the session, after the runtime's optimizations. */
  name: string;
  operator: string;
  microseconds: number;
}

/** Work that belongs to no node of the model: reorderings of memory that the runtime inserted. */
const OF_THE_RUNTIME = '(runtime)';
/** The loss itself, and sums of derivatives where branches of the network meet, which belong to no single node. */
const OF_THE_LOSS = '(loss and sums)';
/** Time that the runs spent outside their operators. */
const OUTSIDE = '(outside operators)';

/**
 * The operators' events in a profile, which is a JSON array with one event per line. They are read line by line, because
 * a truncated file lacks its end. Events of the whole session and of memory are skipped.
 */
export function kernelEvents(text: string): KernelEvent[] {
  const events: KernelEvent[] = [];
  for (const line of text.split('\n')) {
    if (!line.includes('_kernel_time"')) continue;
    let event;
    try {
      event = JSON.parse(line.replace(/,\s*$/, '')) as { name: string; dur: number; args: { op_name: string } };
    } catch {
      continue;
    }
    const name = event.name.replace(/_kernel_time$/, '');
    events.push({ name, operator: event.args.op_name, microseconds: event.dur });
  }
  return events;
}

/**
 * The node of the user's model that a node of the session came from. Emitted nodes are called `origin#17`; the runtime
 * keeps that name, adds to it where it fuses, or calls the node after its output where it changes the layout.
 * @param origins names of emitted outputs → the user's nodes
 */
export function originOf(name: string, origins: ReadonlyMap<string, string>): string {
  const emitted = /^(.*)#\d+/.exec(name)?.[1];
  if (emitted !== undefined) return emitted || OF_THE_LOSS;
  const output = /(?:^|\/|_)(v\d+)(?!\d)/.exec(name)?.[1];
  const origin = output && origins.get(output);
  return origin === undefined ? OF_THE_RUNTIME : origin || OF_THE_LOSS;
}

/** Sums profiles of many sessions. */
export class ProfileTotals {
  private readonly operators = new Map<string, OperatorTime>();
  private readonly nodes = new Map<string, OperatorTime>();
  private seconds = 0;
  private runs = 0;

  /**
   * Adds a session. Only its first runs are profiled, because the runtime writes a line per operator and run. Their shares
   * represent all runs:
   *   seconds of a node = its time in the profiled runs · (time of all runs / time of the profiled runs).
   */
  add(
    events: readonly KernelEvent[],
    origins: ReadonlyMap<string, string>,
    { seconds, runs, profiledSeconds, profiledRuns }: SessionTime,
  ): void {
    if (profiledRuns === 0) return;
    const share = seconds / profiledSeconds;
    const frequency = runs / profiledRuns;
    let inside = 0;
    for (const { name, operator, microseconds } of events) {
      const spent = (share * microseconds) / 1e6;
      inside += spent;
      increase(this.operators, operator, spent, frequency);
      increase(this.nodes, originOf(name, origins), spent, frequency);
    }
    for (const table of [this.operators, this.nodes]) increase(table, OUTSIDE, Math.max(0, seconds - inside), 0);
    this.seconds += seconds;
    this.runs += runs;
  }

  get profile(): Profile {
    const { seconds, runs } = this;
    return { seconds, runs, operators: longestFirst(this.operators), nodes: longestFirst(this.nodes) };
  }
}

/** Time of a session's runs, and of the profiled ones among them. */
export interface SessionTime {
  seconds: number;
  runs: number;
  profiledSeconds: number;
  profiledRuns: number;
}

function increase(table: Map<string, OperatorTime>, name: string, seconds: number, calls: number): void {
  const entry = table.get(name) ?? { name, seconds: 0, calls: 0 };
  entry.seconds += seconds;
  entry.calls += calls;
  table.set(name, entry);
}

function longestFirst(table: ReadonlyMap<string, OperatorTime>): OperatorTime[] {
  return [...table.values()]
    .map((entry) => ({ ...entry, calls: Math.round(entry.calls) }))
    .sort((a, b) => b.seconds - a.seconds);
}
