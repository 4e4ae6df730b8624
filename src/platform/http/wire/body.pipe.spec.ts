import { describe, expect, it } from 'vitest';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { isMarkedConfirmed } from '../../store/confirmed.js';
import { BodyPipe } from './body.pipe.js';
import { Field, WireModel } from './field.js';
import { PIECE } from './open-container.js';

@WireModel('test.Named')
class Named {
  @Field('string')
  name?: string;
  @Field('string', { array: true })
  tags?: string[];
}

const decoded = (body: object): unknown =>
  new BodyPipe().transform(Buffer.from(JSON.stringify(body)), { type: 'body', metatype: Named });

const LONG = 'x'.repeat(PIECE);

describe('the pipe of bodies', () => {
  it('decodes short bodies at once', () => {
    expect(decoded({ name: 'a' })).toEqual({ name: 'a' });
    expect(() => decoded({ name: 5 })).toThrow('field "name" must be a string, got 5');
  });

  it('lets other work run while it decodes a long body', async () => {
    let rounds = 0;
    const count = (): void => void (rounds++, (next = setImmediate(count)));
    let next = setImmediate(count);
    const result = decoded({ name: LONG });
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toEqual({ name: LONG });
    clearImmediate(next);
    expect(rounds).toBeGreaterThan(0);
  });

  it.each([
    [{ name: 5 }, 'name'],
    [{ tags: [LONG, 'a', 5] }, 'tags[2]'],
  ])('refuses an invalid body of any length, %#', async (body, field) => {
    const error: unknown = await Promise.resolve()
      .then(() => decoded({ ...body, unknown: LONG }))
      .catch((reason: unknown) => reason);
    expect(isDomainError(error, 'malformed') && error.message).toBe(`field "${field}" must be a string, got 5`);
    expect(isMarkedConfirmed(error)).toBe(true);
  });
});
