const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago, or in how long: "3 minutes ago", "in 2 hours", "just now". */
export function relativeTime(at: number, now: number): string {
  const distance = at - now;
  const unit = UNITS.find(([size]) => Math.abs(distance) >= size);
  if (!unit) return distance > 0 ? 'in a moment' : 'just now';
  const [size, name] = unit;
  return relative.format(Math.trunc(distance / size), name);
}

/** A span of time with as much as matters: "12 ms", "1.4 s", "3 min". */
export function duration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  return `${Math.round(ms / HOUR)} h`;
}

/** Date and time as the reader writes them. */
export function dateTime(at: string | number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** Time of day to the second, or to the millisecond. */
export function clock(at: number, withMs = false): string {
  const date = new Date(at);
  const pad = (value: number, length = 2) => String(value).padStart(length, '0');
  const seconds = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return withMs ? `${seconds}.${pad(date.getMilliseconds(), 3)}` : seconds;
}
