import { describe, expect, it } from 'vitest';
import { DomainError, invalid, malformed, notFound } from '../../../shared/errors/domain-error.js';
import { NoMachineAvailable } from '../allocation/no-machine-available.js';
import { Problems } from './refusal.js';

function refusal(...errors: readonly Error[]): DomainError {
  const problems = new Problems();
  errors.forEach((error, index) => problems.add(`machines[${index}]`, error));
  try {
    problems.refuse();
  } catch (error) {
    return error as DomainError;
  }
  throw new Error('nothing was refused');
}

describe('the refusal of a bundle', () => {
  it('names every member with its problem, in the order of the request', () => {
    expect(refusal(invalid('no machine'), invalid('no address')).message).toBe(
      'nothing was allocated: machines[0]: no machine; machines[1]: no address',
    );
  });

  it.each([
    [[invalid('a'), invalid('b')], 'invalid'],
    [[new DomainError('exhausted', 'a')], 'exhausted'],
    [[new DomainError('exhausted', 'a'), invalid('b')], 'invalid'],
    [[invalid('a'), notFound('image', 'i')], 'not-found'],
    [[notFound('image', 'i'), malformed('b')], 'malformed'],
    [[invalid('a'), new DomainError('unavailable', 'b')], 'unavailable'],
  ] as const)('is of the kind that a client must mend first', (errors, kind) => {
    expect(refusal(...errors).kind).toBe(kind);
  });

  it('names the first missing document, which is then looked up in the database', () => {
    expect(refusal(invalid('a'), notFound('image', 'i')).details).toEqual({ what: 'image', id: 'i' });
  });

  it('is for lack of machines only if nothing else is missing', () => {
    const none = new NoMachineAvailable('none is free');
    expect(refusal(none, none)).toBeInstanceOf(NoMachineAvailable);
    expect(refusal(none, invalid('no quota'))).not.toBeInstanceOf(NoMachineAvailable);
  });

  it('does not hide errors that are not refusals', () => {
    expect(() => new Problems().add('machines[0]', new TypeError('bug'))).toThrow('bug');
    expect(() => new Problems().try('machines[0]', () => JSON.parse('{') as never)).toThrow(SyntaxError);
  });
});
