import { parseArgs } from 'node:util';
import { PROVIDERS } from '../../src/options/options';
import type { ProviderChoice } from '../../src/options/options';

/**
 * What can be measured. `kernels`, `answers` and `pictures` use the fixtures, `shapes` uses networks that people train.
 */
export const BENCH_PARTS = ['kernels', 'shapes', 'answers', 'pictures', 'growth'] as const;
export type BenchPart = (typeof BENCH_PARTS)[number];

export interface BenchSettings {
  /** Names of fixtures and shapes. An empty list means all of the requested parts. */
  models: string[];
  parts: BenchPart[];
  provider: ProviderChoice;
  threads: number | null;
  /** Seconds for which one kernel is repeated. */
  seconds: number;
  /** Whether answers that take minutes are measured too. */
  long: boolean;
  /** Whether the tables show where the time of a Hessian product goes. */
  profile: boolean;
  /** Whether the document is updated with this run. */
  write: boolean;
  json: string | null;
  /** Folder of the peers' scripts. `python` runs them. */
  peers: string | null;
  python: string;
}

const DEFAULT_PARTS = 'kernels,shapes,answers';

/** Reads the settings from the command line. @throws Error that tells the person at the terminal what is wrong */
export function readSettings(args: string[]): BenchSettings {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      part: { type: 'string', default: DEFAULT_PARTS },
      provider: { type: 'string', default: 'cpu' },
      threads: { type: 'string' },
      seconds: { type: 'string', default: '1' },
      long: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'string' },
      peers: { type: 'string' },
      python: { type: 'string', default: 'python3' },
    },
  });
  return {
    models: positionals,
    parts: values.part.split(',').map((part) => oneOf('--part', part, BENCH_PARTS)),
    provider: oneOf('--provider', values.provider, PROVIDERS),
    threads: values.threads === undefined ? null : positive('--threads', values.threads),
    seconds: positive('--seconds', values.seconds),
    long: values.long,
    profile: values.profile,
    write: values.write,
    json: values.json ?? null,
    peers: values.peers ?? null,
    python: values.python,
  };
}

function oneOf<T extends string>(flag: string, value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Error(`${flag} is one of ${words.join(', ')}, not «${value}».`);
  return found;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${flag} is a number above 0, not «${text}».`);
  return value;
}
