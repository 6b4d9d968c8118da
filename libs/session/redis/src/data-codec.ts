import type { Sealing, VersionedData } from '@holdfast/session-core';
import { bindingOf, type Place } from './place.js';
import { splitLine, UnreadableValueError } from './record-codec.js';

/** Values of namespaces as the scripts keep them: the version in the clear, a line break, the sealed JSON. */
export class DataCodec {
  constructor(private readonly sealing: Sealing) {}

  encode(place: Place, namespace: string, version: number, json: string): string {
    const sealed = this.sealing.seal(bindingOf('d', place, namespace, String(version)), Buffer.from(json));
    return `${version}\n${sealed.toString('latin1')}`;
  }

  /** Nothing, or version 0: never written. @throws UnreadableValueError */
  decode(place: Place, namespace: string, held: string): VersionedData {
    const [version, sealed] = splitLine(held);
    if (sealed === '') return { version: Number(version), value: undefined };
    const boundTo = bindingOf('d', place, namespace, version);
    const json = this.#open(boundTo, sealed, `of ${namespace}`).toString();
    return { version: Number(version), value: JSON.parse(json) as unknown };
  }

  /** Namespaces, each followed by what it holds. */
  decodeAll(place: Place, parts: readonly string[]): Readonly<Record<string, VersionedData>> {
    const names = parts.filter((_part, n) => n % 2 === 0);
    return Object.fromEntries(
      names.map((name, n) => [name, this.decode(place, name, parts[2 * n + 1] ?? '')]),
    );
  }

  /** The id of a session that claims what another left behind. */
  encodeClaimant(place: Place, claimantId: string): string {
    return this.sealing.seal(bindingOf('c', place), Buffer.from(claimantId)).toString('latin1');
  }

  decodeClaimant(place: Place, sealed: string): string {
    return this.#open(bindingOf('c', place), sealed, 'of a claim').toString();
  }

  #open(boundTo: string, sealed: string, what: string): Buffer {
    const opened = this.sealing.open(boundTo, Buffer.from(sealed, 'latin1'));
    if (opened.state === 'open') return opened.clear;
    const why =
      opened.state === 'broken' ? 'was changed, or moved' : `has a key that is not here: ${opened.keyId}`;
    throw new UnreadableValueError(`the data ${what} ${why}`);
  }
}
