import type { Socket } from 'node:net';
import type { Carrier, Exchange } from './exchange.js';
import { isStream, requestHead, type BodyStream } from './request-head.js';
import { ResponseParser, type ResponseEvents } from './response-parser.js';
import { drained, openSocket, type Origin } from './socket.js';
import { closedEarly, WireError } from './wire-error.js';

/** Whose connection it is. */
export interface ConnectionOwner {
  /** It stands. */
  onOpen(connection: Connection): void;
  /** It has answered and can carry another exchange. */
  onFree(connection: Connection): void;
  /** It carries nothing any more. @param error - why it never stood; `undefined` if it did */
  onGone(connection: Connection, error: Error | undefined): void;
}

/** How long the other end may keep a quiet connection at the most, and what is left to it where it says how long. */
const LONGEST_IDLE_MS = 10_000;
const IDLE_MS = 4_000;
/** It may close it at that very moment: some time before we do. */
const HINT_MARGIN_MS = 2_000;

/** One connection; one exchange at a time. */
export class Connection implements ResponseEvents, Carrier {
  readonly #socket: Socket;
  readonly #parser = new ResponseParser(this);
  readonly #ours: string;
  readonly #maySwitch: boolean;
  #exchange: Exchange | undefined;
  #stands = false;
  #isSending = false;
  #isAnswered = false;
  #isGone = false;
  #isPaused = false;
  #hint: string | undefined;
  #idleMs = IDLE_MS;
  /** When it became quiet, as far as `look` has seen; and how much had come by then. */
  #quietSince: number | undefined;
  #seenBytes = 0;

