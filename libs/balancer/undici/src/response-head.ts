/** The first value of a header in a raw head; `name` in lower case. */
function find(headers: readonly Buffer[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const key = headers[index];
    if (key?.length === name.length && key.toString('latin1').toLowerCase() === name) {
      return headers[index + 1]?.toString('latin1');
    }
  }
  return undefined;
}

/** `Retry-After` in milliseconds, if it is there as seconds or as a date (RFC 9110 10.2.3). */
export function readRetryAfterMs(headers: readonly Buffer[]): number | undefined {
  const value = find(headers, 'retry-after');
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** Whether the answer is an event stream, whose timing says nothing of the instance's speed. */
export function isStreaming(headers: readonly Buffer[]): boolean {
  return find(headers, 'content-type')?.startsWith('text/event-stream') ?? false;
}
