export { StoreOpsError } from './errors.js';
export { layoutOf, readLayout, type StoreLayout } from './layout.js';
export { parseReplication, replicationOf, type Replication } from './replication.js';
export { awaitFollower, electedPrimary, switchPrimary, type Switch } from './switch-primary.js';
