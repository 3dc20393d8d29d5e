import { shown } from '../foreignText';
import { formatTimeLeft } from '../text/time';

/** Progress in the form in which the analysis reports it. */
export interface ShownProgress {
  stage: string;
  detail?: string;
  /** Completed part of the work, 0 to 1. */
  fraction: number;
  secondsLeft?: number;
}

/** The stream that shows progress: stderr, or a list in tests. */
export interface ProgressSink {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
}

export interface ProgressLine {
  show(progress: ShownProgress): void;
  /** Removes the live line. Call this before printing anything else on the terminal. */
  clear(): void;
}

const LIVE_MS = 80;
const PLAIN_MS = 5000;
const BAR = 20;
const WORDS = 500;

/** Shows progress. Rewrites one line on a terminal. Elsewhere, writes a line for each stage and every few seconds. */
export function progressLine(sink: ProgressSink, now: () => number = () => performance.now()): ProgressLine {
  return sink.isTTY ? liveLine(sink, now) : plainLines(sink, now);
}

export const silent: ProgressLine = { show: () => undefined, clear: () => undefined };

function liveLine(sink: ProgressSink, now: () => number): ProgressLine {
  let last = -Infinity;
  let live = false;
  return {
    show(progress) {
      const time = now();
      if (time - last < LIVE_MS) return;
      last = time;
      const filled = Math.round(BAR * clamped(progress.fraction));
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
      // A line longer than the terminal would wrap, and could then not be rewritten.
      sink.write(`\r\x1b[K${`${bar} ${percent(progress)}  ${words(progress)}`.slice(0, sink.columns - 1)}`);
      live = true;
    },
    clear() {
      if (live) sink.write('\r\x1b[K');
      live = false;
      last = -Infinity;
    },
  };
}

function plainLines(sink: ProgressSink, now: () => number): ProgressLine {
  let last = -Infinity;
  let stage = '';
  return {
    show(progress) {
      const time = now();
      if (time - last < PLAIN_MS && (progress.stage === stage || time - last < PLAIN_MS / 5)) return;
      last = time;
      stage = progress.stage;
      sink.write(`${percent(progress)}  ${words(progress)}\n`);
    },
    clear: () => undefined,
  };
}

function words({ stage, detail, secondsLeft }: ShownProgress): string {
  const left = secondsLeft === undefined ? '' : `, ${formatTimeLeft(secondsLeft)}`;
  return `${shown(detail ? `${stage}: ${detail}` : stage, WORDS)}${left}`;
}

function percent({ fraction }: ShownProgress): string {
  return `${Math.floor(100 * clamped(fraction))} %`.padStart(5);
}

function clamped(fraction: number): number {
  return Math.min(1, Math.max(0, Number.isNaN(fraction) ? 0 : fraction));
}
