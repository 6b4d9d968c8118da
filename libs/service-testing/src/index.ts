export { CALLERS, verdictIn, verdictOf, type Caller, type Verdict } from './access-matrix.js';
export { RouteRecorder } from './route-recorder.js';
export { ServiceFleet, type Instance, type ServiceSetup } from './service-fleet.js';
export { SignedIn, type OpenSession, type Visitor } from './signed-in.js';
export { send, type Answer, type Call } from './test-client.js';
export {
  createTestDatabase,
  type DatabaseSetup,
  type TestDatabase,
  type TestServers,
} from './test-database.js';
export { TestIssuer } from './test-issuer.js';
