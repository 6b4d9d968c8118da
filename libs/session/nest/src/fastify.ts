export { AccessTokenSigner, type AccessTokenSignerOptions } from './access-token-signer.js';
export { AccessTokenVerifier, type AccessTokenVerifierOptions } from './access-token-verifier.js';
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
export { policyOfMethod, type SessionAccess } from './route-config.js';
export { installSessionHook } from './session-hook.js';
export { answerSessionError, SESSION_ERROR_STATUS } from './session-problem.js';
export { type StandaloneSessionOptions } from './standalone-sessions.js';
