import { Server as TlsServer } from 'node:https';
import type { Server } from 'node:http';
import type { Logger } from '@holdfast/service-defaults';
import { tlsFilesOf, type GatewayConfig } from '../config.js';
import type { DoorLimits } from '../http/front-door.js';
import { readTls, watchTls } from '../http/tls-files.js';

/** What the configuration says of the front door. */
export function doorLimits(config: GatewayConfig): DoorLimits {
  const { GATEWAY_SOCKETS_PER_ADDRESS: perAddress, TRUSTED_PROXIES: trustedProxies } = config;
  const files = tlsFilesOf(config);
  return {
    ...(files && { tls: readTls(files) }),
    ...(perAddress > 0 && { sockets: { perAddress, trustedProxies } }),
  };
}

/** Takes a renewed certificate: new connections get it, those that are open go on. */
export function followTls(server: Server, config: GatewayConfig, logger: Logger): void {
  const files = tlsFilesOf(config);
  if (!files || !(server instanceof TlsServer)) return;
  const stop = watchTls(
    files,
    (pair) => {
      server.setSecureContext(pair);
      logger.info({ cert: files.cert }, 'the certificate was renewed');
    },
    (reason) => logger.error({ reason }, 'the certificate cannot be renewed'),
  );
  server.once('close', stop);
}
