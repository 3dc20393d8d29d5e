import { formatNumber } from './numbers';

/** A measured time: "43 ms", "1.24 s", "3 min 20 s". */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatNumber(seconds);
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toPrecision(3)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** What a run has yet to take: "about 2 min left". */
export function formatTimeLeft(seconds: number): string {
  return `${formatExpectedSeconds(seconds)} left`;
}

/** An expected time: "a few seconds", "about 40 s", "about 3 min". It may be off by a factor of two, so no more digits. */
export function formatExpectedSeconds(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  if (seconds <= 48 * 3600) return `about ${Math.round(seconds / 3600)} h`;
  return `about ${Math.round(seconds / 86_400)} days`;
}
