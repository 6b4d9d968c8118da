export {
  claimsAbout,
  seconds,
  type AccessTokenClaims,
  type ClientTokenClaims,
  type ServiceTokenClaims,
  type VerifiedClaims,
} from './access-token-claims.js';
export { AccessTokenSigner, type AccessTokenSignerOptions } from './access-token-signer.js';
export { AccessTokenVerifier, type AccessTokenVerifierOptions } from './access-token-verifier.js';
export { CallingService } from './calling-service.decorator.js';
export { type CarriedData } from './carrier-hook.js';
export { activeSession, type ActiveSession, type SessionActivity } from './active-session.js';
export {
  AmbiguousCredentialsError,
  EndedSessionError,
  ForbiddenError,
  KeysUnavailableError,
  StepUpRequiredError,
  UnauthenticatedError,
} from './errors.js';
export { type JwksSource } from './jwks-source.js';
export { RemoteJwks, type JsonWebKeySet } from './remote-jwks.js';
export { policyOfMethod, type SessionAccess } from './route-config.js';
export {
  AtAnyLevel,
  ClientScope,
  CurrentSession,
  Internal,
  OptionalSession,
  Public,
  Roles,
  SessionPolicy,
  StepUp,
} from './session.decorators.js';
export { SessionErrorFilter } from './session-error.filter.js';
export { SESSION_ERROR_STATUS } from './session-problem.js';
export { SessionGuard } from './session.guard.js';
export {
  SessionModule,
  type SessionModuleAsyncOptions,
  type SessionModuleOptions,
} from './session.module.js';
export { type StandaloneSessionOptions } from './standalone-sessions.js';
