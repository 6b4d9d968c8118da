import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { basicCredentials, isBasic } from './basic-credentials.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');
/** As RFC 6749 appendix B has it: spaces are pluses. */
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

describe('basicCredentials', () => {
  it('reads what RFC 6749 2.3.1 shows', () => {
    expect(basicCredentials('Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3')).toEqual({
      id: 's6BhdRkqt3',
      secret: '7Fjfp0ZBr1KtDRbnfVdmIw',
    });
  });

  it('decodes id and secret from the form that clients encode them in', () => {
    const well = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(well, well, fc.constantFrom('Basic', 'basic', 'BASIC'), (id, secret, scheme) => {
        fc.pre(id.length + secret.length < 60);
        const header = `${scheme} ${base64(`${formEncoded(id)}:${formEncoded(secret)}`)}`;
        expect(basicCredentials(header)).toEqual({ id, secret });
      }),
    );
  });

  it.each([
    ['no header', undefined],
    ['another scheme', 'Bearer YTpi'],
    ['no space', 'BasicYTpi'],
    ['nothing after the scheme', 'Basic '],
    ['what is no base64', 'Basic a:b'],
    ['two tokens', 'Basic YTpi YTpi'],
    ['no colon', `Basic ${base64('ab')}`],
    ['no id', `Basic ${base64(':b')}`],
    ['no secret', `Basic ${base64('a:')}`],
    ['a broken escape', `Basic ${base64('a:%zz')}`],
    ['an escape that is no UTF-8', `Basic ${base64('a:%ff')}`],
    ['too much', `Basic ${base64(`a:${'b'.repeat(1_000)}`)}`],
  ])('refuses %s', (_what, header) => {
    expect(basicCredentials(header)).toBeUndefined();
  });

  it('throws for nothing', () => {
    const part = fc.oneof(fc.string(), fc.base64String(), fc.string().map(base64));
    fc.assert(
      fc.property(fc.constantFrom('', 'Basic ', 'basic\t', 'Basic  '), part, (scheme, rest) => {
        const read = basicCredentials(scheme + rest);
        expect(read === undefined || (read.id !== '' && read.secret !== '')).toBe(true);
        expect(read === undefined || isBasic(scheme + rest)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
