export { AccessTokenSigner, type AccessTokenSignerOptions } from './access-token-signer.js';
export { type ActiveSession, type SessionActivity } from './active-session.js';
export {
  AmbiguousCredentialsError,
  EndedSessionError,
  ForbiddenError,
  KeysUnavailableError,
  StepUpRequiredError,
  UnauthenticatedError,
} from './errors.js';
export { installSessions, sessionOf } from './fastify-sessions.js';
export { type JwksSource } from './jwks-source.js';
export { RemoteJwks, type JsonWebKeySet } from './remote-jwks.js';
export { type SessionAccess } from './route-config.js';
export { answerSessionError } from './session-problem.js';
export { type StandaloneSessionOptions } from './standalone-sessions.js';
