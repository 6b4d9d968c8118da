import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Lets Nest, and every `new Logger('Context')` in an app, write through pino. Nest's own start-up lines become `debug`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write(isFrameworkContext(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    // Nest's convention: the context is the last argument, a stack or an error may stand before it.
    const context = rest.at(-1);
    const err = message instanceof Error ? message : rest.find((value) => value instanceof Error);
    const members = typeof message === 'object' && !(message instanceof Error) ? message : undefined;
    const text = typeof message === 'string' ? message : undefined;
    this.logger[level](
      { ...(typeof context === 'string' && { context }), ...(err !== undefined && { err }), ...members },
      text,
    );
  }
}

const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

function isFrameworkContext(context: unknown): boolean {
  return typeof context === 'string' && FRAMEWORK.has(context);
}
