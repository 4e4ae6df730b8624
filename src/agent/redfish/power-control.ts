import { BmcError } from '../bmc/bmc-driver.js';
import type { ChassisPowerAction } from '../bmc/bmc-driver.js';
import { objectAt, objectsAt, textAt, textsAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import type { RedfishService } from './redfish-service.js';

/** Types of reset that carry out an action, the best first; the last resort of a cycle keeps the power on. */
const RESET_TYPES: Readonly<Record<ChassisPowerAction, readonly string[]>> = {
  on: ['On', 'ForceOn'],
  off: ['ForceOff'],
  soft: ['GracefulShutdown'],
  reset: ['ForceRestart', 'GracefulRestart'],
  cycle: ['PowerCycle', 'ForceRestart'],
};

/** Whether a system is on. A machine that is powering off counts as off. Throws BmcError if the BMC does not say. */
export function isPoweredOn({ system, client }: RedfishService): boolean {
  const state = textAt(system.body, 'PowerState');
  if (state === 'On' || state === 'PoweringOn' || state === 'Paused') return true;
  if (state === 'Off' || state === 'PoweringOff') return false;
  throw new BmcError('refused', `BMC ${client.label} does not report whether the machine is on`);
}

/** Carries out a power action. Throws BmcError. */
export async function resetSystem(service: RedfishService, action: ChassisPowerAction): Promise<void> {
  const { system, client } = service;
  const reset = objectAt(system.body, 'Actions', '#ComputerSystem.Reset');
  const allowed = await allowedTypes(service, reset);
  const wanted = RESET_TYPES[action];
  const type = allowed === undefined ? wanted[0] : wanted.find((candidate) => allowed.includes(candidate));
  if (type === undefined || reset['target'] === undefined) {
    throw new BmcError('unsupported', `BMC ${client.label} cannot do "${action}" by Redfish`);
  }
  await client.post(client.pathOf(reset['target']), { ResetType: type }, `reset the machine (${type})`);
}

/** The types that the BMC accepts, from the action or its description; undefined if it does not say. */
async function allowedTypes({ client }: RedfishService, reset: RedfishObject): Promise<readonly string[] | undefined> {
  const inline = textsAt(reset, 'ResetType@Redfish.AllowableValues');
  const info = reset['@Redfish.ActionInfo'];
  if (inline !== undefined || info === undefined) return inline;
  const { body } = await client.get(client.pathOf(info));
  const parameter = objectsAt(body, 'Parameters', 20).find((entry) => textAt(entry, 'Name') === 'ResetType');
  return parameter && textsAt(parameter, 'AllowableValues');
}
