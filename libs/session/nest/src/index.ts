export {
  type AccessTokenClaims,
  type ServiceTokenClaims,
  type VerifiedClaims,
} from './access-token-claims.js';
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
export { type SessionAccess } from './route-access.js';
export { CurrentSession, Internal, OptionalSession, Public, Roles, StepUp } from './session.decorators.js';
export { SessionGuard } from './session.guard.js';
export {
  SessionModule,
  type SessionModuleAsyncOptions,
  type SessionModuleOptions,
} from './session.module.js';
