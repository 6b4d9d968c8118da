import type { IncomingMessage } from 'node:http';
import { isPermitted } from '@holdfast/contracts';
import type { SessionManager } from '@holdfast/session-core';
import { activeSession, type AccessTokenVerifier } from '@holdfast/session-nest';
import { bearerToken } from '../credentials/bearer-token.js';
import { EXPLAIN_HEADER } from './explanation.js';

/** What judges who asks. */
export interface ExplainPermissionParts {
  readonly verifier: Pick<AccessTokenVerifier, 'verify'>;
  readonly manager: Pick<SessionManager, 'confirm'>;
}

/** Whether a request asks how its answer comes about. Everything else here costs nothing to those that do not. */
export function asksForExplanation({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers[EXPLAIN_HEADER] === '1';
}

/** Says whether whoever has this access token may know. */
export function explainPermission({ verifier, manager }: ExplainPermissionParts) {
  /** Never rejects: who cannot be judged may not. @param authorization - of the request, or what stands for its cookie */
  return async (authorization: string | undefined): Promise<boolean> => {
    const token = bearerToken(authorization);
    if (token === undefined) return false;
    try {
      const claims = await verifier.verify(token);
      if (claims?.kind !== 'session') return false;
      const { found } = await manager.confirm(claims, 'read');
      if (found.state !== 'live' && found.state !== 'carried') return false;
      return isPermitted('platform:view', activeSession(claims, found).roles);
    } catch {
      return false;
    }
  };
}
