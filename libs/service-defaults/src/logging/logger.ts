import pino from 'pino';
import { describeError } from './describe-error.js';

/** A pino logger. */
export type Logger = pino.Logger;

/** Members that are never written, wherever they stand in a log line. Nothing logs them: this is the net under it. */
const SECRETS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'newPassword',
  'access_token',
  'refresh_token',
  'token',
  'secret',
];

/**
 * JSON lines on stdout: time, level, service, instance, message, and the request's id where there is one. Errors are
 * written without the values that caused them, and secrets (tokens, cookies, passwords) as `[secret]`.
 */
export function createLogger(
  options: { readonly service: string; readonly instance: string; readonly level: string },
  destination: pino.DestinationStream = pino.destination(1),
): Logger {
  const paths = SECRETS.map((name) => JSON.stringify(name)).flatMap((name) => [
    `[${name}]`,
    `*[${name}]`,
    `*.*[${name}]`,
  ]);
  return pino(
    {
      level: options.level,
      base: { service: options.service, instance: options.instance, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: describeError },
      redact: { paths, censor: '[secret]' },
    },
    destination,
  );
}
