import { RethinkDBErrorType } from 'rethinkdb-ts';
import { RethinkDBError } from 'rethinkdb-ts/lib/error/error.js';
import { describe, expect, it } from 'vitest';
import { explainFailure, isTransient, WriteRefused } from './failures.js';

const ORIGIN = { host: 'db.example', port: 28015, user: 'metal' };
const { AUTH, PERMISSION_ERROR, OP_FAILED, CONNECTION, QUERY_LOGIC, TIMEOUT, USER, INTERNAL } = RethinkDBErrorType;
const failure = (type: RethinkDBErrorType, message: string): Error => new RethinkDBError(message, { type });

describe('a failure of the database', () => {
  it.each([
    [AUTH, 'Wrong password', 'refuses user "metal" (Wrong password)'],
    [AUTH, 'Unknown user', 'refuses user "metal" (Unknown user)'],
    [AUTH, 'Invalid encoding.', 'METAL_API_DB_PASSWORD'],
    [PERMISSION_ERROR, 'User `metal` does not have the required `read` permission in:', 'run "metal-api migrate"'],
    [
      PERMISSION_ERROR,
      'User `metal` does not have the required\n `config` permission',
      'required `config` permission)',
    ],
    [OP_FAILED, 'Database `metalapi` does not exist.', 'is empty or was never set up'],
    [OP_FAILED, 'Table `metalapi.machine` does not exist.', 'start it on its own data folder'],
  ])('that an operator can fix is explained: %s %s', (type, message, text) => {
    const explained = explainFailure(failure(type, message), ORIGIN) as Error;
    expect(explained).toMatchObject({ kind: 'unavailable' });
    expect(explained.message).toContain('the database at db.example:28015');
    expect(explained.message).toContain(text);
    expect(explained.message).not.toContain('\n');
    expect(isTransient(failure(type, message))).toBe(false);
  });

  it.each([
    failure(CONNECTION, 'connection closed'),
    failure(TIMEOUT, 'timed out'),
    failure(OP_FAILED, 'primary replica for shard [-inf, +inf) not available'),
    failure(USER, 'The server is shutting down, try again'),
    failure(
      INTERNAL,
      "Unexpected exception: The attempt to read or modify the table's configuration failed because none of the servers " +
        'were accessible.  If it was an attempt to modify, the modification did not take place.',
    ),
    failure(OP_FAILED, 'The server(s) hosting table `metalapi.machine` are currently unreachable.'),
    new WriteRefused("The primary replica isn't connected to a quorum of replicas. The write was not performed."),
    new WriteRefused(
      'The primary replica is currently changing from one replica to another. The write was not performed. ' +
        'This error should go away in a couple of seconds.',
    ),
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    new Error('wrapped', { cause: Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }) }),
  ])('that passes is not: %s', (error) => {
    expect(explainFailure(error, ORIGIN)).toBe(error);
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    failure(QUERY_LOGIC, 'Expected type NUMBER'),
    failure(INTERNAL, 'Unexpected exception: a bug'),
    new Error('a bug'),
    'a text',
    undefined,
    null,
  ])('that is a bug is neither explained nor repeated: %s', (error) => {
    expect(explainFailure(error, ORIGIN)).toBe(error);
    expect(isTransient(error)).toBe(false);
  });
});
