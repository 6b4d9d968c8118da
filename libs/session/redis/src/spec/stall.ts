import type { RedisServer } from '@holdfast/session-testing';
import { Worker } from 'node:worker_threads';

/** What the worker does: the write script as somebody else runs it, past this process. */
const WORKER = `
const { workerData: { port, script, keys, done } } = require('node:worker_threads');
const { connect } = require('node:net');
const encode = (parts) => '*' + parts.length + '\\r\\n' +
  parts.map((part) => '$' + Buffer.byteLength(part) + '\\r\\n' + part + '\\r\\n').join('');
const socket = connect(port, '127.0.0.1');
socket.write(encode(['EVAL', script, String(keys.length), ...keys]));
socket.once('data', () => {
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
  socket.destroy();
});
`;

/** Ends sessions as the store's script does: what they were follows the tombstone, and an entry of the journal says so. */
const END = `
local term = redis.call('HGET', 'hf:recon', 'term')
local names = {}
for _, key in ipairs(KEYS) do
  names[#names + 1] = string.match(key, ':s:(.*)$')
  redis.call('SET', key, '2 ended logout 1\\n' .. redis.call('GET', key))
end
redis.call('XADD', 'hf:journal', term .. '-*', 'ended', 'logout 1 ' .. table.concat(names, ' '))
return 1
`;

/** Has sessions (by their keys) end while this process stalls: resolves so long after they have ended, at once. */
export async function endDuringStall(
  { port }: RedisServer,
  keys: readonly string[],
  stallMs: number,
): Promise<void> {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(WORKER, { eval: true, workerData: { port, script: END, keys, done } });
  Atomics.wait(done, 0, 0, 10_000);
  Atomics.wait(done, 0, 1, stallMs);
  void worker.terminate();
}
