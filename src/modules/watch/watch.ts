import type { Optional } from '../../shared/entity.js';
import { createHash } from 'node:crypto';
import { DomainError, malformed } from '../../shared/errors/domain-error.js';
import { quoteText } from '../../shared/text.js';

/** What a watch covers. Two watches with the same key get the same events. */
export interface Selection {
  readonly kinds: ReadonlySet<string>;
  /** Only objects of this project, for kinds whose objects belong to projects. */
  readonly project: string | undefined;
  /** Only objects of this partition, for kinds whose objects are in partitions. */
  readonly partition: string | undefined;
  /** Whether objects are shown with their secrets. */
  readonly secrets: boolean;
  readonly key: string;
}

/** Where an object belongs: `''` is nowhere at present; undefined means that objects of its kind never do. */
export interface Scope {
  readonly project?: string | undefined;
  readonly partition?: string | undefined;
}

/** An object as lists show it to callers who see every secret. */
export interface Sight {
  readonly object: object;
  readonly scope: Scope;
}

/**
 * How far a reader has come in the sequence of changes. Everything up to `at` was delivered. What left the selection up
 * to `since` needs no `removed`, as the reader was complete then or began later.
 */
export interface Position {
  readonly since: number;
  readonly at: number;
}

/** Longest value of a filter, in characters. */
const MAX_VALUE = 256;

/** Throws `malformed` for kinds that do not exist, and without any. */
export function selectionOf(
  { kinds = '', project, partition }: Optional<{ kinds: string; project: string; partition: string }>,
  known: readonly string[],
  secrets: boolean,
): Selection {
  const names = new Set(kinds.split(',').map((name) => name.trim()));
  for (const name of names) if (!known.includes(name)) throw unknownKind(name, known);
  for (const [name, value = ''] of Object.entries({ project, partition })) {
    if (value.length > MAX_VALUE) throw malformed(`${name} is too long, expected at most ${MAX_VALUE} characters`);
  }
  const sorted = [...names].sort();
  const text = JSON.stringify([sorted, project ?? null, partition ?? null, secrets]);
  const key = createHash('sha256').update(text).digest('base64url').slice(0, 12);
  return { kinds: names, project, partition, secrets, key };
}

function unknownKind(name: string, known: readonly string[]): DomainError {
  const expected = `expected a comma-separated list of ${known.join(', ')}`;
  return malformed(
    name === '' ? `kinds must not be empty, ${expected}` : `kind ${quoteText(name, 40)} is unknown, ${expected}`,
  );
}

/** Whether an object of this scope is in the selection. */
export const covers = ({ project, partition }: Selection, scope: Scope): boolean =>
  (project === undefined || scope.project === undefined || scope.project === project) &&
  (partition === undefined || scope.partition === undefined || scope.partition === partition);

/** The position as readers keep it; `epoch` names the process. */
export const cursorOf = (epoch: string, { key }: Selection, { since, at }: Position): string =>
  `${epoch}.${key}.${since.toString(36)}.${at.toString(36)}`;

const CURSOR = /^([\w-]{1,32})\.([\w-]{12})\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})$/;

/** Throws `malformed` for a text that is not a cursor, `gone` for one of another process or of another selection. */
export function positionOf(text: string, epoch: string, { key }: Selection): Position {
  const [, itsEpoch, itsKey, since = '', at = ''] = CURSOR.exec(text) ?? [];
  if (itsEpoch === undefined)
    throw malformed(`cursor ${quoteText(text, 60)} is not valid, expected the id of an event`);
  if (itsEpoch !== epoch) throw listAgain('the cursor is of another process');
  if (itsKey !== key) throw listAgain('the cursor is of a watch with other kinds, filters or roles');
  return { since: parseInt(since, 36), at: parseInt(at, 36) };
}

/** 410: the reader has to start again without a cursor. */
export const listAgain = (reason: string): DomainError =>
  new DomainError('gone', `${reason}: list again, by a watch without cursor and Last-Event-ID`);
