const CLOSE = 0x88;
const MASKED = 0x80;
const FIRST_CONTROL_OPCODE = 0x8;
const LONGEST_HEAD = 14;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 5.2) without reading them: where one ends, a control
 * frame of ours may be put.
 */
export class FrameBoundary {
  /** Of a frame's head, until it is complete. */
  #head = Buffer.alloc(0);
  /** Of a frame's payload. */
  #left = 0;

  /** Whether all that was passed on are whole frames. */
  get isBetweenFrames(): boolean {
    return this.#left === 0 && this.#head.length === 0;
  }

  /** Takes what is passed on. Answers whether a frame with data began in it: pings and pongs say nothing of a person. */
  pass(chunk: Buffer): boolean {
    let hasData = false;
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      const before = this.#head.length;
      this.#head = Buffer.concat([this.#head, chunk.subarray(at, at + LONGEST_HEAD - before)]);
      const length = headLength(this.#head);
      if (this.#head.length < length) return hasData;
      if (((this.#head[0] ?? 0) & 0x0f) < FIRST_CONTROL_OPCODE) hasData = true;
      at += length - before;
      this.#left = payloadLength(this.#head);
      this.#head = Buffer.alloc(0);
    }
    return hasData;
  }
}

/** How long the head of a frame is, as far as its first bytes say. */
function headLength(head: Buffer): number {
  const second = head[1];
  if (second === undefined) return 2;
  const extended = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
  return 2 + extended + (second & MASKED ? 4 : 0);
}

function payloadLength(head: Buffer): number {
  const short = (head[1] ?? 0) & 0x7f;
  if (short === 126) return head.readUInt16BE(2);
  return short === 127 ? Number(head.readBigUInt64BE(2)) : short;
}

/** A close frame of a server. @param reason - ASCII, 123 characters at most */
export function closeFrame(code: number, reason: string): Buffer {
  const payload = Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason, 'latin1')]);
  return Buffer.concat([Buffer.of(CLOSE, payload.length), payload]);
}
