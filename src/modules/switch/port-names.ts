import { invalid } from '../../shared/errors/domain-error.js';

/** The scheme by which a switch's operating system names its ports. */
export type PortNaming = 'SONiC' | 'Cumulus';

export const PORT_NAMINGS: readonly PortNaming[] = ['SONiC', 'Cumulus'];

const SONIC = /^Ethernet(\d{1,6})$/;
const CUMULUS = /^swp(\d{1,6})(?:s(\d{1,6}))?$/;

/** Lanes per socket of a switch; a socket is one port or is split into up to four. */
const LANES = 4;

/**
 * Translates the name of a port of one switch into its name on another one (docs/reference/switches.md#port-names).
 * `siblings` are the names of all ports of its switch, which show whether a socket is split. Throws `invalid` for a
 * name that does not follow the scheme, unless both switches use the same scheme.
 */
export const translatePort = (name: string, siblings: readonly string[], from: PortNaming, to: PortNaming): string =>
  portTranslator(siblings, from, to)(name);

/** `translatePort` for many ports of one switch; analyzes the siblings only once. */
export function portTranslator(
  siblings: readonly string[],
  from: PortNaming,
  to: PortNaming,
): (name: string) => string {
  if (from === to) return (name) => name;
  const lanesOf = lanesBySocket(siblings, from);
  return (name) => {
    const lane = laneOf(name, from);
    if (lane === undefined) throw invalid(`switch port "${name}" is not a ${from} port name`);
    if (to === 'SONiC') return `Ethernet${lane}`;
    const socket = Math.floor(lane / LANES);
    const split = [...(lanesOf.get(socket) ?? [])].some((other) => other !== lane);
    return split || lane % LANES > 0 ? `swp${socket + 1}s${lane % LANES}` : `swp${socket + 1}`;
  };
}

/** For each socket, the lanes (at most `LANES`) at which ports begin. */
function lanesBySocket(names: readonly string[], naming: PortNaming): Map<number, Set<number>> {
  const sockets = new Map<number, Set<number>>();
  for (const name of names) {
    const lane = laneOf(name, naming);
    if (lane === undefined) continue;
    const socket = Math.floor(lane / LANES);
    sockets.set(socket, (sockets.get(socket) ?? new Set()).add(lane));
  }
  return sockets;
}

/** Number of a port's first lane; undefined for a name that does not follow the scheme. */
function laneOf(name: string, naming: PortNaming): number | undefined {
  if (naming === 'SONiC') {
    const match = SONIC.exec(name);
    return match ? Number(match[1]) : undefined;
  }
  const match = CUMULUS.exec(name);
  const socket = Number(match?.[1] ?? 0);
  return match && socket >= 1 ? (socket - 1) * LANES + Number(match[2] ?? 0) : undefined;
}
