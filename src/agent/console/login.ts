import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import type { Caller } from './caller.js';
import type { ConsoleApi, ConsoleMachine } from './console-api.js';
import { fingerprintOf } from './host-key.js';

/** A public key that a client offers, or signs with. */
export interface OfferedKey {
  readonly data: Buffer;
  readonly hashAlgo?: string | undefined;
  /** What was signed, and the signature; undefined while the client only asks. */
  readonly proof?: { readonly blob: Buffer; readonly signature: Buffer } | undefined;
}

const MACHINE_ID = /^[0-9A-Za-z-]{1,64}$/;
/** What tokens look like; console passwords do not. */
const TOKEN = /^[\w-]{2,}\.[\w-]{2,}\.[\w-]*$/;
/** Longer secrets are not looked at, in UTF-16 units. */
const MAX_SECRET = 16_384;
const MAX_REASON = 256;
/** Allocations have few keys; further ones are not looked at. */
const MAX_KEYS = 256;

/** The login of one connection to one machine. Asks the API for the machine at most once. Rejects if the API does not answer. */
export class Login {
  private machine: Promise<ConsoleMachine | undefined> | undefined;

  constructor(
    readonly user: string,
    private readonly address: string,
    private readonly api: Pick<ConsoleApi, 'machine' | 'isPassword' | 'account'>,
    private readonly settings: { readonly operatorGroup: string | undefined; readonly partitions: readonly string[] },
  ) {}

  /** Undefined if the key is not one of the allocation's, or the signature is wrong. `proof` absent: whether the key is known. */
  async byKey({ data, hashAlgo, proof }: OfferedKey): Promise<Caller | undefined> {
    const { tenancy } = (await this.find()) ?? {};
    for (const line of tenancy?.keys.slice(0, MAX_KEYS) ?? []) {
      const key = parsed(line);
      if (!key?.getPublicSSH().equals(data)) continue;
      // Signatures of RSA with SHA-1 can be forged.
      if (key.type === 'ssh-rsa' && hashAlgo !== 'sha256' && hashAlgo !== 'sha512') return undefined;
      if (proof && key.verify(proof.blob, proof.signature, hashAlgo) !== true) return undefined;
      const label = `key ${fingerprintOf(data)}`;
      return { kind: 'tenant', method: 'publickey', label, reason: '', tenancy: tenancy?.id, key: line };
    }
    return undefined;
  }

  /** By the token of an operator, or by the console password with a reason. Undefined if it is neither. */
  async bySecret(secret: string, reason: string): Promise<Caller | undefined> {
    if (secret === '' || secret.length > MAX_SECRET) return undefined;
    const why = reason.trim().slice(0, MAX_REASON);
    return TOKEN.test(secret) ? this.byToken(secret, why) : this.byPassword(secret, why);
  }

  private async byToken(token: string, reason: string): Promise<Caller | undefined> {
    const { operatorGroup: group } = this.settings;
    if (group === undefined || (await this.find()) === undefined) return undefined;
    const account = await this.api.account(token);
    if (!account?.groups.includes(group)) return undefined;
    const label = `operator ${account.name}`;
    return { kind: 'operator', method: 'token', label, reason, tenancy: undefined, key: undefined };
  }

  private async byPassword(password: string, reason: string): Promise<Caller | undefined> {
    const machine = await this.find();
    if (reason === '' || machine?.tenancy === undefined) return undefined;
    if (!(await this.api.isPassword(machine.id, password, reason, this.address))) return undefined;
    const tenancy = machine.tenancy.id;
    return { kind: 'tenant', method: 'password', label: 'console password', reason, tenancy, key: undefined };
  }

  /** Undefined for a machine that does not exist, or is in a partition that another server serves. */
  private async find(): Promise<ConsoleMachine | undefined> {
    if (!MACHINE_ID.test(this.user)) return undefined;
    const { partitions } = this.settings;
    this.machine ??= this.api.machine(this.user);
    const machine = await this.machine;
    return machine && (partitions.length === 0 || partitions.includes(machine.partition)) ? machine : undefined;
  }
}

/** Undefined for keys that SSH servers of this kind do not know, such as those of security tokens. */
function parsed(line: string): ParsedKey | undefined {
  const key: unknown = ssh2.utils.parseKey(line.trim());
  const one: unknown = Array.isArray(key) ? key[0] : key;
  return one instanceof Error ? undefined : (one as ParsedKey | undefined);
}
