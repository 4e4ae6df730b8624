import type { Connection } from 'rethinkdb-ts';
import type { Query } from './query.js';
import { r } from './reql.js';

/** Numbers of terms in the protocol: the call of a function, and a list. */
const [FUNCALL, MAKE_ARRAY] = [64, 2];

type Literal = string | number | boolean | null | readonly string[];

/** The part of a connection that runs a term; the types of the library do not show it, nor the term of a query. */
interface TermRunner {
  query(term: unknown, options: object): Promise<{ resolve(): Promise<readonly unknown[]> }>;
}

/** A server-side function that is built once and called many times. */
export interface ServerFunction {
  readonly term: unknown;
}

export const serverFunction = (body: (...parameters: never[]) => unknown): ServerFunction => ({
  term: termOf(r.expr(body)),
});

/** What the library sends for a query: lists of the protocol's numbers, values, and options. */
export const termOf = (query: object): unknown => (query as { readonly term: unknown }).term;

/** The query that this term means; it must not return a sequence. */
export const queryOf = <T>(term: unknown): Query<T> => ({
  run: async (connection: Connection) => {
    const cursor = await (connection as unknown as TermRunner).query(term, {});
    const [result] = await cursor.resolve();
    return result as T;
  },
});

/**
 * Calls the function with these values; it must not return a sequence. As `r.do` does, which creates an object with a method for
 * each term of the language per query, and takes more time for that than for the rest of the query.
 */
export const call = <T>({ term }: ServerFunction, ...parameters: readonly Literal[]): Query<T> =>
  queryOf([FUNCALL, [term, ...parameters.map(encoded)]]);

const encoded = (literal: Literal): unknown => (Array.isArray(literal) ? [MAKE_ARRAY, literal] : literal);
