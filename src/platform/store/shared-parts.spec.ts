import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS } from '../../../test/support/property-seed.js';
import { SharedParts } from './shared-parts.js';

const fresh = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('shared parts', () => {
  it('leave every document equal to what it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), { maxLength: 20 }),
        (documents) => {
          const shared = new SharedParts();
          for (const document of documents) {
            const text = JSON.stringify(document);
            expect(JSON.stringify(shared.share(JSON.parse(text) as object))).toBe(text);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('are one object for equal lists and objects at any place', () => {
    const shared = new SharedParts();
    const disks = [{ name: '/dev/nvme0n1', size: 480 }];
    const one = shared.share(fresh({ id: '1', hardware: { disks, serial: 'a' } }));
    const other = shared.share(fresh({ id: '2', hardware: { disks, serial: 'b' }, spare: disks }));
    expect(other.hardware.disks).toBe(one.hardware.disks);
    expect(other.spare).toBe(one.hardware.disks);
    expect(other.hardware).not.toBe(one.hardware);
  });

  it('are no longer looked for at a place where they always differ', () => {
    const shared = new SharedParts();
    const document = (number: number) => shared.share(fresh({ own: { number }, same: { mark: 'x' } }));
    const documents = Array.from({ length: 200 }, (_, number) => document(number));
    const again = document(199);
    expect(again.same).toBe(documents[0]!.same);
    expect(again.own).toEqual(documents[199]!.own);
    expect(again.own).not.toBe(documents[199]!.own);
  });
});
