import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { FlattenedSign } from 'jose';
import { SessionDataTooLargeError } from './errors.js';
import { sealingRing } from './key-ring.js';
import { sealText } from './sealed-text.js';
import { DataOpener, DataSealer, MAX_SEALED_DATA } from './session-data.js';

const secret = () => randomBytes(32).toString('base64url');
const [sealing, signing] = [secret(), secret()];
const sealer = new DataSealer({ secret: sealing }, { secret: signing });
/** A service: it has the key that opens, and only the public half of the one that signs. */
const opener = new DataOpener({ secret: sealing }, { getKey: async (keyId) => sealer.publicKeys.get(keyId) });
const [OWN, OTHER] = ['session-1', 'session-2'];
const cart = { namespace: 'order', json: '{"at":1,"1":{"items":[]}}' };

async function written(sessionId = OWN): Promise<string> {
  return (await sealer.write({ sessionId, sealed: undefined, ...cart }, 'order')) ?? '';
}

/** What a service could make by itself. */
function sealedByService(sessionId: string, data: object): Promise<string> {
  return sealText(sealingRing({ secret: sealing }, 'session-data'), sessionId, JSON.stringify(data));
}

const header = (members: object) => Buffer.from(JSON.stringify(members)).toString('base64url');

describe('session data that a client carries', () => {
  it('is opened by any service, namespace by namespace, with its count of writes', async () => {
    const once = await written();
    const preferences = { namespace: 'user', json: '{"at":1,"1":{"locale":"de-CH"}}' };
    const twice = await sealer.write({ sessionId: OWN, sealed: once, ...preferences }, 'user');
    const thrice = await sealer.write({ sessionId: OWN, sealed: twice, ...cart }, 'order');
    expect(await opener.open(OWN, thrice ?? '')).toEqual({
      order: { version: 2, value: { at: 1, 1: { items: [] } } },
      user: { version: 1, value: { at: 1, 1: { locale: 'de-CH' } } },
    });
  });

  it('shows nothing, and is of a type that is no access token’s', async () => {
    const sealed = await written();
    const [text = '', signature = ''] = sealed.split('~');
    for (const part of text.split('.'))
      expect(Buffer.from(part, 'base64url').toString()).not.toContain('items');
    const [protectedHeader = ''] = signature.split('.');
    expect(JSON.parse(Buffer.from(protectedHeader, 'base64url').toString())).toEqual({
      alg: 'ES256',
      typ: 'session-data',
      kid: expect.stringMatching(/^data-/),
    });
  });

  it('is none of another session’s', async () => {
    expect(await opener.open(OTHER, await written(OWN))).toBeUndefined();
  });

  it('is refused with any character changed or taken away', async () => {
    const sealed = await written();
    for (let at = 0; at < sealed.length; at += 1) {
      const [before, after] = [sealed.slice(0, at), sealed.slice(at + 1)];
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(await opener.open(OWN, before + other + after)).toBeUndefined();
      expect(await opener.open(OWN, before + after)).toBeUndefined();
    }
  });

  it('is refused with the text of one and the signature of another', async () => {
    const [one = '', signature = ''] = (await written()).split('~');
    const [another = ''] = (await written()).split('~');
    expect(await opener.open(OWN, `${another}~${signature}`)).toBeUndefined();
    expect(await opener.open(OWN, `${one}~${signature}`)).toBeDefined();
  });

  it('is made by nobody who only has the key that opens', async () => {
    const mine = await sealedByService(OWN, { order: { v: 9, o: 'order', d: {} } });
    const [stolen = '', signature = ''] = (await written()).split('~');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = [...sealer.publicKeys.keys()][0] ?? '';
    const jws = await new FlattenedSign(Buffer.from(`${OWN}.${mine}`))
      .setProtectedHeader({ alg: 'ES256', typ: 'session-data', kid })
      .sign(privateKey);
    const none = `${header({ alg: 'none', typ: 'session-data', kid })}..${'A'.repeat(86)}`;
    const hmac = `${header({ alg: 'HS256', typ: 'session-data', kid })}..${'A'.repeat(86)}`;
    for (const sign of ['', signature, `${jws.protected}..${jws.signature}`, none, hmac]) {
      expect(await opener.open(OWN, `${mine}~${sign}`)).toBeUndefined();
    }
    // Opened, and sealed for somebody else with the signature that it had.
    const moved = await sealedByService(OTHER, { order: { v: 1, o: 'order', d: {} } });
    for (const text of [moved, stolen])
      expect(await opener.open(OTHER, `${text}~${signature}`)).toBeUndefined();
  });

  it('has a namespace changed by its owner alone', async () => {
    const change = { sessionId: OWN, sealed: await written(), ...cart };
    expect(await sealer.write(change, 'user')).toBeUndefined();
    expect(await sealer.write(change, 'order')).toBeDefined();
  });

  it('begins anew on what is no data of this session', async () => {
    for (const sealed of ['nonsense', await written(OTHER)]) {
      const begun = (await sealer.write({ sessionId: OWN, sealed, ...cart }, 'order')) ?? '';
      expect(await opener.open(OWN, begun)).toMatchObject({ order: { version: 1 } });
    }
  });

  it('is never more than a cookie takes: what would be is refused, and nothing written', async () => {
    const json = (length: number) =>
      JSON.stringify(randomBytes(length).toString('base64url').slice(0, length));
    const fits = await sealer.write(
      { sessionId: OWN, sealed: undefined, namespace: 'order', json: json(2_600) },
      'order',
    );
    expect(fits?.length).toBeLessThanOrEqual(MAX_SEALED_DATA);
    const more = { sessionId: OWN, sealed: fits, namespace: 'order', json: json(3_000) };
    await expect(sealer.write(more, 'order')).rejects.toThrow(SessionDataTooLargeError);
    expect(await opener.open(OWN, fits ?? '')).toMatchObject({ order: { version: 1 } });
    expect(await opener.open(OWN, `${fits}${'A'.repeat(MAX_SEALED_DATA)}`)).toBeUndefined();
  });

  it('goes over to the session that follows, and from nobody else’s', async () => {
    const handed = (await sealer.handOver(await written(OWN), OWN, OTHER)) ?? '';
    expect(await opener.open(OTHER, handed)).toMatchObject({ order: { version: 1 } });
    expect(await opener.open(OWN, handed)).toBeUndefined();
    expect(await sealer.handOver(await written(OTHER), OWN, OTHER)).toBeUndefined();
  });

  it('G12: of former secrets is opened as long as they stand among the previous ones', async () => {
    const old = await written();
    const secrets = [
      { secret: secret(), previous: [sealing] },
      { secret: secret(), previous: [signing] },
    ] as const;
    const rotated = new DataSealer(...secrets);
    expect(await rotated.opener.open(OWN, old)).toMatchObject({ order: { version: 1 } });
    const renewed = (await rotated.write({ sessionId: OWN, sealed: old, ...cart }, 'order')) ?? '';
    expect(await rotated.opener.open(OWN, renewed)).toMatchObject({ order: { version: 2 } });
    expect(await opener.open(OWN, renewed)).toBeUndefined();
  });

  it('has the same keys wherever the secret is the same', () => {
    const again = new DataSealer({ secret: sealing }, { secret: signing });
    expect([...again.publicKeys.keys()]).toEqual([...sealer.publicKeys.keys()]);
    const [one, other] = [[...again.publicKeys.values()][0], [...sealer.publicKeys.values()][0]];
    expect(one?.export({ format: 'jwk' })).toEqual(other?.export({ format: 'jwk' }));
  });

  it('is not told of while the key that verifies it cannot be had', async () => {
    const away = new DataOpener({ secret: sealing }, { getKey: () => Promise.reject(new Error('no keys')) });
    await expect(away.open(OWN, await written())).rejects.toThrow('no keys');
    expect(await away.open(OWN, 'nonsense')).toBeUndefined();
  });
});
