import { malformed } from '../../../shared/errors/domain-error.js';
import type { MachineState, StateValue } from '../machine.js';

/** What clients call the states. RESERVED is the old name of TAINTED, and still the one that answers show. */
const STATE_OF_NAME: Readonly<Record<string, StateValue>> = {
  '': '',
  RESERVED: 'TAINTED',
  TAINTED: 'TAINTED',
  LOCKED: 'LOCKED',
};

/**
 * The state that `issuer` (an e-mail) sets. Whoever takes a machine out of service must say why. An available machine
 * has no issuer. Throws `malformed` for an unknown state or a missing description.
 */
export function stateFrom(name: string, description: string, issuer: string): Omit<MachineState, 'metalHammerVersion'> {
  if (!Object.hasOwn(STATE_OF_NAME, name)) {
    throw malformed(`state "${name}" is unknown, expected "RESERVED", "LOCKED", or "" for available`);
  }
  const value = STATE_OF_NAME[name]!;
  if (value !== '' && description === '') throw malformed(`description must say why the machine becomes ${name}`);
  return { value, description, issuer: value === '' ? '' : issuer };
}
