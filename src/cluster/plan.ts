import type { AnalysisOptions } from '../options/options';

/** What is asked of the cluster: a command with its files and options. */
export interface ClusterRequest {
  command: 'analyze' | 'path' | 'compare';
  /** Absolute paths of the models or folders. */
  places: string[];
  /** With absolute paths. */
  options: AnalysisOptions;
}

/** One part: the least that is handed to a machine, and whose answers are kept in one file. */
export interface PlannedPart<Work = unknown> {
  /** "plane, points 1 to 41" */
  label: string;
  /** A part reads the parts of earlier waves, so it runs after them. */
  wave: number;
  /** Expected time. */
  seconds: number;
  /** What to measure, as the analysis understands it. */
  work: Work;
}

/**
 * What a run measures and in which parts. It is written once; the number of parts and the order of all sums follow from
 * it, whatever the number of machines.
 */
export interface ClusterPlan<Work = unknown> {
  /** Identifies the run: a checksum of program, models, data and options. */
  id: string;
  /** ISO 8601. */
  created: string;
  request: ClusterRequest;
  /** What every task starts, with the version of the program. */
  program: { node: string; script: string; version: string };
  parts: PlannedPart<Work>[];
  /** One job whose ranks share the data, in place of parts. */
  gang?: { shards: number };
  /** What the analysis wants every part to know. */
  shared: unknown;
}

/** The waves of a plan, in order. */
export function wavesOf({ parts }: Pick<ClusterPlan, 'parts'>): number[] {
  return [...new Set(parts.map(({ wave }) => wave))].sort((a, b) => a - b);
}
