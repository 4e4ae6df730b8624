import { describe, expect, it } from 'vitest';
import { keyIdOf } from '../../../shared/encryption-keys.js';
import { isEnvelope, type Envelope } from './envelope.js';
import { KeyRing } from './key-ring.js';
import { SealedTable } from './sealed-table.js';

const [OLD, NEW] = [Buffer.alloc(32, 'old key '), Buffer.alloc(32, 'new key ')] as [Buffer, Buffer];
const FIELDS = ['password', 'allocation.userData', 'allocation.vpn.authKey'];

const table = (name = 'machine', keys = [OLD], plain = false): SealedTable =>
  new SealedTable(name, FIELDS, new KeyRing(keys), plain);

const document = (password: unknown, id = 'm1') => ({ id, revision: 1, password });
type Doc = ReturnType<typeof document>;
const sealedPassword = (text: string, by = table(), id = 'm1'): Envelope =>
  by.seal(document(text, id)).password as Envelope;

describe('SealedTable', () => {
  it.each(['secret', 'x', 'ü 漢 🚀', '\ud800 half', '\0', ' ', '{"sealed":"","key":""}', 'x'.repeat(100_000)])(
    'opens what it sealed: %j',
    (text) => {
      const stored = JSON.parse(JSON.stringify(table().seal(document(text)))) as Doc;
      expect(isEnvelope(stored.password)).toBe(true);
      expect(table().open(stored)).toEqual(document(text));
    },
  );

  it('finds secrets at every depth and leaves all other objects identical', () => {
    const content = {
      id: 'm1',
      revision: 3,
      hardware: { nics: [1] },
      allocation: { userData: 'secret 1', networks: [{}], vpn: { address: 'a', authKey: 'secret 2' } },
    };
    const stored = table().seal(content);
    expect(JSON.stringify(stored)).not.toContain('secret');
    expect(Object.keys(stored)).toEqual(Object.keys(content));
    expect(stored.hardware).toBe(content.hardware);
    expect(stored.allocation.networks).toBe(content.allocation.networks);
    expect(table().open(stored)).toEqual(content);
  });

  it('returns the same object if there is no secret', () => {
    const plain = [
      { id: 'a', revision: 1 },
      { id: 'a', revision: 1, password: '', allocation: undefined },
      { id: 'a', revision: 1, password: null, allocation: null },
      { id: 'a', revision: 1, allocation: { userData: '', vpn: undefined } },
      { id: 'a', revision: 1, allocation: 'text' },
    ];
    for (const content of plain) {
      expect(table().seal(content)).toBe(content);
      expect(table().open(content)).toBe(content);
    }
  });

  it('reads texts that were stored unencrypted', () => {
    expect(table().open(document('plain'))).toEqual(document('plain'));
  });

  it('encrypts the same text differently each time, and an unchanged one only once', () => {
    expect(sealedPassword('same').sealed).not.toBe(sealedPassword('same').sealed);
    const one = table();
    const first = sealedPassword('same', one);
    expect(sealedPassword('same', one)).toBe(first);
    expect(sealedPassword('other', one).sealed).not.toBe(first.sealed);
    one.forget('m1');
    expect(sealedPassword('same', one).sealed).not.toBe(first.sealed);
  });

  it('keeps the ciphertext of documents it has read, and opens the same stored object only once', () => {
    const stored = table().seal(document('secret'));
    const one = table();
    const opened = one.open(stored);
    expect(one.open(stored)).toBe(opened);
    expect((one.seal(opened) as Doc).password).toEqual(stored.password);
  });

  it('rejects ciphertext of another document, field or table, and modified or truncated ciphertext', () => {
    const { sealed, key } = sealedPassword('secret');
    const flipped = Buffer.from(sealed, 'base64');
    flipped[14]! ^= 1;
    const attempts: [SealedTable, object][] = [
      [table(), document({ sealed, key }, 'm2')],
      [table('bmc'), document({ sealed, key })],
      [table(), { id: 'm1', revision: 1, allocation: { userData: { sealed, key } } }],
      [table(), document({ sealed: flipped.toString('base64'), key })],
      [table(), document({ sealed: sealed.slice(0, -8), key })],
      [table(), document({ sealed: '', key })],
      [table(), document({ sealed: 'no base64 !', key })],
    ];
    for (const [by, stored] of attempts) {
      expect(() => by.open(stored as Doc)).toThrow(
        /^(password|allocation\.userData) of (machine|bmc) "m[12]" cannot be/,
      );
    }
  });

  it('names the missing key, but never the secret', () => {
    const stored = table().seal(document('secret'));
    const open = () => table('machine', [NEW]).open(stored);
    expect(open).toThrow(`it is encrypted with key ${keyIdOf(OLD)}, which this server does not have`);
    expect(open).not.toThrow('secret');
  });

  it('reads with every key and always writes with the first', () => {
    const stored = table().seal(document('secret'));
    const both = table('machine', [NEW, OLD]);
    const opened = both.open(stored) as Doc;
    expect(opened.password).toBe('secret');
    expect((both.seal(opened).password as Envelope).key).toBe(keyIdOf(NEW));
  });

  it('reseals only secrets that are not encrypted with the current key', () => {
    const both = table('machine', [NEW, OLD]);
    for (const stored of [table().seal(document('secret')), document('secret')]) {
      const resealed = both.reseal(stored);
      expect((resealed.password as Envelope).key).toBe(keyIdOf(NEW));
      expect(table('machine', [NEW]).open(resealed)).toEqual(document('secret'));
      expect(both.reseal(resealed)).toBe(resealed);
    }
    const empty = document('');
    expect(both.reseal(empty)).toBe(empty);
  });

  it('discards undecryptable secrets only on request, and reports them', () => {
    const lost = { ...table().seal(document('secret')), allocation: { userData: 'kept' } };
    const broken = document({
      ...(table('machine', [NEW]).seal(document('secret')).password as Envelope),
      sealed: 'AA',
    });
    const heard: string[] = [];
    const current = table('machine', [NEW]);
    expect(() => current.reseal(lost)).toThrow('cannot be decrypted');
    expect(current.open(current.reseal(lost, (error) => heard.push(error.message)))).toEqual({
      ...document(''),
      allocation: { userData: 'kept' },
    });
    expect(current.reseal(broken, (error) => heard.push(error.message))).toEqual(document(''));
    expect(heard).toEqual([expect.stringContaining('does not have'), expect.stringContaining('it was changed')]);
  });

  it('stores plain texts on request, and still reads encrypted ones', () => {
    const stored = table().seal(document('secret'));
    const plain = table('machine', [OLD], true);
    expect(plain.seal(plain.open(stored))).toEqual(document('secret'));
    expect(plain.reseal(stored)).toEqual(document('secret'));
  });
});
