import { CHUNK_LINE, fieldsIn, RESPONSE_HEAD, RESPONSE_START, TRAILERS } from './grammar.js';
import { closedEarly, WireError } from './wire-error.js';

/** Longest head, trailer section and chunk line, in bytes. */
const LONGEST_SECTION = 32 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const STATUS_AT = RESPONSE_START.length + 2;

/** What a parser finds, in order: a final head, data, the end; or `onUpgrade` alone. Interim heads (100, 103) are nobody's. */
export interface ResponseEvents {
  /** @param headers - names and values as they came, flat, decoded as Latin-1 */
  onHead(status: number, headers: string[]): void;
  /** A head of 101. @param rest - what came after it: it is of the new protocol */
  onUpgrade(headers: string[], rest: Buffer): void;
  /** `false`: no more of them until `ResponseParser.resume`. */
  onData(chunk: Buffer): boolean;
  onEnd(trailers: string[]): void;
}

/** What comes next; `idle`: nothing, until `begin`. */
type State =
  'idle' | 'head' | 'fixed' | 'chunk-line' | 'chunk-data' | 'chunk-end' | 'trailers' | 'until-close';

/**
 * Reads responses off a connection, one for each `begin` (RFC 9112). As strict as RFC 9112 11 asks of who hands messages on:
 * what could be understood in two ways is no response. A body that is framed twice, a length that is none or there twice, a
 * coding besides `chunked`, a folded line, a bare CR or LF.
 */
export class ResponseParser {
  #state: State = 'idle';
  #isHeadOnly = false;
  /** Of the body, or of the chunk: bytes that are still to come. */
  #left = 0;
  /** What came and could not be read yet. */
  #rest: Buffer | undefined;
  #isPaused = false;
  #keepsAlive = false;
  #keepAliveHint: string | undefined;

  constructor(private readonly events: ResponseEvents) {}

  /** Whether the connection may be used again after the response. */
  get keepsAlive(): boolean {
    return this.#keepsAlive;
  }

  /** The `Keep-Alive` header of the last response, if it had one. */
  get keepAliveHint(): string | undefined {
    return this.#keepAliveHint;
  }

