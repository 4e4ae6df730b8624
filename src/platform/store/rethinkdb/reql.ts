import { r as library, type Connection, type RConnectionOptions } from 'rethinkdb-ts';
import type { Query } from './query.js';
import type { Row } from './rows.js';

/**
 * The part of the query language ReQL that this store uses. The library's own types cannot name the fields of rows, do
 * not know functions as values, and keep the type checker busy for minutes; these say no more than the queries need.
 * All other files build their queries with `r` of this one.
 */

/** A value that the database computes. */
export interface Term<T = unknown> extends Query<T> {
  /** A field of an object, or the element of a list. The caller names its type. */
  <F = unknown>(name: string | number | Term<string>): Term<F>;
  default(otherwise: T): Term<T>;
  coerceTo(type: 'array'): Term<T>;

  eq(other: unknown): Term<boolean>;
  ne(other: unknown): Term<boolean>;
  ge(other: T | Term<T>): Term<boolean>;
  gt(other: T | Term<T>): Term<boolean>;
  lt(other: T | Term<T>): Term<boolean>;
  and(other: Term<boolean>): Term<boolean>;
  or(other: Term<boolean>): Term<boolean>;
  not(): Term<boolean>;

  add(other: number): Term<number>;
  sub(other: number | Term<number>): Term<number>;
  mul(other: number): Term<number>;
  floor(): Term<number>;

  /** The position of the first match of a regular expression in a text, or null. */
  match(expression: string): Term;

  merge(other: object): Term;
  hasFields(...names: string[]): Term<boolean>;
  without(names: Arguments | string): Term;
  keys(): Term<string[]>;

  /** For lists and rows. */
  count(): Term<number>;
  sum(): Term<number>;
  isEmpty(): Term<boolean>;
  contains(element: unknown): Term<boolean>;
  nth(index: number): Term<ElementOf<T>>;
  prepend(element: unknown): Term<T>;
  skip(elements: number): Term<T>;
  limit(elements: number): Term<T>;
  map<U = unknown>(convert: (element: Term<ElementOf<T>>) => unknown): Term<U[]>;
  filter(condition: object | ((element: Term<ElementOf<T>>) => Term<boolean>)): Term<T>;
  getField<F = unknown>(name: string): Term<F[]>;
  orderBy(order: { readonly index: string | Ordering }): Term<T>;

  /** For rows: the next state of each, null to delete it. Each row is an atomic step of its own. */
  replace(step: (row: Term<ElementOf<T>>) => unknown, options?: WriteOptions): Term<WriteResult>;
  delete(options?: WriteOptions): Term<WriteResult>;
}

type ElementOf<T> = T extends readonly (infer E)[] ? E : T;

/** A list that stands for the parameters of a function of the query language. */
export interface Arguments {
  readonly isArguments: true;
}

/** A direction, or the end of an order. */
export interface Ordering {
  readonly isOrdering: true;
}

export interface WriteOptions {
  readonly durability: 'hard' | 'soft';
  readonly returnChanges?: 'always';
}

export interface InsertOptions extends WriteOptions {
  readonly conflict: 'error' | 'replace' | 'update' | ((id: Term<string>, before: Term, after: Term) => unknown);
}

export interface WriteResult {
  readonly errors: number;
  readonly first_error?: string;
  readonly inserted: number;
  readonly replaced: number;
  readonly deleted: number;
  /** With `returnChanges`. */
  readonly changes?: readonly { readonly new_val: unknown }[];
}

/** An entry of a change feed: a state of the feed, a change of a row, or an error. */
export interface RowChange {
  readonly error?: string;
  readonly state?: 'initializing' | 'ready';
  readonly old_val?: Row | null;
  readonly new_val?: Row | null;
}

export interface FeedOptions {
  readonly includeInitial: boolean;
  readonly includeStates: boolean;
  /** Whether several changes of one row may become one. */
  readonly squash: boolean;
  /** How many changes the server buffers for a slow reader; beyond that it skips changes and reports an error. */
  readonly changefeedQueueSize: number;
}

export interface Cursor<T> {
  /** Throws at the end. */
  next(): Promise<T>;
  close(): Promise<void>;
  eachAsync(sink: (row: T) => void): Promise<void>;
}

export interface ReqlTable extends Term<Row[]> {
  get(key: string | Term<string>): Term<Row | null>;
  getAll(...keys: readonly (string | Arguments)[]): Term<Row[]>;
  between(
    from: string | Ordering,
    to: string | Ordering,
    bounds: { readonly leftBound: 'open' | 'closed'; readonly rightBound: 'open' },
  ): Term<Row[]>;
  insert(rows: unknown, options: Partial<InsertOptions>): Term<WriteResult>;
  changes(options: FeedOptions): ReqlFeed;
  getCursor(connection: Connection, options: { readonly timeFormat: 'raw' }): Promise<Cursor<Record<string, unknown>>>;
  info(): Term;
}

export interface ReqlFeed extends Query<Cursor<RowChange>> {
  /** The feed with its entries converted by the database. */
  map(convert: (entry: Term) => unknown): Query<Cursor<RowChange>>;
}

export interface ReqlDatabase {
  table(name: string): ReqlTable;
  tableList(): Term<string[]>;
  tableCreate(name: string): Term<TableCreated>;
  wait(): Term;
  grant(user: string, permissions: { readonly read: boolean; readonly write?: boolean }): Term;
}

export interface TableCreated {
  readonly config_changes: readonly { readonly new_val?: { readonly id: string } }[];
}

export interface Reql {
  connect(options: RConnectionOptions): Promise<Connection>;
  db(name: string): ReqlDatabase;
  dbList(): Term<string[]>;
  dbCreate(name: string): Term;

  /** A value, list, object or function that may contain terms. The caller names the type of its result. */
  expr<T = unknown>(value: unknown): Term<T>;
  json<T = unknown>(text: string | Term<string>): Term<T>;
  now(): { toEpochTime(): Term<number> };
  args(list: Term<string[]>): Arguments;
  /** Pairs of a condition and a result, and the result if no condition holds. */
  branch(...parameters: unknown[]): Term;
  /** The values, then the function that gets them. The caller names the type of its result. */
  do<T = unknown>(...parameters: unknown[]): Term<T>;
  max(list: readonly (Term<number> | number)[]): Term<number>;
  desc(field: string): Ordering;
  readonly minval: Ordering;
  readonly maxval: Ordering;
}

const untyped: unknown = library; // in two steps: to compare its types with ours takes ESLint a minute
export const r = untyped as Reql;
