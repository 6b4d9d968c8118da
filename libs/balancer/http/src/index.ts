export { sessionAffinity } from './affinity.js';
export { type Decision, type ExplainedTry } from './decision.js';
export { Forwarding } from './forwarding.js';
export { headerOf } from './response-head.js';
export { ServiceClient, type ServiceRequest, type ServiceResponse } from './service-client.js';
export { DEFAULT_UPSTREAM_SETTINGS, type UpstreamSettings } from './settings.js';
export { DEADLINE_HEADER } from './upstream-request.js';
export type {
  BodyStream,
  UpstreamFailure,
  UpstreamHead,
  UpstreamRequest,
  UpstreamSink,
} from './upstream-request.js';
export { type UpstreamListener } from './upstream-service.js';
export { Upstreams, type InstanceOut, type InstanceView } from './upstreams.js';
