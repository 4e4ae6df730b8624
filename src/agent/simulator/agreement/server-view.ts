import type { RestClient } from '../../rest-client.js';

/** The fields of an API machine that are compared with the machine itself. */
export interface StoredMachine {
  readonly id: string;
  readonly liveliness: string;
  readonly bios: { readonly version: string };
  readonly ledstate: { readonly value: string };
  readonly hardware: { readonly nics: readonly { readonly mac: string }[] };
  readonly ipmi: { readonly powerstate: string; readonly bmcversion: string };
  readonly allocation: { readonly reinstall: boolean; readonly boot_info?: object | null } | null;
}

export interface StoredSwitch {
  readonly id: string;
  readonly mode: string;
  readonly nics: readonly {
    readonly name: string;
    readonly mac: string;
    readonly vrf?: string | null;
    readonly actual?: string | null;
  }[];
  readonly connections: readonly { readonly nic: { readonly name: string }; readonly machine_id?: string | null }[];
}

export interface StoredCommand {
  readonly id: string;
  readonly machine: string;
  readonly type: string;
  readonly command: string;
  readonly state: string;
  readonly error: string;
}

/** What the server knows of one partition. */
export interface ServerView {
  readonly machines: readonly StoredMachine[];
  readonly switches: readonly StoredSwitch[];
  /** The journal: open commands and the latest ones that have ended, newest first. */
  readonly commands: readonly StoredCommand[];
}

export async function serverView(client: RestClient, partition: string): Promise<ServerView> {
  const ofPartition = `partition=${encodeURIComponent(partition)}`;
  const [machines, switches, current, archived] = await Promise.all([
    client.post<StoredMachine[]>('v1/machine/ipmi/find', { partition_id: partition }),
    client.post<StoredSwitch[]>('v1/switch/find', { partitionid: partition }),
    client.get<StoredCommand[]>(`commands?${ofPartition}`),
    client.get<StoredCommand[]>(`commands?history=true&${ofPartition}`),
  ]);
  return { machines, switches, commands: [...current, ...archived] };
}

/** States of commands that have ended. */
const ENDS = ['done', 'failed', 'expired'];

export const hasEnded = ({ state }: StoredCommand): boolean => ENDS.includes(state);
