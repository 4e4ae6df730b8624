import { invalid } from '../../shared/errors/domain-error.js';
import { portTranslator } from './port-names.js';
import { identityOf, namingOf } from './switch.js';
import type { Neighbor, Switch, SwitchNic } from './switch.js';
import { isPort } from './wiring.js';

/**
 * Copies the VRFs and machines of another switch, port by port: from its twin when it replaces broken hardware, from
 * its predecessor in a migration (docs/reference/switches.md#replacement steps 3 to 6). Throws `invalid` if it lacks a
 * port of `model`.
 */
export function takeOverPorts(newcomer: Switch, model: Switch): Switch {
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
    nics: newcomer.nics.map((nic) => ({ ...nic, vrf: vrfs.has(nic) ? vrfs.get(nic) : nic.vrf })).sort(byPortName),
    connections: model.connections.map(({ machineId, port }) => {
      const nic = ports.get(port);
      if (!nic)
        throw invalid(`switch "${model.id}" has no port "${port}", but machine "${machineId}" is recorded there`);
      return { machineId, port: identityOf(nic) };
    }),
  };
}

/** The ports of a switch with their names on the model. */
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
 * Returns a function that maps a neighbor of a machine from a port of `before` to the port of `after` at the same
 * position, with the new switch's data. Other neighbors are returned unchanged.
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
