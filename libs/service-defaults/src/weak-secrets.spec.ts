import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { weaknessOf } from './weak-secrets.js';

describe('weaknessOf', () => {
  it('takes what random bytes look like, in base64url and in hex', () => {
    const refused: string[] = [];
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = randomBytes(32);
      const secrets = [bytes.toString('base64url'), bytes.toString('hex')];
      refused.push(...secrets.filter((secret) => weaknessOf(secret) !== undefined));
    }
    expect(refused).toEqual([]);
  });

  it.each([
    ['one character', 'A'.repeat(43)],
    ['two characters', 'ab'.repeat(22)],
    ['nine characters', '123456789'.repeat(5)],
    ['zero bytes', Buffer.alloc(32).toString('base64url')],
    ['a repeated word', 'MyS3cr3t-Xy'.repeat(4)],
    ['a repeated word, cut off', 'MyS3cr3t-Xyz'.repeat(4).slice(0, 43)],
    ['two halves', randomBytes(24).toString('base64url').repeat(2)],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'],
    ['the alphabet backwards', 'zyxwvutsrqponmlkjihgfedcba9876543210ZYXWVUT'],
    ['pairs', 'aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuv'],
    ['counted hex', '00112233445566778899aabbccddeeff00112233445566778899'],
    ['a placeholder', 'please-CHANGE-ME-before-you-go-to-Production-7'],
    ['a password', 'CorrectHorseBatteryStaple-Password-2026-xyzw'],
    ['our own name', 'Holdfast-S1gning-K3y-for-Dev-and-Test-qwertz'],
    [
      'the key of RFC 7515',
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    ],
    ['counted bytes', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url')],
  ])('refuses %s', (_what, secret) => {
    expect(weaknessOf(secret)).toEqual(expect.any(String));
  });

  it('says what is wrong and never the value', () => {
    const secret = 'MyS3cr3t-Xy'.repeat(4);
    expect(weaknessOf(secret)).not.toContain('S3cr3t');
  });
});
