import { Lane, requestOf } from './lane.js';

const GIVES_UP_AFTER_MS = 2_000;

/**
 * Milliseconds from when a logout is sent to one instance until the other first refuses the session, that one being
 * asked again and again, one request after the other. `undefined`: not within 2 s.
 */
export async function logoutToRefusal(
  credential: string,
  { logoutAt, askAt }: { readonly logoutAt: number; readonly askAt: number },
): Promise<number | undefined> {
  const [leaving, asking] = [new Lane(logoutAt), new Lane(askAt)];
  const request = requestOf('GET', '/me', credential);
  try {
    // Both have the session before: what an instance remembers of it is what must be forgotten.
    for (const lane of [leaving, asking, asking]) {
      const status = await lane.ask(request);
      if (status !== 200) throw new Error(`A session was answered with ${status} before its logout.`);
    }
    const from = performance.now();
    const leave = leaving.ask(requestOf('POST', '/logout', credential));
    leave.catch(() => undefined);
    let refusedAfter: number | undefined;
    while (refusedAfter === undefined && performance.now() < from + GIVES_UP_AFTER_MS) {
      const status = await asking.ask(request);
      if (status === 401) refusedAfter = performance.now() - from;
      else if (status !== 200) throw new Error(`A request after a logout was answered with ${status}.`);
    }
    const left = await leave;
    if (left !== 204) throw new Error(`A logout was answered with ${left}.`);
    return refusedAfter;
  } finally {
    leaving.close();
    asking.close();
  }
}