  constructor(
    { url, connectTimeoutMs, maySwitch }: Origin,
    private readonly owner: ConnectionOwner,
  ) {
    this.#maySwitch = maySwitch;
    this.#ours = `host: ${url.host}\r\n`;
    this.#socket = openSocket(url, maySwitch ? undefined : (bytes) => this.#read(Buffer.from(bytes)));
    const timer = setTimeout(() => {
      this.#end(new WireError('CONNECT_TIMEOUT', `no connection within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    this.#socket
      .once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        this.#stands = true;
        this.owner.onOpen(this);
      })
      .on('data', this.#onBytes)
      .on('end', this.#onFinished)
      .on('error', this.#end)
      .on('close', this.#onClosed)
      .once('close', () => clearTimeout(timer));
  }

  /**
   * Closes it if it has been idle for longer than its other end lets it, or a body has been silent for too long. To be called
   * every now and then.
   *
   * @param sinceMs - when it was called before, `nowMs` now, both by one clock
   */
  look(sinceMs: number, nowMs: number, bodyTimeoutMs: number): void {
    const isIdle = this.#stands && this.#exchange === undefined;
    const isAwaitingBody = this.#exchange !== undefined && this.#parser.isInBody && !this.#parser.isPaused;
    const { bytesRead } = this.#socket;
    if (!(isIdle || isAwaitingBody) || bytesRead !== this.#seenBytes) this.#quietSince = undefined;
    this.#seenBytes = bytesRead;
    if (!(isIdle || isAwaitingBody)) return;
    // A body must have its whole time. An idle connection must be gone before the other end closes it.
    this.#quietSince ??= isIdle ? sinceMs : nowMs;
    const quietMs = nowMs - this.#quietSince;
    if (isIdle && quietMs >= this.#idleMs) this.destroy();
    if (isAwaitingBody && bodyTimeoutMs > 0 && quietMs >= bodyTimeoutMs)
      this.#end(new WireError('BODY_TIMEOUT', `nothing of the body for ${bodyTimeoutMs} ms`));
  }

  /** Sends a request; the connection must be free. Throws a `WireError` for one that cannot be sent, and is free as before. */
  carry(exchange: Exchange): void {
    const { request, listener } = exchange;
    if (request.upgrade !== undefined && !this.#maySwitch)
      throw new WireError(
        'BAD_REQUEST',
        'the request cannot be sent: no other protocol is spoken on these connections',
      );
    const { text, length } = requestHead(request, this.#ours);
    this.#exchange = exchange;
    this.#isAnswered = false;
    this.#quietSince = undefined;
    exchange.carriedBy(this);
    this.#parser.begin(request.method);
    listener.onSent();
    const { body } = request;
    if (isStream(body)) {
      this.#socket.write(text, 'latin1');
      void this.#stream(exchange, body, length);
    } else if (body === undefined) {
      this.#socket.write(text, 'latin1');
    } else {
      this.#socket.cork();
      this.#socket.write(text, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  /** Reads on. */
  resume(): void {
    this.#read(undefined);
    if (!this.#parser.isPaused) this.#pause(false);
  }

  /** Closes it, whatever it carries. */
  destroy(): void {
    this.#end(closedEarly());
  }

  onHead(status: number, headers: string[]): void {
    const exchange = this.#exchange;
    if (exchange && !exchange.isOver) exchange.listener.onHead(status, headers);
  }

  onUpgrade(headers: string[], rest: Buffer): void {
    const exchange = this.#exchange;
    if (exchange?.request.upgrade === undefined)
      throw new WireError('BAD_RESPONSE', 'another protocol, which nobody asked for');
    if (exchange.isOver) return;
    exchange.end();
    this.#exchange = undefined;
    const socket = this.#letGo();
    if (rest.length > 0) socket.unshift(rest);
    exchange.listener.onUpgrade(101, headers, socket);
  }

  onData(chunk: Buffer): boolean {
    const exchange = this.#exchange;
    if (!exchange || exchange.isOver) return true;
    const goesOn = exchange.listener.onData(chunk);
    if (!goesOn) this.#pause(true);
    return goesOn;
  }

  onEnd(trailers: string[]): void {
    this.#isAnswered = true;
    const exchange = this.#exchange;
    if (!exchange || exchange.isOver) return;
    exchange.end();
    exchange.listener.onEnd(trailers);
  }

  readonly #onBytes = (chunk: Buffer): void => this.#read(chunk);

  readonly #onFinished = (): void => {
    try {
      this.#parser.finish();
      this.destroy();
    } catch (error) {
      this.#end(error as Error);
    }
  };

  readonly #onClosed = (): void => this.destroy();

  /** At once, not when the system has closed it: until then it could be given another exchange. */
  readonly #end = (error: Error): void => {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#socket.destroy();
    this.owner.onGone(this, this.#stands ? undefined : error);
    this.#exchange?.fail(error);
  };

  /** Reads what came, or goes on with what is left of it. */
  #read(chunk: Buffer | undefined): void {
    try {
      if (chunk === undefined) this.#parser.resume();
      else this.#parser.execute(chunk);
    } catch (error) {
      return this.#end(error as Error);
    }
    // Not before all that came is read: what follows an answer unasked must not be taken for the next one.
    if (this.#isAnswered && this.#exchange !== undefined) this.#becomeFree();
  }

  #pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused || this.#isGone) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#socket.pause();
    else this.#socket.resume();
  }

  #becomeFree(): void {
    this.#exchange = undefined;
    this.#pause(false);
    const hint = this.#parser.keepAliveHint;
    if (hint !== this.#hint) this.#idleMs = idleMsBy((this.#hint = hint));
    if (this.#isGone) return;
    if (this.#parser.keepsAlive && this.#idleMs > 0 && !this.#isSending) this.owner.onFree(this);
    else this.destroy();
  }

  /** Its socket is somebody else's from here on. */
  #letGo(): Socket {
    this.#isGone = true;
    const socket = this.#socket
      .off('data', this.#onBytes)
      .off('end', this.#onFinished)
      .off('error', this.#end)
      .off('close', this.#onClosed)
      .pause();
    this.owner.onGone(this, undefined);
    return socket;
  }

  /** Sends a body as it arrives, no faster than the other end reads. */
  async #stream(exchange: Exchange, body: BodyStream, length: number | undefined): Promise<void> {
    const socket = this.#socket;
    this.#isSending = true;
    let sent = 0;
    try {
      for await (const chunk of body.open()) {
        if (exchange.isOver || this.#isGone) return;
        if (chunk.length === 0) continue;
        sent += chunk.length;
        if (length !== undefined && sent > length) throw mismatch();
        if (!this.#write(chunk, length === undefined)) await drained(socket);
      }
      if (length !== undefined && sent < length) throw mismatch();
      if (length === undefined) socket.write('0\r\n\r\n');
      this.#isSending = false;
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #write(chunk: Buffer, isChunked: boolean): boolean {
    const socket = this.#socket;
    if (!isChunked) return socket.write(chunk);
    socket.cork();
    socket.write(`${chunk.length.toString(16)}\r\n`);
    socket.write(chunk);
    const goesOn = socket.write('\r\n');
    socket.uncork();
    return goesOn;
  }
}

/** How long a connection may be idle, by its `Keep-Alive` header. */
function idleMsBy(hint: string | undefined): number {
  const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(hint ?? '')?.[1];
  return seconds === undefined
    ? IDLE_MS
    : Math.min(LONGEST_IDLE_MS, Number(seconds) * 1_000 - HINT_MARGIN_MS);
}

function mismatch(): WireError {
  return new WireError('BAD_REQUEST', 'the request cannot be sent: its body has another length than it says');
}
