import { requestIdFrom } from '@holdfast/service-defaults';
import type { CrossOrigin } from './cross-origin.js';
import { createFrontDoor, type DoorLimits, type RequestHandler } from './front-door.js';
import type { RequestsInFlight } from './requests-in-flight.js';

/** What Fastify must be told so that the front door stands before it. */
export function fastifyOptions(
  gatewayId: string,
  inFlight: RequestsInFlight,
  crossOrigin: CrossOrigin,
  limits: DoorLimits = {},
) {
  return {
    genReqId: requestIdFrom,
    // A drain ends when the last request does; until then nobody is turned away.
    return503OnClosing: false,
    // The front door's comes first. Fastify's own would write its 400 into whatever answer is under way, and cut it.
    clientErrorHandler: () => undefined,
    serverFactory: (handler: RequestHandler) =>
      createFrontDoor({ gatewayId, inFlight, crossOrigin, ...limits }, handler),
  };
}
