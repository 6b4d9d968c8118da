/** The first value of a header in a flat head; `name` in lower case. */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const key = headers[index];
    if (key?.length === name.length && key.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

/** `Retry-After` in milliseconds, if it is there as seconds or as a date (RFC 9110 10.2.3). */
export function readRetryAfterMs(headers: readonly string[]): number | undefined {
  const value = headerOf(headers, 'retry-after');
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** Whether the answer is an event stream, whose timing says nothing of the instance's speed. */
export function isStreaming(headers: readonly string[]): boolean {
  return headerOf(headers, 'content-type')?.startsWith('text/event-stream') ?? false;
}
