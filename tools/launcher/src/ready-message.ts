/** What a process tells its starter over IPC: it serves, under this id, on this port. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly id: string;
  readonly port: number;
  /** Given where the sender speaks for another process: a gateway's parent for its workers. */
  readonly pid?: number;
}

const isNatural = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;

/** `true` for a well-formed ready message; anything else that a process may send is none of our business. */
export function isReadyMessage(message: unknown): message is ReadyMessage {
  if (typeof message !== 'object' || message === null) return false;
  const { type, id, port, pid } = message as Record<string, unknown>;
  return (
    type === 'ready' && typeof id === 'string' && isNatural(port) && (pid === undefined || isNatural(pid))
  );
}

/** What a process asks the launcher over its channel. */
export interface AskMessage {
  readonly type: 'ask';
  readonly ask: number;
  readonly question: unknown;
}

/** Whether a message is a question. */
export function isAskMessage(message: unknown): message is AskMessage {
  if (typeof message !== 'object' || message === null) return false;
  const { type, ask } = message as Partial<AskMessage>;
  return type === 'ask' && typeof ask === 'number';
}
