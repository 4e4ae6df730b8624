import type { SimulatedMachine, Wire } from './simulated-machine.js';

/** What happens to a machine from outside; asked at the moment at which it matters. */
export interface Surroundings {
  /** Whether the system on the machine crashes soon after each start. */
  crashes(machine: SimulatedMachine): boolean;
  /** The UUID that the machine's BIOS shows, which may be that of another machine. */
  uuidOf(machine: SimulatedMachine): string;
  registersTwice(machine: SimulatedMachine): boolean;
  /** MAC address of the port at the other end; undefined if there is no link. */
  neighbourOf(wire: Wire): string | undefined;
}

export const UNDISTURBED: Surroundings = {
  crashes: () => false,
  uuidOf: ({ id }) => id,
  registersTwice: () => false,
  neighbourOf: ({ switchPortMac }) => switchPortMac,
};
