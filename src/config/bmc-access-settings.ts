import { Prefix } from '../shared/net/prefix.js';
import type { Environment } from './environment.js';

/** Settings of programs that log in to BMCs; `name` is that of the variable. */

/** A listener that is only there if the setting is. */
export function optionalListener(
  env: Environment,
  name: string,
): { readonly host: string; readonly port: number } | undefined {
  const text = env.text(name);
  if (text === undefined) return undefined;
  const [, host = '', digits] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  if (digits !== undefined && Number(digits) <= 65_535) return { host: host || '0.0.0.0', port: Number(digits) };
  env.violation(`${name} is "${text}", expected host:port or :port`);
  return undefined;
}

/** Cipher suites of IPMI in the order in which they are tried; never the one without authentication. */
export function cipherSuites(env: Environment, name: string): readonly number[] {
  const list = env.list(name);
  if (list.length === 0) return [17, 3];
  if (!list.every((text) => /^\d{1,2}$/.test(text))) {
    env.violation(`${name} is "${list.join(',')}", expected numbers of IPMI cipher suites such as 17,3`);
  } else if (list.some((text) => Number(text) === 0)) {
    env.violation(`${name} contains suite 0, which has no authentication: remove it`);
  }
  return list.map(Number);
}

/** The networks of BMCs; undefined if the setting is absent. */
export function bmcNetworks(env: Environment, name: string): readonly Prefix[] | undefined {
  const list = env.list(name);
  const wrong = list.find((text) => Prefix.tryParse(text) === undefined);
  if (wrong !== undefined) {
    env.violation(`${name} has "${wrong}", expected prefixes such as 10.1.0.0/16,fd00:1::/64`);
    return undefined;
  }
  return list.length === 0 ? undefined : list.map((text) => Prefix.parse(text).masked());
}
