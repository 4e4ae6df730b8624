import type { Engine } from './engine.js';

/** The calls of an engine that wait for the database once; feeds and scans last as long as their readers. */
export const OBSERVED_OPERATIONS = [
  'read',
  'insert',
  'insertMany',
  'replace',
  'remove',
  'patchUnchecked',
  'barrier',
  'append',
  'claim',
  'prune',
  'nthNewest',
  'version',
] as const;

export type ObservedOperation = (typeof OBSERVED_OPERATIONS)[number];

/** Carries out one call of the database, e.g. measures it. Returns what `call` returns. */
export type EngineObserver = <T>(operation: ObservedOperation, table: string, call: () => Promise<T>) => Promise<T>;

const OBSERVED: ReadonlySet<string | symbol> = new Set(OBSERVED_OPERATIONS);

/** The same engine, with its calls carried out by `observer`. What the engine lacks, the observed one lacks, too. */
export function observedEngine(engine: Engine, observer: EngineObserver): Engine {
  const wrappers = new Map<string | symbol, unknown>();
  return new Proxy(engine, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!wrappers.has(name)) wrappers.set(name, wrapped(target, name, member as AnyCall, observer));
      return wrappers.get(name);
    },
  });
}

type AnyCall = (...held: unknown[]) => unknown;

function wrapped(target: Engine, name: string | symbol, member: AnyCall, observer: EngineObserver): AnyCall {
  if (!OBSERVED.has(name)) return (...held) => member.apply(target, held);
  return (...held) =>
    observer(name as ObservedOperation, typeof held[0] === 'string' ? held[0] : '', () =>
      Promise.resolve(member.apply(target, held)),
    );
}
