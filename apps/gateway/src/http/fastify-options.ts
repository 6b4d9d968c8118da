import { requestIdFrom } from '@holdfast/service-defaults';
import type { Forward } from '../proxy/forwarder.js';
import { createFrontDoor, type FrontDoorOptions, type RequestHandler } from './front-door.js';

/** What Fastify must be told so that the front door stands before it, and gives it only what is not forwarded. */
export function fastifyOptions(door: FrontDoorOptions, forward: Forward) {
  return {
    genReqId: requestIdFrom,
    // A drain ends when the last request does; until then nobody is turned away.
    return503OnClosing: false,
    // The front door's comes first. Fastify's own would write its 400 into whatever answer is under way, and cut it.
    clientErrorHandler: () => undefined,
    serverFactory: (handler: RequestHandler) =>
      createFrontDoor(door, (request, response) => {
        if (!forward(request, response)) handler(request, response);
      }),
  };
}
