import type { Lab } from '../../../src/agent/simulator/lab.js';
import type { Metalctl } from './metalctl.js';

/** Without this key, the client looks for an SSH key of the current user. */
export const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB suite';

export interface Stage {
  readonly cli: Metalctl;
  readonly lab: Lab;
}

/** A use of the client that must succeed; throws an Error on failure. */
export interface Step {
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
}

export interface MachineAnswer {
  readonly id: string;
  readonly state: { readonly value: string };
  readonly allocation?: { readonly hostname: string; readonly reinstall: boolean };
  readonly events: { readonly log: readonly { readonly event: string }[] };
}

export function check(holds: boolean, expected: string): void {
  if (!holds) throw new Error(`does not hold: ${expected}`);
}

/** Polls a machine until this event is its newest. */
export async function untilEvent(cli: Metalctl, id: string, event: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const machine = await cli.json<MachineAnswer>('machine', 'describe', id);
    if (machine.events.log[0]?.event === event) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`machine ${id} did not come to ${event}`);
}