  /** Whether the next byte belongs to a response's body. */
  get isInBody(): boolean {
    return this.#state !== 'idle' && this.#state !== 'head';
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** A request was sent: its response comes next. @param method - `HEAD` has none with a body */
  begin(method: string): void {
    this.#isHeadOnly = method === 'HEAD';
    this.#state = 'head';
  }

  /** Takes what came. Throws a `WireError` for what is no response; the connection is of no use then. */
  execute(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    this.#run(bytes);
  }

  /** Goes on after `onData` answered `false`. Throws as `execute` does. */
  resume(): void {
    this.#isPaused = false;
    const bytes = this.#rest;
    this.#rest = undefined;
    if (bytes !== undefined) this.#run(bytes);
  }

  /** The connection has ended. Throws a `WireError` if that came too early. */
  finish(): void {
    if (this.#state === 'until-close') this.#end([]);
    else if (this.#state !== 'idle') throw closedEarly();
  }

  #run(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#isPaused ? undefined : this.#step(bytes, at);
      if (next === undefined) {
        this.#rest = at === 0 ? bytes : bytes.subarray(at);
        return;
      }
      at = next;
    }
  }

  /** Where the next step begins; `undefined` if what there is does not suffice for one. */
  #step(bytes: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'fixed':
        return this.#readFixed(bytes, at);
      case 'chunk-line':
        return this.#readChunkLine(bytes, at);
      case 'chunk-data':
        return this.#readChunkData(bytes, at);
      case 'chunk-end':
        return this.#readChunkEnd(bytes, at);
      case 'trailers':
        return this.#readTrailers(bytes, at);
      case 'until-close':
        this.#data(bytes.subarray(at));
        return bytes.length;
      default:
        throw bad('something came that nobody asked for');
    }
  }

  #readHead(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0) {
      const start = bytes.toString('latin1', at, at + RESPONSE_START.length);
      if (!RESPONSE_START.startsWith(start)) throw bad('it does not begin as a response does');
      return waitingFor(bytes, at, 'head');
    }
    if (end - at > LONGEST_SECTION) throw tooLong('head');
    const text = bytes.toString('latin1', at, end + 2);
    if (!RESPONSE_HEAD.test(text)) throw bad('its head is malformed');
    const status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
    const headers = fieldsIn(text, text.indexOf('\r\n') + 2);
    const bodyAt = end + HEAD_END.length;
    if (status === 101) {
      this.#state = 'idle';
      this.events.onUpgrade(headers, bytes.subarray(bodyAt));
      return bytes.length;
    }
    if (status < 200) return bodyAt;
    this.#frame(status, headers, text.charCodeAt(RESPONSE_START.length) !== ONE);
    this.events.onHead(status, headers);
    if (this.#state === 'fixed' && this.#left === 0) this.#end([]);
    return bodyAt;
  }

  /** Where the body ends (RFC 9112 6.3). */
  #frame(status: number, headers: readonly string[], isOld: boolean): void {
    let [length, coding, connection]: (string | undefined)[] = [];
    this.#keepAliveHint = undefined;
    for (let index = 0; index + 1 < headers.length; index += 2) {
      const name = headers[index] ?? '';
      // Most names have another length than these: no need to spell them in lower case.
      if (!FRAMING_LENGTHS.has(name.length)) continue;
      const value = headers[index + 1] ?? '';
      switch (name.toLowerCase()) {
        case 'content-length':
          if (length !== undefined || !/^\d{1,15}$/.test(value)) throw bad('its length is ambiguous');
          length = value;
          break;
        case 'transfer-encoding':
          if (coding !== undefined || isOld || value.toLowerCase() !== 'chunked')
            throw bad('its transfer coding is not understood');
          coding = value;
          break;
        case 'connection':
          connection = connection === undefined ? value : `${connection}, ${value}`;
          break;
        case 'keep-alive':
          this.#keepAliveHint = value;
          break;
      }
    }
    if (length !== undefined && coding !== undefined) throw bad('its body is framed twice');
    this.#keepsAlive = keepsAlive(connection, isOld);
    this.#left = 0;
    if (this.#isHeadOnly || status === 204 || status === 304) this.#state = 'fixed';
    else if (coding !== undefined) this.#state = 'chunk-line';
    else if (length !== undefined) {
      this.#state = 'fixed';
      this.#left = Number(length);
    } else {
      this.#state = 'until-close';
      this.#keepsAlive = false;
    }
  }

  #readFixed(bytes: Buffer, at: number): number {
    const end = this.#take(bytes, at);
    if (this.#left === 0) this.#end([]);
    return end;
  }

  #readChunkLine(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0) return waitingFor(bytes, at, 'chunk line');
    const size = CHUNK_LINE.exec(bytes.toString('latin1', at, end))?.[1];
    if (size === undefined) throw bad('the size of a chunk is malformed');
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data';
    return end + LINE_END.length;
  }

  #readChunkData(bytes: Buffer, at: number): number {
    const end = this.#take(bytes, at);
    if (this.#left === 0) this.#state = 'chunk-end';
    return end;
  }

  #readChunkEnd(bytes: Buffer, at: number): number | undefined {
    if (bytes.length - at < LINE_END.length) return undefined;
    if (bytes.indexOf(LINE_END, at) !== at) throw bad('a chunk is longer than its size');
    this.#state = 'chunk-line';
    return at + LINE_END.length;
  }

  #readTrailers(bytes: Buffer, at: number): number | undefined {
    // Nearly always there are none.
    if (bytes.length - at >= LINE_END.length && bytes.indexOf(LINE_END, at) === at) {
      this.#end([]);
      return at + LINE_END.length;
    }
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0) return waitingFor(bytes, at, 'trailers');
    const text = bytes.toString('latin1', at, end + LINE_END.length);
    if (!TRAILERS.test(text)) throw bad('its trailers are malformed');
    this.#end(fieldsIn(text, 0));
    return end + HEAD_END.length;
  }

  /** Hands on what there is of the bytes that are still to come. */
  #take(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    this.#data(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    return end;
  }

  #data(chunk: Buffer): void {
    if (!this.events.onData(chunk)) this.#isPaused = true;
  }

  #end(trailers: string[]): void {
    this.#state = 'idle';
    this.#isPaused = false;
    this.events.onEnd(trailers);
  }
}

const ONE = '1'.charCodeAt(0);
const FRAMING_LENGTHS: ReadonlySet<number> = new Set(
  ['content-length', 'transfer-encoding', 'connection', 'keep-alive'].map(({ length }) => length),
);

/** RFC 9112 9.3. */
function keepsAlive(connection: string | undefined, isOld: boolean): boolean {
  if (connection === undefined) return !isOld;
  if (connection === 'keep-alive') return true;
  const options = connection
    .toLowerCase()
    .split(',')
    .map((option) => option.trim());
  if (options.includes('close')) return false;
  return !isOld || options.includes('keep-alive');
}

function waitingFor(bytes: Buffer, at: number, what: string): undefined {
  if (bytes.length - at > LONGEST_SECTION) throw tooLong(what);
  return undefined;
}

function tooLong(what: string): WireError {
  return bad(`its ${what} is longer than ${LONGEST_SECTION} bytes`);
}

function bad(why: string): WireError {
  return new WireError('BAD_RESPONSE', `no HTTP/1.1 response: ${why}`);
}
