import { invalid } from '../../shared/errors/domain-error.js';
import { portTranslator } from './port-names.js';
import { identityOf, namingOf } from './switch.js';
import type { Neighbor, Switch, SwitchNic } from './switch.js';
import { isPort } from './wiring.js';

/**
 * The switch with the VRFs and machines of another one, port by port: of its twin when it replaces broken hardware, of
 * its predecessor when it takes over (reference/30 §7.6 steps 3 to 6). Throws `invalid` when it lacks a port of `model`.
 */
export function adopt(newcomer: Switch, model: Switch): Switch {
  const byName = new Map(translated(newcomer, model).map(({ name, nic }) => [name, nic]));
  const missing = model.nics.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw invalid(`switch "${newcomer.id}" lacks ports that "${model.id}" has: ${missing.join(', ')}`);
  }
  const vrfs = new Map(model.nics.map((nic) => [byName.get(nic.name), nic.vrf]));
  const ports = new Map(model.nics.map((nic) => [identityOf(nic), byName.get(nic.name)]));
  return {
    ...newcomer,
    mode: 'operational',
    nics: newcomer.nics.map((nic) => ({ ...nic, vrf: vrfs.get(nic) ?? nic.vrf })).sort(byPortName),
    connections: model.connections.map(({ machineId, port }) => {
      const nic = ports.get(port);
      if (!nic)
        throw invalid(`switch "${model.id}" has no port "${port}", at which machine "${machineId}" is said to be`);
      return { machineId, port: identityOf(nic) };
    }),
  };
}

/** The ports of a switch under the names that they have on the model. */
function translated(newcomer: Switch, model: Switch): { name: string; nic: SwitchNic }[] {
  const siblings = newcomer.nics.map(({ name }) => name);
  const translate = portTranslator(siblings, namingOf(newcomer), namingOf(model));
  return newcomer.nics.flatMap((nic) => {
    try {
      return [{ name: translate(nic.name), nic }];
    } catch {
      return []; // a management port, say: the model cannot have it either
    }
  });
}

/**
 * How machines see the ports of `before` once those of `after` are in their place: the same port by position, with the
 * new switch's data. What is no port of `before` is left as it is.
 */
export function neighborReplacement(before: Switch, after: Switch): <T extends Neighbor>(neighbor: T) => T {
  const siblings = before.nics.map(({ name }) => name);
  const translate = portTranslator(siblings, namingOf(before), namingOf(after));
  const byName = new Map(after.nics.map((nic) => [nic.name, nic]));
  return (neighbor) => {
    const port = before.nics.find((nic) => isPort(neighbor, nic, before));
    if (!port) return neighbor;
    const nic = byName.get(translate(port.name));
    if (!nic) return neighbor;
    const { name, mac, identifier } = nic;
    return { ...neighbor, name, mac, identifier, hostname: after.name };
  };
}

export const byPortName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
