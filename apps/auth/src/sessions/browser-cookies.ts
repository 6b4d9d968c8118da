import { BROWSER_CLIENT_ID, clearedSessionCookie, clearedSessionDataCookie } from '@holdfast/contracts';
import type { ActiveSession } from '@holdfast/session-nest';
import type { FastifyReply } from 'fastify';

/** Whether a browser has the session, in a cookie. */
export function isInBrowser({ clientId }: ActiveSession): boolean {
  return clientId === BROWSER_CLIENT_ID;
}

/** Has the browser forget a session, and the data that it carries where nobody keeps a record of it. */
export function forgetInBrowser(session: ActiveSession, reply: FastifyReply): void {
  if (!isInBrowser(session)) return;
  reply.header('set-cookie', clearedSessionCookie());
  if (session.activity === undefined) reply.header('set-cookie', clearedSessionDataCookie());
}
