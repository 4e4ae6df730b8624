import type { Connection } from 'rethinkdb-ts';
import type { Query } from './query.js';
import { r, type Term } from './reql.js';

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
  term: (r.expr(body) as Term & ServerFunction).term,
});

/**
 * Calls the function with these values; it must not return a sequence. As `r.do` does, which creates an object with a method for
 * each term of the language per query, and takes more time for that than for the rest of the query.
 */
export const call = <T>({ term }: ServerFunction, ...parameters: readonly Literal[]): Query<T> => ({
  run: async (connection: Connection) => {
    const runner = connection as unknown as TermRunner;
    const cursor = await runner.query([FUNCALL, [term, ...parameters.map(encoded)]], {});
    const [result] = await cursor.resolve();
    return result as T;
  },
});

const encoded = (literal: Literal): unknown => (Array.isArray(literal) ? [MAKE_ARRAY, literal] : literal);
