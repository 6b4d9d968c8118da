import type { NewSession } from './session.js';
import { shortened } from './session-client.js';
import type { BeginSession } from './session-grant.js';
import { timeouts, type SessionSettings } from './session-settings.js';

/** What a session is begun with that the manager has made or found out. */
interface Made {
  readonly sessionId: string;
  readonly epoch: number;
  readonly cookieHash: string | undefined;
}

/** The session that a sign-in asks for. A guest is not remembered. */
export function newSession(
  input: BeginSession,
  { sessionId, epoch, cookieHash }: Made,
  settings: SessionSettings,
): NewSession {
  const { userId, roles, guest = false, rememberMe = false, authzVersion } = input;
  return {
    sessionId,
    userId,
    roles: [...roles],
    acr: input.acr ?? (guest ? 0 : 1),
    client: shortened(input.client),
    ...(cookieHash !== undefined && { cookieHash }),
    ...(rememberMe && !guest && { rememberMe }),
    ...(authzVersion !== undefined && { authzVersion }),
    epoch,
    ...timeouts(settings, { guest, rememberMe }),
  };
}
